// What connect says of the account and the market, in MetaTrader's own names (docs/spec/market-data.md).

#define NG_SYMBOLS_DETAILED 500
#define NG_SYMBOLS_MAX      5000

string AccountJson()
  {
   return StringFormat("{\"trade_mode\":%d,\"margin_mode\":%d,\"currency_digits\":%d,\"leverage\":%d,\"limit_orders\":%d,\"stopout_mode\":%d",
                       (int)AccountInfoInteger(ACCOUNT_TRADE_MODE), (int)AccountInfoInteger(ACCOUNT_MARGIN_MODE),
                       (int)AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS), (int)AccountInfoInteger(ACCOUNT_LEVERAGE),
                       (int)AccountInfoInteger(ACCOUNT_LIMIT_ORDERS), (int)AccountInfoInteger(ACCOUNT_MARGIN_SO_MODE)) +
          JsonField("currency", JsonQuote(AccountInfoString(ACCOUNT_CURRENCY))) +
          JsonField("margin_so_call", JsonNumber(AccountInfoDouble(ACCOUNT_MARGIN_SO_CALL))) +
          JsonField("margin_so_so", JsonNumber(AccountInfoDouble(ACCOUNT_MARGIN_SO_SO))) +
          JsonField("fifo_close", JsonFlag(AccountInfoInteger(ACCOUNT_FIFO_CLOSE) != 0)) +
          JsonField("trade_allowed", JsonFlag(AccountInfoInteger(ACCOUNT_TRADE_ALLOWED) != 0)) +
          JsonField("trade_expert", JsonFlag(AccountInfoInteger(ACCOUNT_TRADE_EXPERT) != 0)) +
          JsonField("company", JsonQuote(AccountInfoString(ACCOUNT_COMPANY))) +
          JsonField("server", JsonQuote(AccountInfoString(ACCOUNT_SERVER))) + JsonField("name", JsonQuote(AccountInfoString(ACCOUNT_NAME))) + "}";
  }

// Those of Market Watch with what they are, the others by name.
string SymbolsJson()
  {
   string list = "";
   int shown = SymbolsTotal(true);
   for(int at = 0; at < shown && at < NG_SYMBOLS_DETAILED; at++)
      list += (list == "" ? "" : ",") + SymbolJson(SymbolName(at, true));
   int total = SymbolsTotal(false);
   for(int at = 0; at < total && at < NG_SYMBOLS_MAX; at++)
     {
      string name = SymbolName(at, false);
      if(SymbolInfoInteger(name, SYMBOL_SELECT) == 0 && StringLen(name) <= 32)
         list += (list == "" ? "" : ",") + JsonQuote(name);
     }
   return "[" + list + "]";
  }

string SymbolJson(const string name)
  {
   return "{\"symbol\":" + JsonQuote(name) + JsonField("description", JsonQuote(SymbolInfoString(name, SYMBOL_DESCRIPTION))) +
          JsonField("volume_min", JsonNumber(SymbolInfoDouble(name, SYMBOL_VOLUME_MIN))) +
          JsonField("volume_max", JsonNumber(SymbolInfoDouble(name, SYMBOL_VOLUME_MAX))) +
          JsonField("volume_step", JsonNumber(SymbolInfoDouble(name, SYMBOL_VOLUME_STEP))) +
          StringFormat(",\"stops_level\":%d,\"freeze_level\":%d,\"trade_mode\":%d,\"digits\":%d", (int)SymbolInfoInteger(name, SYMBOL_TRADE_STOPS_LEVEL),
                       (int)SymbolInfoInteger(name, SYMBOL_TRADE_FREEZE_LEVEL), (int)SymbolInfoInteger(name, SYMBOL_TRADE_MODE),
                       (int)SymbolInfoInteger(name, SYMBOL_DIGITS)) +
          JsonField("point_value", JsonNumber(SymbolInfoDouble(name, SYMBOL_POINT))) +
          JsonField("contract_size", JsonNumber(SymbolInfoDouble(name, SYMBOL_TRADE_CONTRACT_SIZE))) +
          JsonField("tick_size", JsonNumber(SymbolInfoDouble(name, SYMBOL_TRADE_TICK_SIZE))) +
          JsonField("tick_value", JsonNumber(SymbolInfoDouble(name, SYMBOL_TRADE_TICK_VALUE))) +
          JsonField("currency_profit", JsonQuote(SymbolInfoString(name, SYMBOL_CURRENCY_PROFIT))) + "}";
  }
