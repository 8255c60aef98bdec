// What a retcode says of the order that was sent (contract §5.6), and how long to wait before a next try.
// OrderSend's own boolean decides nothing.

#define NG_WORD_DONE      0   // it happened
#define NG_WORD_PARTLY    1   // filled in part, and the wanted state is not reached yet
#define NG_WORD_REFUSED   2   // it did not happen and will not
#define NG_WORD_TRANSIENT 3   // it did not happen; a fresh try may
#define NG_WORD_AMBIGUOUS 4   // nobody knows yet: look, never repeat

int RetryWord(const string type, const uint retcode)
  {
   if(retcode == TRADE_RETCODE_DONE)
      return NG_WORD_DONE;
   // A pending order that is placed is there; a market order that is placed waits for its deal.
   if(retcode == TRADE_RETCODE_PLACED)
      return type == "PLACE_PENDING" ? NG_WORD_DONE : NG_WORD_AMBIGUOUS;
   // "Make sure it is closed" is not done while a part is open.
   if(retcode == TRADE_RETCODE_DONE_PARTIAL)
      return type == "CLOSE_TRADE" ? NG_WORD_PARTLY : NG_WORD_DONE;
   if(retcode == TRADE_RETCODE_NO_CHANGES)
      return type == "MODIFY_TRADE" || type == "MODIFY_PENDING" ? NG_WORD_DONE : NG_WORD_AMBIGUOUS;
   if(retcode == TRADE_RETCODE_POSITION_CLOSED && type == "CLOSE_TRADE")
      return NG_WORD_DONE;
   if(retcode == TRADE_RETCODE_REQUOTE || retcode == TRADE_RETCODE_PRICE_CHANGED || retcode == TRADE_RETCODE_PRICE_OFF ||
      retcode == TRADE_RETCODE_TOO_MANY_REQUESTS)
      return NG_WORD_TRANSIENT;
   return RetryRefused(retcode) ? NG_WORD_REFUSED : NG_WORD_AMBIGUOUS;
  }

bool RetryRefused(const uint retcode)
  {
   if(retcode >= 10013 && retcode <= 10019)
      return true;
   if(retcode >= 10032 && retcode <= 10036)
      return true;
   if(retcode >= 10040 && retcode <= 10046)
      return true;
   return retcode == 10006 || retcode == 10007 || retcode == 10022 || retcode == 10023 || retcode == 10026 ||
          retcode == 10027 || retcode == 10029 || retcode == 10030 || retcode == 10038;
  }

// MetaTrader's name of a retcode, as JSON; null for a number that it does not define.
string RetcodeName(const uint retcode)
  {
   static const string names[] =
     {
      "REQUOTE", "", "REJECT", "CANCEL", "PLACED", "DONE", "DONE_PARTIAL", "ERROR", "TIMEOUT", "INVALID",
      "INVALID_VOLUME", "INVALID_PRICE", "INVALID_STOPS", "TRADE_DISABLED", "MARKET_CLOSED", "NO_MONEY",
      "PRICE_CHANGED", "PRICE_OFF", "INVALID_EXPIRATION", "ORDER_CHANGED", "TOO_MANY_REQUESTS", "NO_CHANGES",
      "SERVER_DISABLES_AT", "CLIENT_DISABLES_AT", "LOCKED", "FROZEN", "INVALID_FILL", "CONNECTION", "ONLY_REAL",
      "LIMIT_ORDERS", "LIMIT_VOLUME", "INVALID_ORDER", "POSITION_CLOSED", "", "INVALID_CLOSE_VOLUME",
      "CLOSE_ORDER_EXIST", "LIMIT_POSITIONS", "REJECT_CANCEL", "LONG_ONLY", "SHORT_ONLY", "CLOSE_ONLY", "FIFO_CLOSE",
      "HEDGE_PROHIBITED"
     };
   if(retcode < 10004 || retcode > 10046)
      return "null";
   string name = names[(int)retcode - 10004];
   return name == "" ? "null" : "\"TRADE_RETCODE_" + name + "\"";
  }

string RetcodeFields(const uint retcode)
  {
   return JsonField("retcode", StringFormat("%d", (int)retcode)) + JsonField("retcode_name", RetcodeName(retcode));
  }

// What a trader can do about a refusal; "": the name says it.
string RetcodeRemedy(const uint retcode)
  {
   if(retcode == TRADE_RETCODE_CLIENT_DISABLES_AT)
      return "switch on Algo Trading in the terminal and in this EA's properties";
   if(retcode == TRADE_RETCODE_SERVER_DISABLES_AT)
      return "the trade server does not let EAs trade on this account: ask the broker";
   if(retcode == TRADE_RETCODE_NO_MONEY)
      return "there is not enough free margin";
   if(retcode == TRADE_RETCODE_MARKET_CLOSED)
      return "the market is closed";
   if(retcode == TRADE_RETCODE_INVALID_STOPS)
      return "SL or TP is too near to the price, or on its wrong side";
   if(retcode == TRADE_RETCODE_INVALID_FILL)
      return "the symbol does not take this filling mode";
   return "";
  }

// Exponential with jitter: half of the wait is fixed, half is chance, so that many EAs do not come back at once.
long BackoffMs(const int tries, const long base_ms, const long max_ms)
  {
   long wait = base_ms;
   for(int at = 0; at < tries && wait < max_ms; at++)
      wait *= 2;
   if(wait > max_ms)
      wait = max_ms;
   return wait / 2 + (long)((double)wait / 2.0 * (double)MathRand() / 32768.0);
  }
