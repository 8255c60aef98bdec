// What the journal's records say together. Fed record by record, when it is read back and while running alike.
//
//   M1. A record is written once and never changed; a later one adds to it.
//   M2. A final (done, rejected, expired, tombstone) is the answer for ever, but one that is `again` for its attempt only.
//   M3. What can't be read is never taken as absent: it makes the journal's continuity unproven (K11).

#define NG_NO_FINAL  0
#define NG_DONE      1
#define NG_REJECTED  2
#define NG_EXPIRED   3
#define NG_TOMBSTONE 4

// All that is known of one command.
struct NgEntry
  {
   string            id;
   string            type;
   long              command_no;
   string            intent;         // the record; "": none
   string            command;        // as it was handed out, JSON
   double            expected;       // of a compare-and-set; below 0: none
   double            remaining;
   double            ttl_ms;         // had still to live when it was handed out; below 0: not said
   bool              endless;
   int               tries;          // orders that were or may have been sent
   int               final_kind;
   string            final_record;
   string            evidence;
   bool              again;
   long              attempt;
   string            ticket;
   string            response;       // JSON
   long              final_no;       // finals in the order in which they were written
   NgStamp           final_at;
   bool              acked;
  };

// One position or order of a CLOSE_ALL.
struct NgSub
  {
   string            command_id;
   string            key;            // `position 7` or `order 7`
   string            ticket;
   bool              is_order;
   string            state;          // sent, done, refused
   string            record;
   NgStamp           at;
  };

struct NgGeneration
  {
   bool              any_symbol;
   string            symbol;
   long              strategy_no;    // below 0: every one
   long              command_no;
   string            record;
  };

struct NgMemory
  {
   string            journal_id;
   string            login;
   string            trade_server;
   string            folder;
   string            boot;
   long              last_epoch;
   long              incarnation;
   long              audit_no;       // 0: no mark
   string            audit_hash;
   long              highest_command_no;
   long              unproven_to;    // up to it a record that can't be read may have sent something
   long              look_to;        // up to it is looked before something is sent
   long              twin_to;        // up to it the machine that this file was copied from may have it
   bool              unproven;
   bool              has_twin;
   int               lines;
   long              finals;
   bool              damaged;
   bool              torn;
  };

NgMemory     g_mem;
NgEntry      g_entries[];
NgIndex      g_entry_index;
NgSub        g_subs[];
NgGeneration g_generations[];
NgIndex      g_newest_modify;

void MemoryReset()
  {
   NgMemory empty = {};
   g_mem = empty;
   g_mem.journal_id = "";
   g_mem.boot = "";
   g_mem.audit_hash = "";
   ArrayResize(g_entries, 0, 1024);
   ArrayResize(g_subs, 0);
   ArrayResize(g_generations, 0);
   IndexClear(g_entry_index);
   IndexClear(g_newest_modify);
  }

// The journal as its text says.
void MemoryRead(const string text)
  {
   MemoryReset();
   string lines[];
   int count = StringSplit(text, '\n', lines);
   int length = StringLen(text);
   bool whole = length == 0 || StringGetCharacter(text, length - 1) == '\n';
   for(int at = 0; at < count; at++)
     {
      if(lines[at] == "")
         continue;
      string json = LineRead(lines[at]);
      if(json != "")
        {
         MemoryApply(json);
         continue;
        }
      g_mem.torn = at == count - 1 && !whole;
      g_mem.damaged = !g_mem.torn;
     }
  }

void MemoryApply(const string json)
  {
   NgJson doc;
   if(!JsonParse(json, doc))
      return;
   g_mem.lines++;
   string kind = JsonTextOf(doc, 0, "kind", "");
   if(kind == "opened")
      MemoryOpened(doc);
   else
      if(kind == "epoch")
         MemoryEpoch(doc);
      else
         if(kind == "unproven")
            MemoryUnproven(doc);
         else
            if(kind == "intent")
               MemoryIntent(doc, json);
            else
               if(kind == "try")
                  MemoryTry(doc);
               else
                  if(kind == "sub")
                     MemorySub(doc, json);
                  else
                     if(kind == "seen")
                        MemoryCounted(JsonWholeOf(doc, 0, "command_no", 0));
                     else
                        if(kind == "generation")
                           MemoryGeneration(doc, json);
                        else
                           if(kind == "incarnation")
                              MemoryIncarnation(JsonWholeOf(doc, 0, "incarnation", 0));
                           else
                              if(kind == "acked")
                                 MemoryAcked(doc);
                              else
                                 MemoryFinal(doc, json, kind);
  }

void MemoryCounted(const long command_no)
  {
   if(command_no > g_mem.highest_command_no)
      g_mem.highest_command_no = command_no;
  }

