// What several parts must know of each other: the words that are said, and where the session stands.

#define NG_SAY_CONNECT    0
#define NG_SAY_HEARTBEAT  1
#define NG_SAY_POLL       2
#define NG_SAY_ANSWER     3
#define NG_SAY_ANSWERS    4
#define NG_SAY_DISCONNECT 5
#define NG_SAY_TRADES     6   // numbered events of a stream
#define NG_SAY_LOGS       7

// The four ports, one behind the other.
#define NG_PLANE_COMMAND 0
#define NG_PLANE_TICKS   1
#define NG_PLANE_TRADES  2
#define NG_PLANE_LOGS    3
#define NG_REPLY_MS      10000

#define NG_OFFLINE 0
#define NG_ONLINE  1
#define NG_STANDBY 2

int    g_state = NG_OFFLINE;
long   g_epoch = -1;              // the newest accepted one; below 0: none in this process
bool   g_welcome = false;         // a connect was accepted with this journal in this process
bool   g_started_up = false;      // the journal is ours, and the terminal was looked at
// It could not be written: nothing is done any more until it can be read again.
bool   g_halted = false;
string g_job_in_hand = "";        // the command that is being worked on; "": none
string g_tick_symbols = "";       // the input's
long   g_boot_fixed = 0;          // for a terminal that is tried out: the run of the machine as it is told
