// mql5.h — what an EA includes: the API, and the predefined variables as macros, so that they are current.
#pragma once
#include "mql_api.h"
#define _Symbol (mql::sym_)
#define _Point (mql::cur_point())
#define _Digits (mql::cur_digits())
#define _Period PERIOD_M1
#define _LastError (mql::last_error)
#define _StopFlag (mql::IsStopped())
#define _UninitReason (mql::UninitializeReason())
#define _RandomSeed 0
#define _IsX64 true
// Last, because C++ headers use NULL themselves.
#define NULL mql::null_v
