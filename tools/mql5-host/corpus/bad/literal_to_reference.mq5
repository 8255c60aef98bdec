// lint: literal-to-reference
void Fill(string &s) { s="x"; }
void OnTick() { Fill("a"); }
