// Reading JSON: a real tokenizer, because a server may send fields that this EA does not know, in any order.
//
//   J1. What is not JSON from its first to its last character is refused as a whole.
//   J2. A value is read only as what it is: a text is no number, and a missing field is the default.
//   J3. Nothing is nested deeper than 32 levels.

#define NG_JSON_NULL   0
#define NG_JSON_BOOL   1
#define NG_JSON_NUMBER 2
#define NG_JSON_TEXT   3
#define NG_JSON_LIST   4
#define NG_JSON_OBJECT 5
#define NG_JSON_DEPTH  32

// The values of one text, each known by its place in these arrays; the first is the whole text.
struct NgJson
  {
   ushort            text[];
   int               length;
   int               count;
   int               kind[];
   int               from[];        // its first unit
   int               until[];       // behind its last one
   int               name_from[];   // of its name in an object; -1: it has none
   int               name_until[];
   int               next[];        // behind it in the same list or object; -1: the last
   int               child[];       // the first one inside; -1: none
  };

bool JsonParse(const string text, NgJson &doc)
  {
   doc.count = 0;
   doc.length = StringLen(text);
   ArrayResize(doc.text, doc.length + 1);
   StringToShortArray(text, doc.text, 0, doc.length);
   doc.text[doc.length] = 0;
   int at = 0;
   JsonBlank(doc, at);
   if(JsonValue(doc, at, 0) < 0)
      return false;
   JsonBlank(doc, at);
   return at == doc.length;
  }

void JsonBlank(const NgJson &doc, int &at)
  {
   while(at < doc.length && (doc.text[at] == ' ' || doc.text[at] == '\t' || doc.text[at] == '\n' || doc.text[at] == '\r'))
      at++;
  }

int JsonNew(NgJson &doc, const int kind, const int from)
  {
   int node = doc.count;
   if(ArraySize(doc.kind) <= node)
     {
      int size = node + 64;
      ArrayResize(doc.kind, size, 256);
      ArrayResize(doc.from, size, 256);
      ArrayResize(doc.until, size, 256);
      ArrayResize(doc.name_from, size, 256);
      ArrayResize(doc.name_until, size, 256);
      ArrayResize(doc.next, size, 256);
      ArrayResize(doc.child, size, 256);
     }
   doc.kind[node] = kind;
   doc.from[node] = from;
   doc.until[node] = from;
   doc.name_from[node] = -1;
   doc.name_until[node] = -1;
   doc.next[node] = -1;
   doc.child[node] = -1;
   doc.count = node + 1;
   return node;
  }

int JsonValue(NgJson &doc, int &at, const int depth)
  {
   if(at >= doc.length || depth > NG_JSON_DEPTH)
      return -1;
   ushort first = doc.text[at];
   if(first == '{')
      return JsonInside(doc, at, depth, NG_JSON_OBJECT);
   if(first == '[')
      return JsonInside(doc, at, depth, NG_JSON_LIST);
   if(first == '"')
     {
      int from = at + 1;
      if(!JsonSkipText(doc, at))
         return -1;
      int quoted = JsonNew(doc, NG_JSON_TEXT, from);
      doc.until[quoted] = at - 1;
      return quoted;
     }
   return JsonWord(doc, at);
  }

// A list or an object, with everything in it.
int JsonInside(NgJson &doc, int &at, const int depth, const int kind)
  {
   int node = JsonNew(doc, kind, at);
   ushort last = kind == NG_JSON_OBJECT ? (ushort)'}' : (ushort)']';
   at++;
   JsonBlank(doc, at);
   if(at < doc.length && doc.text[at] == last)
     {
      at++;
      doc.until[node] = at;
      return node;
     }
   int before = -1;
   for(;;)
     {
      JsonBlank(doc, at);
      int name_from = -1;
      int name_until = -1;
      if(kind == NG_JSON_OBJECT)
        {
         name_from = at + 1;
         if(!JsonSkipText(doc, at))
            return -1;
         name_until = at - 1;
         JsonBlank(doc, at);
         if(at >= doc.length || doc.text[at] != ':')
            return -1;
         at++;
         JsonBlank(doc, at);
        }
      int one = JsonValue(doc, at, depth + 1);
      if(one < 0)
         return -1;
      doc.name_from[one] = name_from;
      doc.name_until[one] = name_until;
      if(before < 0)
         doc.child[node] = one;
      else
         doc.next[before] = one;
      before = one;
      JsonBlank(doc, at);
      if(at >= doc.length)
         return -1;
      ushort mark = doc.text[at];
      at++;
      if(mark == last)
        {
         doc.until[node] = at;
         return node;
        }
      if(mark != ',')
         return -1;
     }
  }

