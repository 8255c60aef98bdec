// mql_api.h — types and API in the order they build on each other; the host's own files include this one.
#pragma once
#include "lang_core.h"
#include "lang_string.h"
#include "lang_array.h"
#include "api_const.h"
#include "api_colors.h"
namespace mql {
string enum_unknown(const char *type, int value);
#include "enums.gen.h"
}  // namespace mql
#include "api_struct.h"
#include "api.h"
