// lint: local-type
void OnTick() { enum E { A, B }; Print(1); }
