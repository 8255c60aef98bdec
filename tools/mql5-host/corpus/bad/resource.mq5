// lint: resource
#resource "a.bmp"
void OnTick() {}
