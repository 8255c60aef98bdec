// lint: logic-precedence
void OnTick() { bool a=true,b=false,c=true; if(a || b && c) Print(1); }
