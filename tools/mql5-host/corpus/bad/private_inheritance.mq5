// lint: no-access-word
class A {};
class B : A {};
void OnTick() {}
