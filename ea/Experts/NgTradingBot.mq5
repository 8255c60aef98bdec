// ngTradingBot: the bridge's own Expert Advisor. Inputs and events; everything else is in NgTB.
#property copyright "ngTradingBot"
#property version   "1.00"
#property description "Executes commands of the ngTradingBot server and tells it what the terminal shows."

input string Server          = "http://127.0.0.1:9900"; // Server: URL, or the code that `ngtb pair` shows
input string BackupServers   = "";     // Backup servers, separated by commas
input string ApiKey          = "";     // Key, unless it is in the code
input string Symbols         = "";     // Symbols to stream until the server says which (empty: the chart's)
input bool   Push            = true;   // Commands by socket; else by polling
input int    TimerMs         = 16;     // Timer period, ms (10-16 at least)
input int    PollMs          = 0;      // Poll interval, ms (0: as the server says)
input int    HeartbeatMs     = 0;      // Heartbeat interval, ms (0: as the server says)
input int    RequestMs       = 1000;   // A request waits so long for its answer, ms
input int    SettleMs        = 30000;  // Longest time after which a lost order can still appear, ms
input int    Deviation       = 20;     // Deviation where a command names none, points
input double MaxLots         = 0.0;    // Guard: most lots of one order (0: any)
input int    MaxPositions    = 0;      // Guard: most positions and orders at a time (0: any)
input string AllowedSymbols  = "";     // Guard: only these symbols, separated by commas (empty: all)
input bool   CloseOnly       = false;  // Guard: nothing is opened
input bool   DebugLog        = false;  // Say more in the log
input int    BootMinuteFixed = 0;      // For tests: names the run of the machine

#include "../Include/NgTB/State.mqh"
#include "../Include/NgTB/Index.mqh"
#include "../Include/NgTB/Clock.mqh"
#include "../Include/NgTB/Json.mqh"
#include "../Include/NgTB/Codec.mqh"
#include "../Include/NgTB/Settings.mqh"
#include "../Include/NgTB/Socket.mqh"
#include "../Include/NgTB/Events.mqh"
#include "../Include/NgTB/Log.mqh"
#include "../Include/NgTB/Memory.mqh"
#include "../Include/NgTB/Generations.mqh"
#include "../Include/NgTB/Journal.mqh"
#include "../Include/NgTB/Terminal.mqh"
#include "../Include/NgTB/Look.mqh"
#include "../Include/NgTB/Command.mqh"
#include "../Include/NgTB/Retry.mqh"
#include "../Include/NgTB/Times.mqh"
#include "../Include/NgTB/Answers.mqh"
#include "../Include/NgTB/Touches.mqh"
#include "../Include/NgTB/Reading.mqh"
#include "../Include/NgTB/Guards.mqh"
#include "../Include/NgTB/Order.mqh"
#include "../Include/NgTB/Outcome.mqh"
#include "../Include/NgTB/Jobs.mqh"
#include "../Include/NgTB/Execute.mqh"
#include "../Include/NgTB/Settle.mqh"
#include "../Include/NgTB/CloseAll.mqh"
#include "../Include/NgTB/Link.mqh"
#include "../Include/NgTB/Trades.mqh"
#include "../Include/NgTB/History.mqh"
#include "../Include/NgTB/Ticks.mqh"
#include "../Include/NgTB/TickCursor.mqh"
#include "../Include/NgTB/TickLine.mqh"
#include "../Include/NgTB/Small.mqh"
#include "../Include/NgTB/Account.mqh"
#include "../Include/NgTB/Session.mqh"
#include "../Include/NgTB/Inbox.mqh"
#include "../Include/NgTB/Startup.mqh"
#include "../Include/NgTB/Panel.mqh"

long g_terminal_at = 0;

int OnInit()
  {
   MathSrand((int)(GetTickCount64() & 0x7FFFFFFF));
   ClockRead();
   g_started = g_now;
   SettingsDefaults();
   g_set.push = Push;
   g_set.debug = DebugLog;
   g_set.poll_is_fixed = PollMs > 0;
   g_set.poll_ms = PollMs > 0 ? PollMs : 1000;
   g_set.heartbeat_is_fixed = HeartbeatMs > 0;
   g_set.heartbeat_ms = HeartbeatMs > 0 ? HeartbeatMs : 30000;
   g_set.deviation = Deviation;
   g_set.max_lots = MaxLots;
   g_set.max_positions = MaxPositions;
   g_set.allowed_symbols = AllowedSymbols;
   g_set.close_only = CloseOnly;
   g_tick_symbols = Symbols;
   g_boot_fixed = BootMinuteFixed;
   g_set.request_timeout_ms = RequestMs > 0 ? RequestMs : 1000;
   SettingsSettle(SettleMs);
   EventsInit();
   SocketInit(g_socket, 0, "/ws/ea");
   string problem = "";
   if(!SettingsServers(Server, BackupServers, ApiKey, problem))
     {
      LogError(problem);
      return INIT_PARAMETERS_INCORRECT;
     }
   if(g_key == "")
      g_key = KeyRead();
   TerminalRead();
   if(!Startup())
      return INIT_FAILED;
   TradesStart();
   TicksStart();
   int period = TimerMs < 10 ? 10 : TimerMs;
   if(!EventSetMillisecondTimer(period))
     {
      LogError(StringFormat("no timer could be set (error %d)", GetLastError()));
      return INIT_FAILED;
     }
   return INIT_SUCCEEDED;
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   ClockRead();
   if(JournalFlush() && g_state == NG_ONLINE)
      LinkSay(NG_SAY_DISCONNECT, "\"reason\":" + JsonQuote(StringFormat("OnDeinit %d", reason)) + "," + SessionFields());
   SocketEnd(g_socket, 0);
   SocketEnd(g_tick_socket, 0);
   JournalClose();
   if(g_tick_file != INVALID_HANDLE)
      FileClose(g_tick_file);
   Comment("");
  }

void OnTimer()
  {
   ClockRead();
   if(g_halted && !Restart())
      return;
   if(g_now.mono_ms - g_terminal_at >= 200)
     {
      g_terminal_at = g_now.mono_ms;
      // The server hears at once that the terminal can't trade, or can again.
      if(TerminalRead())
         g_next_heartbeat = g_now.mono_ms;
     }
   LinkPump();
   SessionConnect();
   SessionDuties();
   if(g_welcome)
     {
      JobsRun(8000);
      TradesWatch();
      JobsProgress();
      AnswersNote();
      if(JournalFlush())
         AnswersRelease();
      AnswersSend();
     }
   if(g_state == NG_ONLINE)
     {
      EventsSend(g_trade_stream);
      TradesSyncDue();
      EventsSend(g_log_stream);
     }
   TicksPump();
   PanelShow();
  }

// After a halt: from what can be read.
bool Restart()
  {
   if(g_now.mono_ms < g_not_before)
      return false;
   g_not_before = g_now.mono_ms + 5000;
   SessionEnd(NG_OFFLINE, 5000);
   JournalClose();
   ArrayResize(g_jobs, 0);
   ArrayResize(g_answers, 0);
   g_journal_pending = "";
   g_welcome = false;
   g_epoch = -1;
   g_started_up = false;
   return Startup();
  }

void OnTick()
  {
  }

void OnTrade()
  {
   g_trades_wake = true;
  }

void OnTradeTransaction(const MqlTradeTransaction &, const MqlTradeRequest &, const MqlTradeResult &)
  {
   g_trades_wake = true;
  }
