// lint: comment-open
void OnTick() { Print(1); } /* to be
