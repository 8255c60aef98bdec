// The journal's file: append-only, flushed before each order, read back at start (contract §5, K11).
//
//   J1. A record is durable before anything rests on it: written and flushed, or the EA halts.
//   J2. A tail without its line break is a torn write; the next record begins on a new line behind it.
//   J3. The file is this EA's alone while it runs: a second one of the same login and terminal can't open it.

int    g_journal = INVALID_HANDLE;
string g_journal_path = "";
bool   g_journal_torn = false;
// Records that are part of the state and not on the disk yet.
string g_journal_pending = "";
bool   g_journal_durable = false;

// Opens the file and reads what is there. False: it is in use or can't be opened.
bool JournalOpen(string &text)
  {
   text = "";
   FolderCreate("NgTB");
   g_journal_path = "NgTB\\journal-" + g_set.login + ".log";
   g_journal = FileOpen(g_journal_path, FILE_READ | FILE_WRITE | FILE_BIN | FILE_SHARE_READ);
   if(g_journal == INVALID_HANDLE)
      return false;
   text = FileText(g_journal);
   int length = StringLen(text);
   g_journal_torn = length > 0 && StringGetCharacter(text, length - 1) != '\n';
   g_halted = false;
   return FileSeek(g_journal, 0, SEEK_END);
  }

string FileText(const int file)
  {
   uchar bytes[];
   int size = (int)FileSize(file);
   if(size <= 0)
      return "";
   ArrayResize(bytes, size);
   uint read = FileReadArray(file, bytes, 0, size);
   return CharArrayToString(bytes, 0, (int)read, CP_UTF8);
  }

// A record is part of the state at once; it is written with the next flush.
void Record(const string body)
  {
   string json = "{" + body + StringFormat(",\"at\":{\"mono_ms\":%I64d,\"wall_ms\":%I64d}}", g_now.mono_ms, g_now.wall_ms);
   MemoryApply(json);
   g_journal_pending += LineOf(json);
   g_journal_durable = true;
  }

// What is recorded goes to the disk. False: the EA halts.
bool JournalFlush()
  {
   if(g_halted)
      return false;
   if(g_journal_pending == "")
      return true;
   string lines = (g_journal_torn ? "\n" : "") + g_journal_pending;
   bool written = FileAppend(g_journal, lines);
   if(written && g_journal_durable)
      FileFlush(g_journal);
   g_journal_pending = "";
   g_journal_durable = false;
   g_journal_torn = false;
   if(!written)
      JournalHalt("the journal can't be written");
   ClockRead();
   return written;
  }

bool FileAppend(const int file, const string ascii)
  {
   uchar bytes[];
   int length = StringLen(ascii);
   StringToCharArray(ascii, bytes, 0, length, CP_UTF8);
   return FileWriteArray(file, bytes, 0, length) == (uint)length;
  }

void JournalHalt(const string why)
  {
   g_halted = true;
   LogError(why + StringFormat(" (error %d): nothing is executed until it can. Is the disk full?", GetLastError()));
  }

void JournalClose()
  {
   if(g_journal != INVALID_HANDLE)
      FileClose(g_journal);
   g_journal = INVALID_HANDLE;
  }

// The old file is kept aside, an empty one begins. False: the EA halts.
bool JournalReplace()
  {
   JournalClose();
   string aside = g_journal_path + StringFormat(".%I64d.%d.old", (long)TimeLocal(), MathRand());
   bool moved = !FileIsExist(g_journal_path) || FileMove(g_journal_path, 0, aside, 0);
   g_journal_pending = "";
   g_journal_durable = false;
   g_journal_torn = false;
   if(moved)
      g_journal = FileOpen(g_journal_path, FILE_READ | FILE_WRITE | FILE_BIN | FILE_SHARE_READ);
   if(!moved || g_journal == INVALID_HANDLE)
     {
      JournalHalt("the old journal can't be put aside");
      return false;
     }
   return true;
  }

// These lines in place of all: a new file beside it, flushed, then renamed over it.
bool JournalRewrite(const string lines)
  {
   string beside = g_journal_path + ".new";
   int file = FileOpen(beside, FILE_WRITE | FILE_BIN);
   bool written = file != INVALID_HANDLE && FileAppend(file, lines);
   if(file != INVALID_HANDLE)
     {
      FileFlush(file);
      FileClose(file);
     }
   if(!written)
     {
      LogWarn("the journal could not be made smaller; it goes on as it is");
      return false;
     }
   JournalClose();
   bool moved = FileMove(beside, 0, g_journal_path, FILE_REWRITE);
   g_journal = FileOpen(g_journal_path, FILE_READ | FILE_WRITE | FILE_BIN | FILE_SHARE_READ);
   if(g_journal == INVALID_HANDLE || !FileSeek(g_journal, 0, SEEK_END))
     {
      JournalHalt("the journal can't be opened again");
      return false;
     }
   g_journal_torn = false;
   return moved;
  }
