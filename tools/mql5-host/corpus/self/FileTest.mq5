//+------------------------------------------------------------------+
//| FileTest.mq5 - files in the sandbox and globals of the terminal   |
//| run: drive.mjs BIN --no-feed --sandbox EMPTY_DIR                  |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

struct Rec { int a; double b; long c; };

void TestText()
  {
   int h=FileOpen("t\\utf16.txt",FILE_WRITE|FILE_TXT);
   Check(h!=INVALID_HANDLE,"folders are made");
   Num(FileWriteString(h,"zwölf €\r\nline 2\r\n"),34,"bytes of UTF-16");
   Num((long)FileSize(h),36,"with a byte order mark");
   FileClose(h);
   h=FileOpen("t\\utf16.txt",FILE_READ|FILE_TXT);
   Eq(FileReadString(h),"zwölf €","first line");
   Check(FileIsLineEnding(h) && !FileIsEnding(h),"a line's end, not the file's");
   Eq(FileReadString(h),"line 2","second line");
   Check(FileIsEnding(h),"the file's end");
   ResetLastError();
   Eq(FileReadString(h),"","nothing more");
   Num(GetLastError(),ERR_FILE_ENDOFFILE,"and an error");
   Num((long)FileWriteString(h,"x"),0,"a reader cannot write");
   Num(GetLastError(),ERR_FILE_NOTTOWRITE,"error of it");
   FileClose(h);
   h=FileOpen("t\\utf8.txt",FILE_WRITE|FILE_TXT|FILE_ANSI,'\t',CP_UTF8);
   Num(FileWriteString(h,"ü€"),5,"bytes of UTF-8");
   FileClose(h);
   h=FileOpen("t\\utf8.txt",FILE_READ|FILE_TXT|FILE_ANSI,'\t',CP_UTF8);
   Eq(FileReadString(h),"ü€","read back");
   FileClose(h);
   h=FileOpen("t\\acp.txt",FILE_WRITE|FILE_TXT|FILE_ANSI);
   FileWriteString(h,"ü€");
   FileClose(h);
   h=FileOpen("t\\acp.txt",FILE_READ|FILE_TXT|FILE_ANSI);
   Eq(FileReadString(h),"ü?","the ANSI page loses what it has not");
   FileClose(h);
   h=FileOpen("t\\utf8.txt",FILE_WRITE|FILE_TXT|FILE_ANSI);
   Num((long)FileSize(h),0,"FILE_WRITE alone truncates");
   FileClose(h);
   h=FileOpen("t\\add.txt",FILE_READ|FILE_WRITE|FILE_TXT|FILE_ANSI);
   FileWriteString(h,"one");
   FileClose(h);
   h=FileOpen("t\\add.txt",FILE_READ|FILE_WRITE|FILE_TXT|FILE_ANSI);
   Check(FileSeek(h,0,SEEK_END) && FileTell(h)==3,"to the end");
   FileWriteString(h,"two");
   Check(FileSeek(h,0,SEEK_SET),"back");
   Eq(FileReadString(h),"onetwo","appended and read on one handle");
   Check(!FileSeek(h,-100,SEEK_CUR),"not before the beginning");
   FileClose(h);
  }
void TestCsv()
  {
   int h=FileOpen("c.csv",FILE_WRITE|FILE_CSV|FILE_ANSI,';');
   Check(FileWrite(h,"a",1,2.5,true)>0,"a row");
   FileWrite(h,"b",TimeToString(D'2024.01.02 03:04'));
   FileClose(h);
   h=FileOpen("c.csv",FILE_READ|FILE_CSV|FILE_ANSI,';');
   Eq(FileReadString(h),"a","first cell");
   Near(FileReadNumber(h),1,"a number");
   Near(FileReadNumber(h),2.5,"another");
   Check(!FileIsLineEnding(h),"the row goes on");
   Check(FileReadBool(h),"a truth");
   Check(FileIsLineEnding(h),"the row ends");
   Eq(FileReadString(h),"b","next row");
   Num((long)FileReadDatetime(h),(long)D'2024.01.02 03:04',"a time");
   FileClose(h);
  }
void TestBinary()
  {
   int h=FileOpen("b.bin",FILE_READ|FILE_WRITE|FILE_BIN);
   Num(FileWriteInteger(h,-2,1)+FileWriteInteger(h,-300,2)+FileWriteInteger(h,70000,4),7,"integers");
   FileWriteLong(h,LONG_MIN);
   FileWriteDouble(h,1.5);
   FileWriteFloat(h,0.25f);
   Num(FileWriteString(h,"ab",2),4,"a wide string");
   Rec r;
   r.a=7;
   r.b=0.125;
   r.c=-9;
   Num(FileWriteStruct(h,r),(long)sizeof(Rec),"a structure");
   int v[]={1,2,3};
   Num(FileWriteArray(h,v),3,"an array");
   FileFlush(h);
   FileSeek(h,0,SEEK_SET);
   Num(FileReadInteger(h,1),-2,"one byte");
   Num(FileReadInteger(h,2),-300,"two");
   Num(FileReadInteger(h),70000,"four");
   Num(FileReadLong(h),LONG_MIN,"long");
   Near(FileReadDouble(h),1.5,"double");
   Near(FileReadFloat(h),0.25,"float");
   Eq(FileReadString(h,2),"ab","string");
   Rec s;
   ZeroMemory(s);
   Check(FileReadStruct(h,s)==sizeof(Rec) && s.a==7 && s.c==-9,"structure back");
   int w[];
   Check(FileReadArray(h,w)==3 && w[2]==3,"array back");
   Num(FileGetInteger(h,FILE_SIZE),(long)FileSize(h),"size by property");
   Check(FileGetInteger(h,FILE_IS_BINARY)==1 && FileGetInteger(h,FILE_IS_CSV)==0,"kinds by property");
   FileClose(h);
   Num(FileGetInteger("b.bin",FILE_EXISTS),1,"property by name");
  }
