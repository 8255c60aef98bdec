// lint: data-loss
void OnTick() { uchar a=(uchar)MathRand(),b=(uchar)MathRand(); uchar c=a+b; Print(c); }
