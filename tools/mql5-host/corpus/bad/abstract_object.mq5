// g++: abstract
class CBase { public: virtual void Do()=0; };
void OnTick() { CBase b; b.Do(); }
