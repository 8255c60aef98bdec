// lint: macro-declares
#define FLAG bool g_flag=false;
FLAG
void OnTick() {}