void TestNames()
  {
   Num(FileOpen("none.txt",FILE_READ|FILE_TXT),INVALID_HANDLE,"no such file");
   Num(GetLastError(),ERR_CANNOT_OPEN_FILE,"error of it");
   Num(FileOpen("..\\out.txt",FILE_WRITE|FILE_TXT),INVALID_HANDLE,"out of the sandbox");
   Num(GetLastError(),ERR_WRONG_FILENAME,"error of that");
   Num(FileOpen("C:\\out.txt",FILE_WRITE|FILE_TXT),INVALID_HANDLE,"a drive");
   Num(FileOpen("a\\..\\..\\x",FILE_WRITE|FILE_TXT),INVALID_HANDLE,"out by a detour");
   int h=FileOpen("dots..ok.txt",FILE_WRITE|FILE_TXT);
   Check(h!=INVALID_HANDLE,"two dots inside a name are fine");
   Num(FileOpen("dots..ok.txt",FILE_READ|FILE_TXT),INVALID_HANDLE,"not twice without sharing");
   Check(!FileDelete("dots..ok.txt"),"not deleted while open");
   FileClose(h);
   Check(FileDelete("dots..ok.txt") && !FileIsExist("dots..ok.txt"),"deleted");
   h=FileOpen("s.txt",FILE_WRITE|FILE_TXT|FILE_ANSI|FILE_SHARE_READ);
   int r=FileOpen("s.txt",FILE_READ|FILE_TXT|FILE_ANSI|FILE_SHARE_READ|FILE_SHARE_WRITE);
   Check(r!=INVALID_HANDLE,"shared");
   FileWriteString(h,"x1\r\n");
   Eq(FileReadString(r),"","what is buffered is not seen");
   FileFlush(h);
   Eq(FileReadString(r),"x1","what was flushed is");
   FileClose(r);
   FileClose(h);
   Check(!FileMove("s.txt",0,"b.bin",0) && GetLastError()==ERR_FILE_CANNOT_REWRITE,"no move onto a file");
   Check(FileMove("s.txt",0,"d\\s2.txt",FILE_REWRITE) && FileIsExist("d\\s2.txt"),"moved into a folder");
   Check(FileCopy("d\\s2.txt",0,"s3.txt",FILE_COMMON|FILE_REWRITE) && FileIsExist("s3.txt",FILE_COMMON),"copied to common");
   string name="";
   long f=FileFindFirst("d\\*.txt",name);
   Check(f!=INVALID_HANDLE && name=="s2.txt" && !FileFindNext(f,name),"found");
   FileFindClose(f);
   Check(FileFindFirst("*.nothing",name)==INVALID_HANDLE,"nothing found");
   Check(FolderCreate("e\\f") && FolderDelete("e\\f"),"a folder comes and goes");
   Check(!FolderDelete("d"),"a full one stays");
   Check(FolderClean("d") && FolderDelete("d"),"until it is clean");
   FileClose(999);
   Num(GetLastError(),ERR_WRONG_FILEHANDLE,"a wrong handle");
  }
void TestWhole()
  {
   int four[4]= {1,2,3,4},loaded[],two[2];
   Check(FileSave("d\\whole.bin",four) && FileLoad("d\\whole.bin",loaded)==4 && ArraySize(loaded)==4 && loaded[3]==4,"a whole file");
   Check(FileLoad("d\\whole.bin",two)==2 && two[1]==2,"as much as a fixed array takes");
   Check(FileSave("whole.bin",four,FILE_COMMON) && FileIsExist("whole.bin",FILE_COMMON) && !FileIsExist("whole.bin"),"in the common folder");
   Check(FileLoad("none.bin",loaded)==-1 && GetLastError()==ERR_CANNOT_OPEN_FILE,"a file that is not there");
  }
void TestGlobals()
  {
   Check(GlobalVariableSet("g.a",1.5)>0 && GlobalVariableCheck("g.a"),"set");
   double v=0;
   Check(GlobalVariableGet("g.a",v) && v==1.5 && GlobalVariableGet("g.a")==1.5,"get");
   Check(!GlobalVariableGet("g.none",v) && GetLastError()==ERR_GLOBALVARIABLE_NOT_FOUND,"not there");
   Check(GlobalVariableSetOnCondition("g.a",2,1.5) && !GlobalVariableSetOnCondition("g.a",3,1.5),"on condition");
   Num(GetLastError(),ERR_GLOBALVARIABLE_NOT_MODIFIED,"error of it");
   Check(GlobalVariableTemp("g.t") && !GlobalVariableTemp("g.t"),"temporary once");
   Check(GlobalVariableTime("g.a")>0 && GlobalVariablesTotal()==2 && GlobalVariableName(0)=="g.a","listed");
   Check(GlobalVariableSet("123456789012345678901234567890123456789012345678901234567890abcd",1)==0,"64 characters are too many");
   Check(GlobalVariableDel("g.a") && !GlobalVariableDel("g.a"),"deleted once");
   Num(GlobalVariablesDeleteAll("g."),1,"the rest by prefix");
  }
int OnInit()
  {
   TestText();
   TestCsv();
   TestBinary();
   TestNames();
   TestWhole();
   TestGlobals();
   Summary("filetest");
   ExpertRemove();
   return g_fail==0 ? INIT_SUCCEEDED : INIT_FAILED;
  }
