// api_chart.h — the one chart of the EA and the few objects a status panel is made of.
#pragma once
#include "lang_array.h"

namespace mql {

long ChartID();
string ChartSymbol(long chart = 0);
ENUM_TIMEFRAMES ChartPeriod(long chart = 0);
void ChartRedraw(long chart = 0);
long ChartFirst();
long ChartNext(long chart);
long ChartGetInteger(long chart, ENUM_CHART_PROPERTY_INTEGER p, int window = 0);
bool ChartGetInteger(long chart, ENUM_CHART_PROPERTY_INTEGER p, int window, long &v);
bool ChartSetInteger(long chart, ENUM_CHART_PROPERTY_INTEGER p, long v);
bool ChartSetInteger(long chart, ENUM_CHART_PROPERTY_INTEGER p, int window, long v);

bool ObjectCreate(long chart, string name, ENUM_OBJECT type, int window, datetime time, double price);
bool ObjectDelete(long chart, string name);
int ObjectsDeleteAll(long chart, int window = -1, int type = -1);
int ObjectsDeleteAll(long chart, const string prefix, int window = -1, int type = -1);
int ObjectFind(long chart, string name);
int ObjectsTotal(long chart, int window = -1, int type = -1);
string ObjectName(long chart, int i, int window = -1, int type = -1);
bool ObjectSetInteger(long chart, string name, ENUM_OBJECT_PROPERTY_INTEGER p, long v);
bool ObjectSetDouble(long chart, string name, ENUM_OBJECT_PROPERTY_DOUBLE p, double v);
bool ObjectSetString(long chart, string name, ENUM_OBJECT_PROPERTY_STRING p, string v);
long ObjectGetInteger(long chart, string name, ENUM_OBJECT_PROPERTY_INTEGER p, int modifier = 0);
double ObjectGetDouble(long chart, string name, ENUM_OBJECT_PROPERTY_DOUBLE p, int modifier = 0);
string ObjectGetString(long chart, string name, ENUM_OBJECT_PROPERTY_STRING p, int modifier = 0);

}  // namespace mql
