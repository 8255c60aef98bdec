// lint: unknown-name
void OnTick() { Print(AccountInfoInteger(ACCOUNT_NOPE)); }