void MemoryOpened(const NgJson &doc)
  {
   g_mem.journal_id = JsonTextOf(doc, 0, "journal_id", "");
   g_mem.boot = JsonTextOf(doc, 0, "boot_id", "");
   g_mem.login = JsonTextOf(doc, 0, "login", "");
   g_mem.trade_server = JsonTextOf(doc, 0, "trade_server", "");
   g_mem.folder = JsonTextOf(doc, 0, "folder", "");
   MemoryCounted(JsonWholeOf(doc, 0, "highest_command_no", 0));
  }

void MemoryEpoch(const NgJson &doc)
  {
   g_mem.last_epoch = JsonWholeOf(doc, 0, "epoch", 0);
   g_mem.boot = JsonTextOf(doc, 0, "boot_id", "");
   g_mem.unproven_to = LargerOf(g_mem.unproven_to, JsonWholeOf(doc, 0, "unproven_to", 0));
   g_mem.look_to = LargerOf(g_mem.look_to, JsonWholeOf(doc, 0, "look_to", 0));
   g_mem.twin_to = LargerOf(g_mem.twin_to, JsonWholeOf(doc, 0, "twin_to", 0));
   // Also one that is behind: the server has just judged the older one.
   int mark = JsonFind(doc, 0, "mark");
   g_mem.audit_no = JsonWholeOf(doc, mark, "audit_no", 0);
   g_mem.audit_hash = JsonTextOf(doc, mark, "audit_hash", "");
   g_mem.unproven = false;
   g_mem.has_twin = false;
  }

void MemoryUnproven(const NgJson &doc)
  {
   string boot = JsonTextOf(doc, 0, "boot_id", "");
   g_mem.unproven = true;
   if(JsonTextOf(doc, 0, "reason", "") == "restart" || boot != g_mem.boot)
      g_mem.has_twin = true;
   g_mem.boot = boot;
   // Written after the damage was seen: it stands for it from now on.
   g_mem.damaged = false;
   g_mem.torn = false;
  }

void MemoryIncarnation(const long incarnation)
  {
   g_mem.incarnation = LargerOf(g_mem.incarnation, incarnation);
  }

// A newer mark of the same ledger.
void MemoryMark(const long audit_no, const string audit_hash)
  {
   if(audit_no <= g_mem.audit_no || audit_hash == "")
      return;
   g_mem.audit_no = audit_no;
   g_mem.audit_hash = audit_hash;
  }

// The place of a command; made, if it is new.
int MemoryEntry(const string id)
  {
   long known = IndexGet(g_entry_index, id, -1);
   if(known >= 0)
      return (int)known;
   int place = ArraySize(g_entries);
   ArrayResize(g_entries, place + 1, 1024);
   NgEntry empty = {};
   g_entries[place] = empty;
   g_entries[place].id = id;
   g_entries[place].type = "";
   g_entries[place].intent = "";
   g_entries[place].command = "";
   g_entries[place].expected = -1.0;
   g_entries[place].remaining = -1.0;
   g_entries[place].ttl_ms = -1.0;
   g_entries[place].final_record = "";
   g_entries[place].evidence = "";
   g_entries[place].ticket = "";
   g_entries[place].response = "{}";
   IndexSet(g_entry_index, id, place);
   return place;
  }

// -1: nothing is known of it.
int MemoryFind(const string id)
  {
   return (int)IndexGet(g_entry_index, id, -1);
  }

void MemoryIntent(const NgJson &doc, const string json)
  {
   int command = JsonFind(doc, 0, "command");
   string id = JsonTextOf(doc, command, "id", "");
   int at = MemoryEntry(id);
   // A new attempt after a refusal that was for its attempt only.
   g_entries[at].final_kind = NG_NO_FINAL;
   g_entries[at].final_record = "";
   g_entries[at].acked = false;
   g_entries[at].intent = json;
   g_entries[at].command = JsonRaw(doc, command);
   g_entries[at].type = JsonTextOf(doc, command, "type", "");
   g_entries[at].command_no = JsonWholeOf(doc, command, "command_no", 0);
   g_entries[at].tries = 1;
   int compare = JsonFind(doc, 0, "compare");
   g_entries[at].expected = JsonDoubleOf(doc, compare, "expected_volume", -1.0);
   g_entries[at].remaining = JsonDoubleOf(doc, compare, "remaining_volume", -1.0);
   int ttl = JsonFind(doc, 0, "ttl_ms");
   g_entries[at].ttl_ms = JsonDouble(doc, ttl, -1.0);
   g_entries[at].endless = JsonIs(doc, ttl, NG_JSON_NULL);
   MemoryCounted(g_entries[at].command_no);
   if(g_entries[at].type == "CLOSE_ALL")
      MemoryShutOut(doc, command);
   string ticket = JsonDigitsOf(doc, command, "ticket");
   if(StringFind(g_entries[at].type, "MODIFY_") == 0)
     {
      string key = g_entries[at].type + " " + ticket;
      IndexSet(g_newest_modify, key, LargerOf(IndexGet(g_newest_modify, key, 0), g_entries[at].command_no));
     }
  }