bool JsonSkipText(const NgJson &doc, int &at)
  {
   if(at >= doc.length || doc.text[at] != '"')
      return false;
   at++;
   while(at < doc.length)
     {
      ushort unit = doc.text[at];
      if(unit == '"')
        {
         at++;
         return true;
        }
      if(unit < 32)
         return false;
      at += unit == '\\' ? 2 : 1;
     }
   return false;
  }

// A number, true, false or null.
int JsonWord(NgJson &doc, int &at)
  {
   int from = at;
   while(at < doc.length)
     {
      ushort unit = doc.text[at];
      bool inside = (unit >= '0' && unit <= '9') || (unit >= 'a' && unit <= 'z') || unit == '-' || unit == '+' ||
                    unit == '.' || unit == 'E';
      if(!inside)
         break;
      at++;
     }
   if(at == from)
      return -1;
   string word = ShortArrayToString(doc.text, from, at - from);
   int kind = NG_JSON_NUMBER;
   if(word == "null")
      kind = NG_JSON_NULL;
   else
      if(word == "true" || word == "false")
         kind = NG_JSON_BOOL;
      else
         if(!JsonIsNumber(word))
            return -1;
   int node = JsonNew(doc, kind, from);
   doc.until[node] = at;
   return node;
  }

bool JsonIsNumber(const string word)
  {
   int length = StringLen(word);
   int at = StringGetCharacter(word, 0) == '-' ? 1 : 0;
   int digits = 0;
   bool dot = false;
   bool exponent = false;
   for(; at < length; at++)
     {
      ushort unit = StringGetCharacter(word, at);
      if(unit >= '0' && unit <= '9')
         digits++;
      else
         if(unit == '.' && !dot && !exponent && digits > 0)
            dot = true;
         else
            if((unit == 'e' || unit == 'E') && !exponent && digits > 0)
              {
               exponent = true;
               digits = 0;
               if(at + 1 < length)
                 {
                  ushort sign = StringGetCharacter(word, at + 1);
                  if(sign == '-' || sign == '+')
                     at++;
                 }
              }
            else
               return false;
     }
   return digits > 0;
  }

// The field of this name; -1: there is none.
int JsonFind(const NgJson &doc, const int parent, const string name)
  {
   if(parent < 0 || parent >= doc.count || doc.kind[parent] != NG_JSON_OBJECT)
      return -1;
   int length = StringLen(name);
   for(int node = doc.child[parent]; node >= 0; node = doc.next[node])
     {
      if(doc.name_until[node] - doc.name_from[node] != length)
         continue;
      int same = 0;
      while(same < length && doc.text[doc.name_from[node] + same] == StringGetCharacter(name, same))
         same++;
      if(same == length)
         return node;
     }
   return -1;
  }

// The value as it stands in the text; a text with its quotes.
string JsonRaw(const NgJson &doc, const int node)
  {
   if(node < 0 || node >= doc.count)
      return "null";
   int quote = doc.kind[node] == NG_JSON_TEXT ? 1 : 0;
   int from = doc.from[node] - quote;
   return ShortArrayToString(doc.text, from, doc.until[node] + quote - from);
  }

bool JsonIs(const NgJson &doc, const int node, const int kind)
  {
   return node >= 0 && node < doc.count && doc.kind[node] == kind;
  }

