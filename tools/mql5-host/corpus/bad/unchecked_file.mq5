// lint: unchecked
void OnTick() { FileOpen("a.txt",FILE_WRITE); }
