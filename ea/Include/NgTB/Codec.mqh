// Writing JSON, and lines that prove themselves: `<length> <crc32> <json>` (journal and tick cursor).
//
//   C1. Everything that is written is ASCII: other characters are escaped, so that no code page can spoil them.
//   C2. A line is read back only if its length and its checksum fit.

string JsonQuote(const string text)
  {
   string quoted = "\"";
   int length = StringLen(text);
   int from = 0;
   for(int at = 0; at < length; at++)
     {
      ushort unit = StringGetCharacter(text, at);
      if(unit >= 32 && unit < 127 && unit != '"' && unit != '\\')
         continue;
      if(at > from)
         quoted += StringSubstr(text, from, at - from);
      quoted += JsonEscape(unit);
      from = at + 1;
     }
   if(length > from)
      quoted += StringSubstr(text, from, length - from);
   return quoted + "\"";
  }

string JsonEscape(const ushort unit)
  {
   if(unit == '"')
      return "\\\"";
   if(unit == '\\')
      return "\\\\";
   if(unit == 10)
      return "\\n";
   return StringFormat("\\u%04x", (int)unit);
  }

// JSON that came in, for a file: what is not ASCII is escaped. It can stand inside of texts only.
string JsonAscii(const string json)
  {
   int length = StringLen(json);
   string ascii = "";
   int from = 0;
   for(int at = 0; at < length; at++)
     {
      ushort unit = StringGetCharacter(json, at);
      if(unit < 127 && unit >= 32)
         continue;
      if(at > from)
         ascii += StringSubstr(json, from, at - from);
      if(unit >= 127)
         ascii += StringFormat("\\u%04x", (int)unit);
      else
         ascii += " ";
      from = at + 1;
     }
   if(from == 0)
      return json;
   if(length > from)
      ascii += StringSubstr(json, from, length - from);
   return ascii;
  }

// A number without trailing zeros; eight decimals are finer than any symbol's digits and steps.
string JsonNumber(const double value)
  {
   if(!MathIsValidNumber(value))
      return "0";
   string text = DoubleToString(value, 8);
   int length = StringLen(text);
   while(length > 1 && StringGetCharacter(text, length - 1) == '0')
      length--;
   if(length > 1 && StringGetCharacter(text, length - 1) == '.')
      length--;
   text = StringSubstr(text, 0, length);
   return text == "-0" ? "0" : text;
  }

string JsonFlag(const bool flag)
  {
   return flag ? "true" : "false";
  }

// Digits as a text, or null where there is none.
string JsonTicket(const string ticket)
  {
   return ticket == "" || ticket == "0" ? "null" : "\"" + ticket + "\"";
  }

string TicketOf(const ulong ticket)
  {
   return StringFormat("%I64u", ticket);
  }

// A name and its value, with a comma before it.
string JsonField(const string name, const string json)
  {
   return ",\"" + name + "\":" + json;
  }

uint g_crc_table[256];
bool g_crc_ready = false;

uint Crc32(const string ascii)
  {
   if(!g_crc_ready)
     {
      for(int place = 0; place < 256; place++)
        {
         uint entry = (uint)place;
         for(int bit = 0; bit < 8; bit++)
            entry = (entry & 1) != 0 ? (entry >> 1) ^ 0xEDB88320 : entry >> 1;
         g_crc_table[place] = entry;
        }
      g_crc_ready = true;
     }
   uint sum = 0xFFFFFFFF;
   int length = StringLen(ascii);
   for(int at = 0; at < length; at++)
      sum = (sum >> 8) ^ g_crc_table[(int)((sum ^ (uint)StringGetCharacter(ascii, at)) & 0xFF)];
   return sum ^ 0xFFFFFFFF;
  }

string LineOf(const string json)
  {
   return StringFormat("%d %08x ", StringLen(json), Crc32(json)) + json + "\n";
  }

// The JSON of a line without its line break; "": it does not prove itself.
string LineRead(const string line)
  {
   int first = StringFind(line, " ");
   if(first < 1 || first > 9 || StringLen(line) < first + 10)
      return "";
   string json = StringSubstr(line, first + 10);
   if(StringToInteger(StringSubstr(line, 0, first)) != (long)StringLen(json))
      return "";
   return StringSubstr(line, first + 1, 9) == StringFormat("%08x ", Crc32(json)) ? json : "";
  }

// FNV-1a, 64 bits, over the text's UTF-16 units, as 16 hex digits (docs/spec/native-protocol.md, Digest).
string Fnv1a(const string text)
  {
   ulong hash = 0xCBF29CE484222325;
   int length = StringLen(text);
   for(int at = 0; at < length; at++)
     {
      hash = hash ^ (ulong)StringGetCharacter(text, at);
      hash = hash * 0x100000001B3;
     }
   return StringFormat("%08x%08x", (uint)(hash >> 32), (uint)(hash & 0xFFFFFFFF));
  }

// A UUID (version 4 in form), from everything that differs between two terminals and two moments.
string MakeUuid()
  {
   string seed = AccountInfoString(ACCOUNT_SERVER) + TerminalInfoString(TERMINAL_DATA_PATH) +
                 StringFormat("|%I64d|%I64d|%I64u|%I64u|%d|%d", AccountInfoInteger(ACCOUNT_LOGIN), (long)TimeLocal(),
                              GetMicrosecondCount(), GetTickCount64(), MathRand(), MathRand());
   uchar from[];
   uchar none[];
   uchar hash[];
   StringToCharArray(seed, from, 0, StringLen(seed), CP_UTF8);
   ArrayResize(none, 0);
   if(CryptEncode(CRYPT_HASH_SHA256, from, none, hash) < 16)
      return "";
   hash[6] = (uchar)((hash[6] & 0x0F) | 0x40);
   hash[8] = (uchar)((hash[8] & 0x3F) | 0x80);
   string uuid = "";
   for(int at = 0; at < 16; at++)
     {
      if(at == 4 || at == 6 || at == 8 || at == 10)
         uuid += "-";
      uuid += StringFormat("%02x", (int)hash[at]);
     }
   return uuid;
  }
