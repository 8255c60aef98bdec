// lint: unknown-directive
#pragma once
void OnTick() {}
