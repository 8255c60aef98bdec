// A received command, read with suspicion: nothing of it is trusted, and what is unfit is a sentence, not a crash.

#define NG_STAGE_QUEUED    0
#define NG_STAGE_LOOK      1    // looks before it sends
#define NG_STAGE_RETRY     2    // was refused for the moment
#define NG_STAGE_DOUBT     3    // an order's outcome is unknown
#define NG_STAGE_CLOSE_ALL 4
#define NG_STAGE_HISTORY   5
#define NG_STAGE_SYNC      6
#define NG_STAGE_OVER      7

// What a look before an order leads to.
#define NG_THEN_INTENT 0
#define NG_THEN_SEND   1
#define NG_THEN_TRY    2

struct NgJob
  {
   string            json;            // as it was handed out, without its time to live
   string            id;
   string            type;
   long              command_no;
   long              attempt;
   long              priority;
   NgDeadline        deadline;
   // Its fields.
   string            account;         // "": not named
   string            symbol;
   bool              has_symbol;
   string            order_type;
   double            volume;
   double            price;
   double            stop_limit;
   bool              has_price;
   bool              has_stop_limit;
   bool              has_sl;          // named: else the level is kept
   bool              has_tp;
   double            sl;              // 0: none
   double            tp;
   bool              has_expiration;
   long              expiration_ms;   // 0: none
   string            unfit;           // what is wrong with a level or time; "": nothing
   string            ticket;
   string            opposite;
   double            expected;        // below 0: not named
   double            remaining;
   ulong             magic;
   long              strategy_no;
   bool              any_strategy;
   long              generation;
   string            comment;
   long              deviation;
   // How far it has come.
   int               stage;
   int               then;
   long              due;
   long              progress_at;
   NgStamp           look_began;
   bool              has_seen;        // a look that an order may rest on
   NgStamp           seen_at;
   double            seen_volume;     // of the position, in that look
   bool              has_compare;
   double            compare_expected;
   double            compare_remaining;
   int               tries;
   bool              in_doubt;
   NgStamp           doubt_since;
   long              age_ms;          // how long before this process it was begun
   long              born;            // when this process heard of it
   uint              last_retcode;    // of a try that was refused for the moment
   string            last_comment;
   // Of a CLOSE_ALL.
   bool              rerun;
   bool              first_look_done;
   string            first[];         // what the first look showed
   string            progress_key[];
   int               progress_tries[];
   long              progress_sent[];    // mono_ms; 0: nothing of unknown outcome
   long              progress_next[];    // not tried again before
   bool              progress_given_up[];
   int               progress_retcode[];
   string            progress_error[];
   // Of a REQUEST_HISTORY.
   long              next_s;
   int               bars_sent;
  };

// A command of a reply or of the journal. False: nobody could be answered.
bool CommandRead(const NgJson &doc, const int node, NgJob &job)
  {
   // Nothing of another command stays in it, and nothing is read that was never written.
   NgJob fresh = {};
   job = fresh;
   job.id = JsonTextOf(doc, node, "id", "");
   job.type = JsonTextOf(doc, node, "type", "");
   if(job.id == "" || job.type == "")
      return false;
   job.json = CommandJson(doc, node);
   job.command_no = JsonWholeOf(doc, node, "command_no", 0);
   job.attempt = JsonWholeOf(doc, node, "attempt", 1);
   job.priority = JsonWholeOf(doc, node, "priority", UsualPriority(job.type));
   job.account = JsonDigitsOf(doc, node, "account");
   int symbol = JsonFind(doc, node, "symbol");
   job.has_symbol = JsonIs(doc, symbol, NG_JSON_TEXT);
   job.symbol = JsonText(doc, symbol, "");
   job.order_type = JsonTextOf(doc, node, "order_type", "");
   if(StringFind(job.order_type, "ORDER_TYPE_") == 0)
      job.order_type = StringSubstr(job.order_type, 11);
   job.volume = JsonDoubleOf(doc, node, "volume", 0.0);
   job.ticket = JsonDigitsOf(doc, node, "ticket");
   job.opposite = JsonDigitsOf(doc, node, "opposite_ticket");
   job.expected = JsonDoubleOf(doc, node, "expected_volume", -1.0);
   job.remaining = JsonDoubleOf(doc, node, "remaining_volume", -1.0);
   job.comment = JsonTextOf(doc, node, "comment", "");
   job.deviation = JsonWholeOf(doc, node, "deviation", -1);
   job.generation = JsonWholeOf(doc, node, "generation", 0);
   job.strategy_no = JsonWholeOf(doc, node, "strategy_no", -1);
   job.any_strategy = job.strategy_no < 0;
   CommandPrices(doc, node, job);
   string magic = JsonDigitsOf(doc, node, "magic");
   bool opens = job.type == "OPEN_TRADE" || job.type == "PLACE_PENDING" || job.type == "PROBE";
   job.magic = opens && magic != "" ? (ulong)StringToInteger(magic)
               : TagOf(job.any_strategy ? 0 : job.strategy_no, job.command_no);
   job.stage = NG_STAGE_QUEUED;
   job.then = NG_THEN_INTENT;
   job.tries = 1;
   job.has_compare = false;
   job.in_doubt = false;
   job.has_seen = false;
   job.age_ms = 0;
   job.born = g_now.mono_ms;
   job.progress_at = g_now.mono_ms;
   job.due = 0;
   job.last_retcode = 0;
   job.last_comment = "";
   return true;
  }

