// lint: assign-const
void F(const int &a[]) { a[0]=2; }
void OnTick() {}