string JsonText(const NgJson &doc, const int node, const string otherwise)
  {
   if(!JsonIs(doc, node, NG_JSON_TEXT))
      return otherwise;
   return JsonPlain(ShortArrayToString(doc.text, doc.from[node], doc.until[node] - doc.from[node]));
  }

// A text without its escapes.
string JsonPlain(const string quoted)
  {
   if(StringFind(quoted, "\\") < 0)
      return quoted;
   string plain = "";
   int length = StringLen(quoted);
   for(int at = 0; at < length; at++)
     {
      ushort unit = StringGetCharacter(quoted, at);
      if(unit == '\\' && at + 1 < length)
        {
         at++;
         unit = JsonEscaped(quoted, at);
        }
      plain += ShortToString(unit);
     }
   return plain;
  }

ushort JsonEscaped(const string quoted, int &at)
  {
   ushort unit = StringGetCharacter(quoted, at);
   if(unit == 'n')
      return 10;
   if(unit == 't')
      return 9;
   if(unit == 'r')
      return 13;
   if(unit == 'b')
      return 8;
   if(unit == 'f')
      return 12;
   if(unit != 'u')
      return unit;
   uint value = 0;
   for(int digit = 0; digit < 4 && at + 1 < StringLen(quoted); digit++)
     {
      at++;
      value = value * 16 + HexDigit(StringGetCharacter(quoted, at));
     }
   return (ushort)(value & 0xFFFF);
  }

uint HexDigit(const ushort unit)
  {
   if(unit >= '0' && unit <= '9')
      return (uint)(unit - '0');
   if(unit >= 'a' && unit <= 'f')
      return (uint)(unit - 'a') + 10;
   if(unit >= 'A' && unit <= 'F')
      return (uint)(unit - 'A') + 10;
   return 0;
  }

double JsonDouble(const NgJson &doc, const int node, const double otherwise)
  {
   if(!JsonIs(doc, node, NG_JSON_NUMBER))
      return otherwise;
   return StringToDouble(JsonRaw(doc, node));
  }

// A whole number; `otherwise` for fractions, exponents and texts.
long JsonWhole(const NgJson &doc, const int node, const long otherwise)
  {
   if(!JsonIs(doc, node, NG_JSON_NUMBER))
      return otherwise;
   string digits = JsonRaw(doc, node);
   if(StringFind(digits, ".") >= 0 || StringFind(digits, "e") >= 0 || StringFind(digits, "E") >= 0)
      return otherwise;
   return StringToInteger(digits);
  }

bool JsonBool(const NgJson &doc, const int node, const bool otherwise)
  {
   if(!JsonIs(doc, node, NG_JSON_BOOL))
      return otherwise;
   return doc.text[doc.from[node]] == 't';
  }

string JsonTextOf(const NgJson &doc, const int parent, const string name, const string otherwise)
  {
   return JsonText(doc, JsonFind(doc, parent, name), otherwise);
  }

long JsonWholeOf(const NgJson &doc, const int parent, const string name, const long otherwise)
  {
   return JsonWhole(doc, JsonFind(doc, parent, name), otherwise);
  }

double JsonDoubleOf(const NgJson &doc, const int parent, const string name, const double otherwise)
  {
   return JsonDouble(doc, JsonFind(doc, parent, name), otherwise);
  }

// A ticket or login, given as digits or as a number: its digits; "": it is neither.
string JsonDigitsOf(const NgJson &doc, const int parent, const string name)
  {
   int node = JsonFind(doc, parent, name);
   string digits = JsonIs(doc, node, NG_JSON_NUMBER) ? JsonRaw(doc, node) : JsonText(doc, node, "");
   return IsTicket(digits) ? digits : "";
  }

// 1 to 2^63-1, without leading zeros (contract R1).
bool IsTicket(const string digits)
  {
   int length = StringLen(digits);
   if(length < 1 || length > 19 || StringGetCharacter(digits, 0) == '0')
      return false;
   for(int at = 0; at < length; at++)
     {
      ushort unit = StringGetCharacter(digits, at);
      if(unit < '0' || unit > '9')
         return false;
     }
   return length < 19 || StringCompare(digits, "9223372036854775807") <= 0;
  }