void MemoryTry(const NgJson &doc)
  {
   int at = MemoryEntry(JsonTextOf(doc, 0, "command_id", ""));
   g_entries[at].tries = (int)JsonWholeOf(doc, 0, "try_no", 1);
  }

void MemorySub(const NgJson &doc, const string json)
  {
   string id = JsonTextOf(doc, 0, "command_id", "");
   string ticket = JsonTextOf(doc, 0, "ticket", "");
   string target = JsonTextOf(doc, 0, "target", "");
   int at = SubFind(id, target + " " + ticket);
   if(at < 0)
     {
      at = ArraySize(g_subs);
      ArrayResize(g_subs, at + 1, 64);
      g_subs[at].command_id = id;
      g_subs[at].key = target + " " + ticket;
      g_subs[at].ticket = ticket;
      g_subs[at].is_order = target == "order";
     }
   g_subs[at].state = JsonTextOf(doc, 0, "state", "");
   g_subs[at].record = json;
   MemoryStamp(doc, g_subs[at].at);
  }

int SubFind(const string command_id, const string key)
  {
   for(int at = ArraySize(g_subs) - 1; at >= 0; at--)
      if(g_subs[at].command_id == command_id && g_subs[at].key == key)
         return at;
   return -1;
  }

void MemoryStamp(const NgJson &doc, NgStamp &stamp)
  {
   int at = JsonFind(doc, 0, "at");
   stamp.mono_ms = (long)JsonDoubleOf(doc, at, "mono_ms", 0.0);
   stamp.wall_ms = (long)JsonDoubleOf(doc, at, "wall_ms", 0.0);
  }

void MemoryAcked(const NgJson &doc)
  {
   int mark = JsonFind(doc, 0, "mark");
   MemoryMark(JsonWholeOf(doc, mark, "audit_no", 0), JsonTextOf(doc, mark, "audit_hash", ""));
   int ids = JsonFind(doc, 0, "command_ids");
   if(!JsonIs(doc, ids, NG_JSON_LIST))
      return;
   for(int node = doc.child[ids]; node >= 0; node = doc.next[node])
     {
      int at = MemoryFind(JsonText(doc, node, ""));
      if(at >= 0)
         g_entries[at].acked = true;
     }
  }

void MemoryFinal(const NgJson &doc, const string json, const string kind)
  {
   int final_kind = NG_NO_FINAL;
   if(kind == "done")
      final_kind = NG_DONE;
   if(kind == "rejected")
      final_kind = NG_REJECTED;
   if(kind == "expired")
      final_kind = NG_EXPIRED;
   if(kind == "tombstone")
      final_kind = NG_TOMBSTONE;
   if(final_kind == NG_NO_FINAL)
      return;
   int at = MemoryEntry(JsonTextOf(doc, 0, "command_id", ""));
   g_mem.finals++;
   g_entries[at].final_no = g_mem.finals;
   g_entries[at].final_kind = final_kind;
   g_entries[at].final_record = json;
   g_entries[at].evidence = final_kind >= NG_EXPIRED ? kind : JsonTextOf(doc, 0, "evidence", "");
   g_entries[at].again = JsonBool(doc, JsonFind(doc, 0, "again"), false);
   g_entries[at].attempt = JsonWholeOf(doc, 0, "attempt", 1);
   g_entries[at].command_no = JsonWholeOf(doc, 0, "command_no", 0);
   g_entries[at].type = JsonTextOf(doc, 0, "type", g_entries[at].type);
   g_entries[at].ticket = JsonTextOf(doc, 0, "ticket", "");
   g_entries[at].response = JsonRaw(doc, JsonFind(doc, 0, "response"));
   g_entries[at].acked = false;
   MemoryStamp(doc, g_entries[at].final_at);
   MemoryCounted(g_entries[at].command_no);
  }

bool MemoryInDoubt(const int at)
  {
   return g_entries[at].intent != "" && g_entries[at].final_kind == NG_NO_FINAL;
  }

// The newest MODIFY of this position or order that was begun; 0: none.
long NewestModify(const string type, const string ticket)
  {
   return IndexGet(g_newest_modify, type + " " + ticket, 0);
  }
