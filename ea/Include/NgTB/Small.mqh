// What sends no order: PROBE, REQUEST_SYNC, SUBSCRIBE_SYMBOLS, REQUEST_HISTORY. Read only or absolute, so the answer is
// not kept in the journal: asked again, it is done again. Only the number is recorded, for it was answered.
//
//   Q1. "Not executed" is said only after a tombstone is on the disk: a late delivery finds it and is refused.
//   Q2. A command that is in hand or in doubt answers by itself; until then nobody can know.

#define NG_BARS_MAX 1000
#define NG_SYNC_TRIES 30

void SmallBegin(NgJob &job)
  {
   if(job.type == "PROBE")
      Probe(job);
   else
      if(job.type == "REQUEST_SYNC")
         SmallSync(job);
      else
         if(job.type == "SUBSCRIBE_SYMBOLS")
            SmallSubscribe(job);
         else
            HistoryBegin(job);
  }

void SmallAnswer(NgJob &job, const bool done, const string response, const string why)
  {
   Record("\"kind\":\"seen\"" + JsonField("command_no", StringFormat("%I64d", job.command_no)));
   AnswerPut(job.id, job.command_no, job.attempt, done ? "completed" : "failed", done ? "state" : "",
             done ? response : Refusal(why, true, 0), true, false);
   job.stage = NG_STAGE_OVER;
  }

void SmallRefuse(NgJob &job, const string why)
  {
   Record("\"kind\":\"seen\"" + JsonField("command_no", StringFormat("%I64d", job.command_no)));
   AnswerPut(job.id, job.command_no, job.attempt, "failed", "rejected", Refusal(why, false, 0), true, false);
   job.stage = NG_STAGE_OVER;
  }

// A list waits until no fact is on its way: a moment, then the server is told to ask again.
void SmallSync(NgJob &job)
  {
   if(TradesSync())
     {
      SmallAnswer(job, true, "{}", "");
      return;
     }
   job.tries++;
   if(job.tries > NG_SYNC_TRIES)
      SmallAnswer(job, false, "", "the list was not taken");
   else
      JobPause(job, NG_STAGE_SYNC, 100);
  }

void SmallSubscribe(NgJob &job)
  {
   NgJson doc;
   if(!JsonParse(job.json, doc))
     {
      SmallRefuse(job, "symbols must be a list of names");
      return;
     }
   int list = JsonFind(doc, 0, "symbols");
   if(!JsonIs(doc, list, NG_JSON_LIST))
     {
      SmallRefuse(job, "symbols must be a list of names");
      return;
     }
   TicksSubscribe(doc, list);
   SmallAnswer(job, true, "{\"symbols\":" + JsonAscii(JsonRaw(doc, list)) + "}", "");
  }

// What became of another command? The journal knows, or the broker after settle, or nobody can know yet.
void Probe(NgJob &job)
  {
   NgJson doc;
   NgJob asked;
   if(!JsonParse(job.json, doc) || !ProbedCommand(doc, job, asked))
     {
      SmallRefuse(job, "it does not say which command");
      return;
     }
   int entry = MemoryFind(asked.id);
   bool is_final = entry >= 0 && g_entries[entry].final_kind != NG_NO_FINAL && !g_entries[entry].again;
   if(is_final)
     {
      ProbeTell(job, asked.id);
      return;
     }
   // Only what is begun and without a final can still change by itself. An emergency stop that may still be handed out
   // is never buried.
   bool may_come = asked.type == "CLOSE_ALL" && !JsonBool(doc, JsonFind(doc, 0, "probe_over"), false);
   if((entry >= 0 && MemoryInDoubt(entry)) || may_come || IsInHand(asked.id))
     {
      SmallAnswer(job, false, "", "it can not be known yet");
      return;
     }
   if(IsOneOrder(asked.type) && CommandProblem(asked) == "" && !ProbeLook(job, asked))
      return;
   entry = MemoryFind(asked.id);
   if(entry < 0 || g_entries[entry].final_kind == NG_NO_FINAL)
      Bury(asked);
   ProbeTell(job, asked.id);
  }

