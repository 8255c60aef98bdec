// chart_api.cpp — the chart that the EA is on, and the labels of its status panel.
#include <map>
#include "mql_api.h"
#include "options.h"
#include "output.h"
#include "panel.h"
#include <mutex>

namespace {
struct Object {
  int type = 0;
  std::map<int, long> integers;
  std::map<int, double> doubles;
  std::map<int, std::string> strings;
};
std::mutex mutex;  // the panel command reads what the EA draws
std::map<std::string, Object> objects;
std::map<int, long> chart;
std::string comment;
}  // namespace

namespace host {

bool panel_comment(const std::string &text) {
  std::lock_guard<std::mutex> l(mutex);
  const bool changed = text != comment;
  comment = text;
  return changed;
}
namespace {
template <class Map>
std::string properties(const Map &m) {
  Json j;
  for (const auto &[k, v] : m) j.add(std::to_string(k).c_str(), v);
  return j.object();
}
}  // namespace
std::string panel_json() {
  std::lock_guard<std::mutex> l(mutex);
  Json all;
  for (const auto &[name, o] : objects) {
    const auto text = o.strings.find(mql::OBJPROP_TEXT);
    Json j;
    j.add("type", mql::EnumToString(static_cast<mql::ENUM_OBJECT>(o.type)));
    j.add("text", text == o.strings.end() ? std::string() : text->second);
    j.raw("integers", properties(o.integers)).raw("strings", properties(o.strings));
    all.raw(name.c_str(), j.object());
  }
  return Json().add("comment", comment).raw("objects", all.object()).object();
}

}  // namespace host

namespace mql {

namespace {
using Lock = std::lock_guard<std::mutex>;

Object *find(const string &name) {
  const auto it = objects.find(narrow(name));
  if (it != objects.end()) return &it->second;
  last_error = ERR_OBJECT_NOT_FOUND;
  return nullptr;
}
template <class Map, class V>
V get(const Map &m, int key, V none) {
  const auto it = m.find(key);
  return it == m.end() ? none : it->second;
}
long chart_value(ENUM_CHART_PROPERTY_INTEGER p) {
  switch (p) {
    case CHART_WIDTH_IN_PIXELS: return 1280;
    case CHART_HEIGHT_IN_PIXELS: return 720;
    case CHART_WINDOWS_TOTAL: return 1;
    case CHART_VISIBLE_BARS: return 200;
    default: return get(chart, p, 0L);
  }
}
}  // namespace

long ChartID() { return 1; }
string ChartSymbol(long) { return sym_; }
ENUM_TIMEFRAMES ChartPeriod(long) { return PERIOD_M1; }
void ChartRedraw(long) {}
long ChartFirst() { return 1; }
long ChartNext(long) { return -1; }
long ChartGetInteger(long, ENUM_CHART_PROPERTY_INTEGER p, int) { return chart_value(p); }
bool ChartGetInteger(long, ENUM_CHART_PROPERTY_INTEGER p, int, long &v) {
  v = chart_value(p);
  return true;
}
bool ChartSetInteger(long, ENUM_CHART_PROPERTY_INTEGER p, long v) {
  chart[p] = v;
  return true;
}
bool ChartSetInteger(long id, ENUM_CHART_PROPERTY_INTEGER p, int, long v) {
  return ChartSetInteger(id, p, v);
}

bool ObjectCreate(long, string name, ENUM_OBJECT type, int, datetime, double price) {
  Lock l(mutex);
  if (name.len() == 0 || name.len() > 63) {
    last_error = ERR_INVALID_PARAMETER;
    return false;
  }
  Object &o = objects[narrow(name)];
  o.type = type;
  o.doubles[OBJPROP_PRICE] = price;
  return true;
}
bool ObjectDelete(long, string name) {
  Lock l(mutex);
  return objects.erase(narrow(name)) > 0;
}
int ObjectsDeleteAll(long id, int window, int type) { return ObjectsDeleteAll(id, string(), window, type); }
int ObjectsDeleteAll(long, const string prefix, int, int type) {
  Lock l(mutex);
  const std::string p = narrow(prefix);
  return static_cast<int>(std::erase_if(objects, [&](const auto &o) {
    return o.first.rfind(p, 0) == 0 && (type < 0 || o.second.type == type);
  }));
}
int ObjectFind(long, string name) {
  Lock l(mutex);
  return objects.count(narrow(name)) ? 0 : -1;
}
int ObjectsTotal(long, int, int type) {
  Lock l(mutex);
  int n = 0;
  for (const auto &[name, o] : objects) n += type < 0 || o.type == type;
  return n;
}
string ObjectName(long, int i, int, int type) {
  Lock l(mutex);
  for (const auto &[name, o] : objects)
    if ((type < 0 || o.type == type) && i-- == 0) return utf8(name);
  return string(std::u16string());
}
bool ObjectSetInteger(long, string name, ENUM_OBJECT_PROPERTY_INTEGER p, long v) {
  Lock l(mutex);
  Object *o = find(name);
  if (o) o->integers[p] = v;
  return o != nullptr;
}
bool ObjectSetDouble(long, string name, ENUM_OBJECT_PROPERTY_DOUBLE p, double v) {
  Lock l(mutex);
  Object *o = find(name);
  if (o) o->doubles[p] = v;
  return o != nullptr;
}
bool ObjectSetString(long, string name, ENUM_OBJECT_PROPERTY_STRING p, string v) {
  Lock l(mutex);
  Object *o = find(name);
  if (o) o->strings[p] = narrow(v);
  return o != nullptr;
}
long ObjectGetInteger(long, string name, ENUM_OBJECT_PROPERTY_INTEGER p, int) {
  Lock l(mutex);
  const Object *o = find(name);
  return o ? get(o->integers, p, 0L) : 0;
}
double ObjectGetDouble(long, string name, ENUM_OBJECT_PROPERTY_DOUBLE p, int) {
  Lock l(mutex);
  const Object *o = find(name);
  return o ? get(o->doubles, p, 0.0) : 0;
}
string ObjectGetString(long, string name, ENUM_OBJECT_PROPERTY_STRING p, int) {
  Lock l(mutex);
  const Object *o = find(name);
  return utf8(o ? get(o->strings, p, std::string()) : std::string());
}

}  // namespace mql
