// The trader's own limits, set in the inputs: what they forbid is refused before anything is sent. Closing is never.

// Why this opening is refused; "": it is not.
string GuardAgainst(const NgJob &job)
  {
   if(g_set.close_only)
      return "this EA is set to close-only (input CloseOnly)";
   if(g_set.max_lots > 0.0 && job.volume > g_set.max_lots + 1e-9)
      return JsonNumber(job.volume) + " lots are more than the input MaxLots allows (" + JsonNumber(g_set.max_lots) + ")";
   if(g_set.max_positions > 0 && PositionsTotal() + OrdersTotal() >= g_set.max_positions)
      return StringFormat("%d positions and orders are open: the input MaxPositions allows no more", PositionsTotal() + OrdersTotal());
   if(g_set.allowed_symbols != "" && StringFind("," + g_set.allowed_symbols + ",", "," + job.symbol + ",") < 0)
      return job.symbol + " is not in the input AllowedSymbols (" + g_set.allowed_symbols + ")";
   if(!SymbolIsThere(job.symbol))
      return "the broker has no symbol " + job.symbol + ": see available_symbols";
   return "";
  }

bool SymbolIsThere(const string symbol)
  {
   return SymbolInfoInteger(symbol, SYMBOL_EXIST) != 0 || SymbolSelect(symbol, true);
  }