// False: it has been answered.
bool ProbeLook(NgJob &job, NgJob &asked)
  {
   NgLook look;
   asked.age_ms = -1;
   bool by_tag = IsOpening(asked.type) || asked.type == "CLOSE_TRADE" || asked.type == "CLOSE_PARTIAL" || asked.type == "CLOSE_BY";
   LookAt(by_tag ? asked.magic : 0, IsOpening(asked.type) ? "" : asked.ticket, asked.opposite, -1, look);
   if(!IsSettled(g_started))
     {
      SmallAnswer(job, false, "", "it can not be known yet");
      return false;
     }
   NgReading reading;
   ReadingOf(asked, look, reading);
   if(reading.kind == NG_READ_DONE)
      Complete(asked, reading.evidence, reading.response);
   else
      if(reading.kind == NG_READ_ABSENT && (asked.type == "CLOSE_TRADE" || asked.type == "CANCEL_PENDING"))
         Complete(asked, "state", "{\"ticket\":" + JsonTicket(asked.ticket) + ",\"already_closed\":true}");
      else
         return true;
   ProbeTell(job, asked.id);
   return false;
  }

// A final as a finding: what is asked for decides, the fields of the answer go along.
void ProbeTell(NgJob &job, const string id)
  {
   int entry = MemoryFind(id);
   if(entry < 0 || g_entries[entry].final_kind == NG_NO_FINAL)
     {
      SmallAnswer(job, false, "", "it can not be known yet");
      return;
     }
   string outcome = "refused";
   if(g_entries[entry].final_kind == NG_DONE)
      outcome = "done";
   if(g_entries[entry].final_kind == NG_EXPIRED)
      outcome = "expired";
   if(g_entries[entry].final_kind == NG_TOMBSTONE ||
      (g_entries[entry].final_kind == NG_REJECTED && g_entries[entry].evidence == "settled"))
      outcome = "not_executed";
   string response = g_entries[entry].response;
   string fields = response == "{}" ? "" : StringSubstr(response, 1, StringLen(response) - 2) + ",";
   SmallAnswer(job, true, "{" + fields + "\"outcome\":\"" + outcome + "\",\"evidence\":\"" + g_entries[entry].evidence + "\"}", "");
  }

// The probed command as it would have been handed out.
bool ProbedCommand(const NgJson &doc, const NgJob &job, NgJob &asked)
  {
   string id = JsonTextOf(doc, 0, "probe_command_id", "");
   string type = JsonTextOf(doc, 0, "probe_type", "");
   if(id == "" || type == "")
      return false;
   int payload = JsonFind(doc, 0, "probe_payload");
   string fields = "";
   if(JsonIs(doc, payload, NG_JSON_OBJECT) && doc.child[payload] >= 0)
     {
      string raw = JsonRaw(doc, payload);
      fields = "," + StringSubstr(raw, 1, StringLen(raw) - 2);
     }
   string magic = JsonTextOf(doc, 0, "magic", "");
   string json = "{\"id\":" + JsonQuote(id) + JsonField("type", JsonQuote(IsKnownType(type) ? type : "PROBE")) +
                 JsonField("command_no", StringFormat("%I64d", JsonWholeOf(doc, 0, "probe_command_no", 0))) +
                 ",\"attempt\":1,\"priority\":0" + (magic == "" ? "" : JsonField("magic", JsonQuote(magic))) +
                 (job.any_strategy ? "" : JsonField("strategy_no", StringFormat("%I64d", job.strategy_no))) + fields + "}";
   NgJson probed;
   if(!JsonParse(json, probed) || !CommandRead(probed, 0, asked))
      return false;
   asked.deadline.known = false;
   return true;
  }

// Bars go to the server part by part, so that commands come in between; the answer says how many.
void HistoryBegin(NgJob &job)
  {
   NgJson doc;
   bool read = JsonParse(job.json, doc);
   string timeframe = read ? JsonTextOf(doc, 0, "timeframe", "") : "";
   if(job.symbol == "" || PeriodOf(timeframe) == PERIOD_CURRENT)
     {
      SmallRefuse(job, "symbol or timeframe is missing");
      return;
     }
   long from_ms = BrokerTimeMs(doc, JsonFind(doc, 0, "from"));
   job.next_s = from_ms > 0 ? from_ms / 1000 : 0;
   job.bars_sent = 0;
   HistoryPart(job);
  }

