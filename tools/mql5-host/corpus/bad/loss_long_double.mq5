// lint: data-loss
void OnTick() { double a=PositionGetInteger(POSITION_MAGIC); Print(a); }