// Levels and times: absent stays absent (keep), null and 0 mean none.
void CommandPrices(const NgJson &doc, const int node, NgJob &job)
  {
   job.unfit = "";
   job.has_price = CommandPrice(doc, node, "price", job.price, job.unfit);
   job.has_stop_limit = CommandPrice(doc, node, "stop_limit_price", job.stop_limit, job.unfit);
   job.has_sl = CommandLevel(doc, node, "sl", job.sl, job.unfit);
   job.has_tp = CommandLevel(doc, node, "tp", job.tp, job.unfit);
   int expiration = JsonFind(doc, node, "expiration");
   job.has_expiration = expiration >= 0;
   job.expiration_ms = 0;
   if(expiration >= 0 && !JsonIs(doc, expiration, NG_JSON_NULL))
     {
      job.expiration_ms = BrokerTimeMs(doc, expiration);
      if(job.expiration_ms < 0)
         job.unfit = "expiration must be a time of the broker";
     }
  }

bool CommandLevel(const NgJson &doc, const int node, const string name, double &level, string &unfit)
  {
   int at = JsonFind(doc, node, name);
   level = JsonDouble(doc, at, 0.0);
   if(at >= 0 && !JsonIs(doc, at, NG_JSON_NULL) && (!JsonIs(doc, at, NG_JSON_NUMBER) || level < 0.0))
      unfit = "sl and tp must be prices; 0 or null means none";
   return at >= 0;
  }

bool CommandPrice(const NgJson &doc, const int node, const string name, double &price, string &unfit)
  {
   int at = JsonFind(doc, node, name);
   price = JsonDouble(doc, at, 0.0);
   if(at >= 0 && price <= 0.0)
      unfit = name + " must be a number above 0";
   return at >= 0;
  }

// Seconds, milliseconds from 1e11 on, or text `2026-01-31T12:00:00`, with a zone or without; below 0: it is no time.
long BrokerTimeMs(const NgJson &doc, const int node)
  {
   if(JsonIs(doc, node, NG_JSON_NUMBER))
     {
      double number = JsonDouble(doc, node, -1.0);
      if(number < 0.0)
         return -1;
      return number >= 1e11 ? (long)number : (long)(number * 1000.0);
     }
   string text = JsonText(doc, node, "");
   if(StringLen(text) < 10)
      return -1;
   string plain = StringSubstr(text, 0, 19);
   StringReplace(plain, "-", ".");
   StringReplace(plain, "T", " ");
   datetime moment = StringToTime(plain);
   return moment > 0 ? (long)moment * 1000 : -1;
  }

// The command as it is journaled: in the order of its fields, but without the time to live of this delivery.
string CommandJson(const NgJson &doc, const int node)
  {
   string json = "";
   for(int at = doc.child[node]; at >= 0; at = doc.next[at])
     {
      string name = ShortArrayToString(doc.text, doc.name_from[at], doc.name_until[at] - doc.name_from[at]);
      if(name != "ttl_ms")
         json += (json == "" ? "\"" : ",\"") + name + "\":" + JsonRaw(doc, at);
     }
   return JsonAscii("{" + json + "}");
  }

