// lint: prefixed-string
void OnTick() { string s=R"(a)"; Print(s); }