void HistoryPart(NgJob &job)
  {
   NgJson doc;
   if(!JsonParse(job.json, doc))
      return;
   string timeframe = JsonTextOf(doc, 0, "timeframe", "");
   ENUM_TIMEFRAMES period = PeriodOf(timeframe);
   long to_ms = BrokerTimeMs(doc, JsonFind(doc, 0, "to"));
   long to_s = to_ms > 0 ? to_ms / 1000 : (long)TimeCurrent() + 86400;
   long span = (long)PeriodSeconds(period) * NG_BARS_MAX;
   long until = job.next_s + span > to_s ? to_s : job.next_s + span - 1;
   // Before the first bar that there is a range holds none: it is left out at once.
   long first = (long)SeriesInfoInteger(job.symbol, period, SERIES_FIRSTDATE);
   if(first > 0 && until < first)
     {
      job.next_s = first;
      until = first + span > to_s ? to_s : first + span - 1;
     }
   MqlRates rates[];
   int count = job.next_s > to_s ? 0 : CopyRates(job.symbol, period, (datetime)job.next_s, (datetime)until, rates);
   if(count < 0)
      count = 0;
   if(count > 0 && !BarsSend(job.symbol, timeframe, period, rates, count))
     {
      SmallAnswer(job, false, "", "the bars were not stored");
      return;
     }
   job.bars_sent += count;
   job.next_s = until + 1;
   if(job.next_s <= to_s)
     {
      JobPause(job, NG_STAGE_HISTORY, 0);
      return;
     }
   SmallAnswer(job, true, "{\"symbol\":" + JsonQuote(job.symbol) + JsonField("timeframe", JsonQuote(timeframe)) +
               StringFormat(",\"bars_sent\":%d}", job.bars_sent), "");
  }

bool BarsSend(const string symbol, const string timeframe, const ENUM_TIMEFRAMES period, const MqlRates &rates[], const int count)
  {
   string bars = "";
   for(int at = 0; at < count; at++)
      bars += (at > 0 ? ",{" : "{") + StringFormat("\"time\":%I64d", (long)rates[at].time * 1000) +
              JsonField("open", JsonNumber(rates[at].open)) + JsonField("high", JsonNumber(rates[at].high)) +
              JsonField("low", JsonNumber(rates[at].low)) + JsonField("close", JsonNumber(rates[at].close)) +
              StringFormat(",\"tick_volume\":%I64d,\"spread\":%d,\"real_volume\":%I64d}", rates[at].tick_volume,
                           rates[at].spread, rates[at].real_volume);
   bool forming = (long)rates[count - 1].time + (long)PeriodSeconds(period) > (long)TimeCurrent();
   NgJson reply;
   int http = LinkPost(NG_PLANE_TICKS, "/api/bars",
                       "{" + AccountField() + JsonField("symbol", JsonQuote(symbol)) + JsonField("timeframe", JsonQuote(timeframe)) +
                       JsonField("forming", JsonFlag(forming)) + ",\"bars\":[" + bars + "]}", 2000, reply);
   return http == 200;
  }

// M1, M5 and so on, with MetaTrader's prefix or without; PERIOD_CURRENT: it is none.
ENUM_TIMEFRAMES PeriodOf(const string timeframe)
  {
   string name = StringFind(timeframe, "PERIOD_") == 0 ? StringSubstr(timeframe, 7) : timeframe;
   static const ENUM_TIMEFRAMES periods[] =
     {
      PERIOD_M1, PERIOD_M2, PERIOD_M3, PERIOD_M4, PERIOD_M5, PERIOD_M6, PERIOD_M10, PERIOD_M12, PERIOD_M15, PERIOD_M20,
      PERIOD_M30, PERIOD_H1, PERIOD_H2, PERIOD_H3, PERIOD_H4, PERIOD_H6, PERIOD_H8, PERIOD_H12, PERIOD_D1, PERIOD_W1,
      PERIOD_MN1
     };
   for(int at = 0; at < ArraySize(periods); at++)
      if(EnumToString(periods[at]) == "PERIOD_" + name)
         return periods[at];
   return PERIOD_CURRENT;
  }