long UsualPriority(const string type)
  {
   if(type == "CLOSE_ALL")
      return 99;
   if(type == "OPEN_TRADE" || type == "PLACE_PENDING" || type == "REQUEST_SYNC")
      return 5;
   if(type == "SUBSCRIBE_SYMBOLS" || type == "REQUEST_HISTORY")
      return 1;
   return 10;
  }

bool IsOpening(const string type)
  {
   return type == "OPEN_TRADE" || type == "PLACE_PENDING";
  }

bool IsModify(const string type)
  {
   return type == "MODIFY_TRADE" || type == "MODIFY_PENDING";
  }

// Does it send exactly one order?
bool IsOneOrder(const string type)
  {
   return IsOpening(type) || IsModify(type) || type == "CLOSE_TRADE" || type == "CLOSE_PARTIAL" || type == "CLOSE_BY" ||
          type == "CANCEL_PENDING";
  }

bool IsKnownType(const string type)
  {
   return IsOneOrder(type) || type == "CLOSE_ALL" || type == "SUBSCRIBE_SYMBOLS" || type == "REQUEST_HISTORY" ||
          type == "REQUEST_SYNC" || type == "PROBE";
  }

// What only reads needs no trade server to be begun.
bool NeedsBroker(const string type)
  {
   return IsKnownType(type) && type != "SUBSCRIBE_SYMBOLS" && type != "REQUEST_HISTORY";
  }

// May it be sent again, and when? (docs/reference/commands.md)
bool ResendNever(const string type)
  {
   return IsOpening(type);
  }

// Before settle: absolute values, and on a hedging account a close, do no harm twice.
bool ResendEarly(const string type, const bool netting)
  {
   return IsModify(type) || type == "CANCEL_PENDING" || (type == "CLOSE_TRADE" && !netting);
  }

// Must it read before its first order?
bool ReadsFirst(const string type, const bool netting)
  {
   return type == "CLOSE_PARTIAL" || type == "CLOSE_BY" || (type == "CLOSE_TRADE" && netting);
  }

// What is wrong with its fields; "": nothing.
string CommandProblem(const NgJob &job)
  {
   if(!IsOpening(job.type) && job.ticket == "")
      return "ticket must be a number from 1 to 2^63-1";
   if(job.type == "CLOSE_BY" && job.opposite == "")
      return "opposite_ticket must be a number from 1 to 2^63-1";
   if(IsOpening(job.type))
     {
      if(!job.has_symbol)
         return "symbol is missing";
      if(OrderTypeOf(job.order_type, job.type == "PLACE_PENDING") < 0)
         return "order_type " + job.order_type + (job.type == "OPEN_TRADE" ? " is not a market order" : " is not a pending order");
      if(job.volume <= 0.0)
         return "volume must be a number above 0";
      if(job.type == "PLACE_PENDING" && job.price <= 0.0)
         return "price must be a number above 0";
     }
   if(job.type == "MODIFY_TRADE" && !job.has_sl && !job.has_tp)
      return "sl or tp is missing";
   if(job.type == "CLOSE_PARTIAL" && job.volume <= 0.0 && (job.expected <= 0.0 || job.remaining < 0.0))
      return "give expected_volume and remaining_volume, or volume";
   return job.unfit;
  }

// ENUM_ORDER_TYPE by its name without the prefix; -1: it is none of these.
int OrderTypeOf(const string name, const bool pending)
  {
   if(!pending)
      return name == "BUY" ? (int)ORDER_TYPE_BUY : (name == "SELL" ? (int)ORDER_TYPE_SELL : -1);
   if(name == "BUY_LIMIT")
      return (int)ORDER_TYPE_BUY_LIMIT;
   if(name == "SELL_LIMIT")
      return (int)ORDER_TYPE_SELL_LIMIT;
   if(name == "BUY_STOP")
      return (int)ORDER_TYPE_BUY_STOP;
   if(name == "SELL_STOP")
      return (int)ORDER_TYPE_SELL_STOP;
   if(name == "BUY_STOP_LIMIT")
      return (int)ORDER_TYPE_BUY_STOP_LIMIT;
   return name == "SELL_STOP_LIMIT" ? (int)ORDER_TYPE_SELL_STOP_LIMIT : -1;
  }
