// The line to /ws/ticks: a frame as the terminal has its ticks in memory, acknowledged one by one. Where there is no line
// the frame goes by HTTP, under the same name (T4).

// The line to /ws/ticks. True: the frame went by it, or waits for it to open.
bool TickLineReady()
  {
   if(g_tick_socket.state == NG_WS_CLOSED)
     {
      if(g_tick_line_tried > 0 && g_now.mono_ms - g_tick_line_tried < NG_TICK_RETRY_MS)
         return false;
      g_tick_line_tried = g_now.mono_ms;
      g_tick_line_open = false;
      return SocketOpen(g_tick_socket, g_host, g_port + NG_PLANE_TICKS, g_key);
     }
   if(!g_tick_line_open)
      return true;
   TickLineFrame();
   return true;
  }

void TickLineOpen()
  {
   ArrayResize(g_places, 0);
   string names = "";
   for(int at = 0; at < ArraySize(g_sources); at++)
     {
      ArrayResize(g_places, at + 1);
      g_places[at] = g_sources[at].symbol;
      names += (at > 0 ? "," : "") + JsonQuote(g_sources[at].symbol);
     }
   g_tick_ref++;
   if(!SocketSay(g_tick_socket, StringFormat("{\"type\":\"open\",\"ref\":%d,", g_tick_ref) + AccountField() + ",\"run\":\"" + g_tick_run +
                 "\",\"symbols\":[" + names + "]}"))
      LogDebug("the line for ticks broke");
  }

void TickLineFrame()
  {
   // Symbols that came since the line was opened; places only grow, as sources do.
   string names = "";
   for(int at = ArraySize(g_places); at < ArraySize(g_sources); at++)
     {
      ArrayResize(g_places, at + 1);
      g_places[at] = g_sources[at].symbol;
      names += (names == "" ? "" : ",") + JsonQuote(g_sources[at].symbol);
     }
   if(names != "" && !SocketSay(g_tick_socket, "{\"type\":\"symbols\",\"symbols\":[" + names + "]}"))
      return;
   g_tick_ref++;
   NgFrameHead head;
   head.ref = g_tick_ref;
   head.count = g_frame_count;
   head.first_seq = g_tick_next;
   uchar bytes[];
   ArrayResize(bytes, 16 + 40 * g_frame_count);
   bool whole = StructToCharArray(head, bytes, 0);
   for(int at = 0; at < g_frame_count; at++)
      whole = whole && StructToCharArray(g_frame[at], bytes, (uint)(16 + 40 * at));
   g_frame_at = g_now.mono_ms;
   g_frame_sent = whole && SocketFrame(g_tick_socket, 2, bytes, 16 + 40 * g_frame_count);
  }

void TickLinePump()
  {
   if(g_tick_socket.state == NG_WS_CLOSED)
      return;
   bool upgrading = g_tick_socket.state == NG_WS_UPGRADING;
   bool alive = SocketPump(g_tick_socket);
   g_tick_socket.pings = 0;
   if(alive && upgrading && g_tick_socket.state == NG_WS_OPEN)
      TickLineOpen();
   string text = "";
   while(alive && SocketText(g_tick_socket, text))
      TickLineHears(text);
   if(g_tick_socket.state == NG_WS_CLOSED)
     {
      g_tick_line_open = false;
      if(g_frame_sent)
         FrameLost();
     }
  }

void TickLineHears(const string text)
  {
   NgJson doc;
   if(!JsonParse(text, doc))
      return;
   string type = JsonTextOf(doc, 0, "type", "");
   long ref = JsonWholeOf(doc, 0, "ref", -1);
   if(type == "ack")
     {
      if(ref == g_tick_ref && g_frame_sent)
         FrameHeard(200, doc);
      return;
     }
   int http = (int)JsonWholeOf(doc, 0, "http", 0);
   if(g_tick_line_open)
     {
      if(ref == g_tick_ref && g_frame_sent)
         FrameHeard(http, doc);
      return;
     }
   if(http != 200)
     {
      SocketEnd(g_tick_socket, 0);
      return;
     }
   g_tick_line_open = true;
   // What the line says is stored is not sent again.
   if(g_frame_count > 0 && JsonWholeOf(doc, 0, "next_seq", 0) >= g_tick_next + g_frame_count)
      FrameAcked();
  }
