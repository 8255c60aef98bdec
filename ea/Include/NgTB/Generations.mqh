// Emergency stops that the journal knows: each shuts out every older opening of its scope (P12).

// A CLOSE_ALL's intent is its scope's generation: one record for both.
void MemoryShutOut(const NgJson &doc, const int command)
  {
   int symbol = JsonFind(doc, command, "symbol");
   MemoryScope(!JsonIs(doc, symbol, NG_JSON_TEXT), JsonText(doc, symbol, ""), JsonWholeOf(doc, command, "strategy_no", -1),
               JsonWholeOf(doc, command, "command_no", 0), "");
  }

void MemoryGeneration(const NgJson &doc, const string json)
  {
   int symbol = JsonFind(doc, 0, "symbol");
   MemoryScope(!JsonIs(doc, symbol, NG_JSON_TEXT), JsonText(doc, symbol, ""), JsonWholeOf(doc, 0, "strategy_no", -1),
               JsonWholeOf(doc, 0, "command_no", 0), json);
   MemoryCounted(JsonWholeOf(doc, 0, "command_no", 0));
  }

void MemoryScope(const bool any_symbol, const string symbol, const long strategy_no, const long command_no,
                 const string record)
  {
   int at = GenerationFind(any_symbol, symbol, strategy_no);
   if(at < 0)
     {
      at = ArraySize(g_generations);
      ArrayResize(g_generations, at + 1);
      g_generations[at].any_symbol = any_symbol;
      g_generations[at].symbol = symbol;
      g_generations[at].strategy_no = strategy_no;
      g_generations[at].command_no = 0;
      g_generations[at].record = "";
     }
   if(command_no <= g_generations[at].command_no)
      return;
   g_generations[at].command_no = command_no;
   g_generations[at].record = record != "" ? record : "{" + GenerationBody(any_symbol, symbol, strategy_no, command_no) + "}";
  }

string GenerationBody(const bool any_symbol, const string symbol, const long strategy_no, const long command_no)
  {
   return "\"kind\":\"generation\"" + JsonField("symbol", any_symbol ? "null" : JsonQuote(symbol)) +
          JsonField("strategy_no", strategy_no < 0 ? "null" : StringFormat("%I64d", strategy_no)) +
          JsonField("command_no", StringFormat("%I64d", command_no));
  }

int GenerationFind(const bool any_symbol, const string symbol, const long strategy_no)
  {
   for(int at = 0; at < ArraySize(g_generations); at++)
      if(g_generations[at].any_symbol == any_symbol && (any_symbol || g_generations[at].symbol == symbol) &&
         g_generations[at].strategy_no == strategy_no)
         return at;
   return -1;
  }

bool GenerationKnown(const bool any_symbol, const string symbol, const long strategy_no, const long command_no)
  {
   int at = GenerationFind(any_symbol, symbol, strategy_no);
   return at >= 0 && g_generations[at].command_no >= command_no;
  }

// The newest CLOSE_ALL that covers this order; 0: none (P12).
long GenerationOf(const string symbol, const long strategy_no)
  {
   long newest = 0;
   for(int at = 0; at < ArraySize(g_generations); at++)
      if((g_generations[at].any_symbol || g_generations[at].symbol == symbol) &&
         (g_generations[at].strategy_no < 0 || g_generations[at].strategy_no == strategy_no))
         newest = LargerOf(newest, g_generations[at].command_no);
   return newest;
  }
