// lint: handler-signature
void OnTimer(int id) { Print(id); }
