// lint: const-reference-simple
void Say(const string &s) { Print(s); }
void OnTick() { Say("a"); }
