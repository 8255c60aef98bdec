// The status on the chart: what a trader must see at a glance, once a second.

long g_panel_at = 0;

void PanelShow()
  {
   if(g_now.mono_ms - g_panel_at < 1000)
      return;
   g_panel_at = g_now.mono_ms;
   string state = "connecting";
   if(g_state == NG_ONLINE)
      state = g_socket.state == NG_WS_OPEN ? "online, pushed" : "online, polling";
   if(g_state == NG_STANDBY)
      state = "standby: another EA owns this account";
   if(g_halted)
      state = "HALTED: the journal can't be written";
   if(LoginDiffers())
      state = "WRONG LOGIN: " + g_terminal.login + " instead of " + g_set.login;
   string blocked = g_terminal.blocked_by == "[]" ? "" : "\nnot allowed to trade: " + g_terminal.blocked_by;
   Comment(StringFormat("ngTradingBot  %s  %s:%d\nepoch %I64d   latency %.1f ms   commands %I64d   at work %d   answers waiting %d\n", state, g_host,
                        g_port, g_epoch, g_latency_ms, g_commands_seen, ArraySize(g_jobs), ArraySize(g_answers)) +
           StringFormat("ticks stored %I64d   ticks refused %I64d   events waiting %d   lists %I64d", g_ticks_acked, g_ticks_lost,
                        ArraySize(g_trade_stream.waiting), g_syncs) +
           (g_terminal.connected ? "" : "\nno connection with the trade server") + blocked);
  }
