// How a command ends: its final record, which is its answer for ever.

// The command's way begins: durable before the order. `maybe`: not sent by this record, but perhaps by one that can't
// be read.
void RecordIntent(const NgJob &job, const bool maybe)
  {
   string body = "\"kind\":\"intent\"" + JsonField("command", job.json) + JsonField("maybe", JsonFlag(maybe));
   if(job.has_compare)
      body += ",\"compare\":{\"expected_volume\":" + JsonNumber(job.compare_expected) +
              JsonField("remaining_volume", JsonNumber(job.compare_remaining)) + "}";
   if(job.deadline.known)
      body += JsonField("ttl_ms", job.deadline.endless ? "null" : JsonNumber(job.deadline.ttl_ms));
   Record(body);
  }

string FinalFields(const NgJob &job, const string response)
  {
   return JsonField("command_id", JsonQuote(job.id)) + JsonField("command_no", StringFormat("%I64d", job.command_no)) +
          JsonField("attempt", StringFormat("%I64d", job.attempt)) + JsonField("type", JsonQuote(job.type)) +
          JsonField("ticket", JsonTicket(job.ticket)) + JsonField("response", response);
  }

void Conclude(NgJob &job, const string body)
  {
   Record(body);
   job.stage = NG_STAGE_OVER;
   int entry = MemoryFind(job.id);
   if(entry < 0)
      return;
   AnswerFromMemory(entry, job.attempt, true, false);
   if(g_entries[entry].final_kind == NG_DONE && IsOpening(job.type))
      OpeningDone(job, entry);
   if(g_entries[entry].final_kind == NG_REJECTED)
      LogWarn(job.type + " " + job.id + " failed: " + g_entries[entry].response);
  }

// It may not be shown yet.
void OpeningDone(const NgJob &job, const int entry)
  {
   RecentNote(entry);
   if(job.type != "OPEN_TRADE")
      return;
   NgJson doc;
   if(!JsonParse(g_entries[entry].response, doc))
      return;
   string ticket = JsonDigitsOf(doc, 0, "ticket");
   // Netting: the position may have been there before, and have another volume than the deal.
   double volume = g_terminal.netting ? -1.0 : JsonDoubleOf(doc, 0, "volume", -1.0);
   if(ticket != "")
      TouchNote(false, ticket, job.id, volume, JsonDigitsOf(doc, 0, "deal"));
  }

// `evidence`: journal, tag or state.
void Complete(NgJob &job, const string evidence, const string response)
  {
   string whole = response;
   if(StringFind(response, "\"retcode\"") < 0)
      whole = StringSubstr(response, 0, StringLen(response) - 1) + (response == "{}" ? StringSubstr(RetcodeFields(10009), 1)
              : RetcodeFields(10009)) + "}";
   Conclude(job, "\"kind\":\"done\"" + JsonField("evidence", "\"" + evidence + "\"") + FinalFields(job, whole));
  }

void RecordRejected(NgJob &job, const string evidence, const bool again, const string response)
  {
   Conclude(job, "\"kind\":\"rejected\"" + JsonField("evidence", "\"" + evidence + "\"") +
            JsonField("again", JsonFlag(again)) + FinalFields(job, response));
  }

// Refused before anything was sent.
void Reject(NgJob &job, const string error)
  {
   RecordRejected(job, "rejected", false, Refusal(error, false, 0));
  }

void Expire(NgJob &job)
  {
   Conclude(job, "\"kind\":\"expired\"" + FinalFields(job, Refusal("the deadline passed before the order was sent", true, 0)));
  }

// Never seen: recorded, so that a late delivery can't execute it.
void Bury(NgJob &job)
  {
   Conclude(job, "\"kind\":\"tombstone\"" +
            FinalFields(job, Refusal("never seen before; it can not be executed any more", true, 0)));
  }

string Refusal(const string error, const bool safe_to_retry, const uint retcode)
  {
   return "{\"error\":" + JsonQuote(error == "" ? "no reason given" : error) +
          JsonField("safe_to_retry", JsonFlag(safe_to_retry)) + (retcode > 0 ? RetcodeFields(retcode) : "") + "}";
  }
