// lint: typedef-kind
typedef int number;
void OnTick() {}
