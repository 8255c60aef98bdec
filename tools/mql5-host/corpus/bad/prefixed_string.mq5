// lint: prefixed-string
void OnTick() { string s=u"a"; Print(s); }
