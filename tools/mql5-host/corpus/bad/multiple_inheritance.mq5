// lint: multiple-inheritance
class A {}; class B {};
class C : public A, public B {};
void OnTick() {}
