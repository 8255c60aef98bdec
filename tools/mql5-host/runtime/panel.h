// panel.h — what the EA shows on its chart.
#pragma once
#include <string>

namespace host {

bool panel_comment(const std::string &text);  // false: it is the same as before
std::string panel_json();

}  // namespace host
