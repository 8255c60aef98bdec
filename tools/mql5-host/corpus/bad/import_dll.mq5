// lint: import
#import "user32.dll"
int MessageBoxW(int,string,string,int);
#import
void OnTick() {}
