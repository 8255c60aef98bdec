// Util.mqh - included twice by SelfTest, and read once
int UtilTwice(const int x) { return x*2; }
