// How far ticks are sent, on the disk: before a frame leaves, it is written down what it is made of, and a new process
// makes the very same one again (T3).

// T3.
void FrameNote()
  {
   string parts = "";
   for(int at = 0; at < ArraySize(g_sources); at++)
      parts += (at > 0 ? ",[" : "[") + JsonQuote(g_sources[at].symbol) +
               StringFormat(",%I64d,%d,%d,%I64d,%d,%d]", g_sources[at].cursor_msc, g_sources[at].cursor_done, g_sources[at].taken,
                            g_sources[at].after_msc, g_sources[at].after_done, g_sources[at].subscribed ? 1 : 0);
   string line = LineOf("{\"run\":\"" + g_tick_run + StringFormat("\",\"first_seq\":%I64d,\"parts\":[", g_tick_next) + parts + "]}");
   if(g_tick_file == INVALID_HANDLE)
      return;
   if(g_tick_lines >= 2000)
      TickFileShrink();
   if(g_tick_file == INVALID_HANDLE || !FileAppend(g_tick_file, line))
      LogWarn("the tick cursor can't be written: a restart could send some ticks twice. Is the disk full?");
   else
      FileFlush(g_tick_file);
   g_tick_lines++;
  }

string TickPath()
  {
   return "NgTB\\ticks-" + g_set.login + ".log";
  }

void TickFileShrink()
  {
   FileClose(g_tick_file);
   g_tick_file = FileOpen(TickPath(), FILE_WRITE | FILE_BIN | FILE_SHARE_READ);
   g_tick_lines = 0;
  }

// At the start of this process: the run, the cursors, and the frame that was under way.
void TicksStart()
  {
   ArrayResize(g_sources, 0);
   g_frame_count = 0;
   g_tick_run = "";
   g_tick_next = 1;
   SocketInit(g_tick_socket, 0, "/ws/ticks");
   g_tick_file = FileOpen(TickPath(), FILE_READ | FILE_WRITE | FILE_BIN | FILE_SHARE_READ);
   if(g_tick_file != INVALID_HANDLE)
     {
      string text = FileText(g_tick_file);
      string lines[];
      int count = StringSplit(text, '\n', lines);
      g_tick_lines = count;
      for(int at = count - 1; at >= 0 && g_tick_run == ""; at--)
         TicksRead(LineRead(lines[at]));
      if(FileSeek(g_tick_file, 0, SEEK_END) && text != "" && StringGetCharacter(text, StringLen(text) - 1) != '\n' &&
         !FileAppend(g_tick_file, "\n"))
         LogWarn("the tick cursor can't be written");
     }
   if(g_tick_run == "")
      g_tick_run = MakeUuid();
  }

void TicksRead(const string json)
  {
   NgJson doc;
   if(json == "" || !JsonParse(json, doc))
      return;
   g_tick_run = JsonTextOf(doc, 0, "run", "");
   g_tick_next = JsonWholeOf(doc, 0, "first_seq", 1);
   int list = JsonFind(doc, 0, "parts");
   if(!JsonIs(doc, list, NG_JSON_LIST))
      return;
   bool whole = true;
   for(int part = doc.child[list]; part >= 0; part = doc.next[part])
     {
      int node = doc.child[part];
      int at = SourceAdd(JsonText(doc, node, ""));
      long values[6];
      for(int value = 0; value < 6; value++)
        {
         node = node >= 0 ? doc.next[node] : -1;
         values[value] = JsonWhole(doc, node, 0);
        }
      g_sources[at].cursor_msc = values[0];
      g_sources[at].cursor_done = (int)values[1];
      g_sources[at].subscribed = true;
      int wanted = (int)values[2];
      if(wanted > 0 && SymbolSelect(g_sources[at].symbol, true))
         FrameTake(at, wanted);
      whole = whole && g_sources[at].taken == wanted;
      g_sources[at].after_msc = values[3];
      g_sources[at].after_done = (int)values[4];
      g_sources[at].subscribed = values[5] == 1;
     }
   if(whole || g_frame_count == 0)
      return;
   // The terminal does not show the same ticks any more: their numbers are told as lost, none is sent twice.
   g_frame_count = 0;
   for(int at = 0; at < ArraySize(g_sources); at++)
     {
      g_tick_next += g_sources[at].taken;
      FrameDone(at);
     }
  }
