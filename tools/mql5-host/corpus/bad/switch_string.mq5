// lint: switch-type
void OnTick() { string s="a"; switch(s) { case "a": break; } }
