// lint: sign-change
input int Magic=7;
void OnTick() { ulong magic=Magic; Print(magic); }
