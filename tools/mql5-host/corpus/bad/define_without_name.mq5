// lint: define-name
#define 5
void OnTick() {}
