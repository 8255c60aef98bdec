//+------------------------------------------------------------------+
//| NetTest.mq5 - WebRequest and sockets against netserver.mjs        |
//| run: netserver.mjs PORT, then drive.mjs BIN --input InpPort=PORT  |
//|      --allow http://127.0.0.1 --allow ftp://127.0.0.1 --no-feed   |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

input int InpPort=9910;

char   g_body[];
uchar  g_answer[];
string g_headers;

int Ask(const string path,const int timeout=1000,const string method="GET",const string headers="",const string body="")
  {
   int n=StringToCharArray(body,g_body,0,WHOLE_ARRAY,CP_UTF8)-1;
   ArrayResize(g_body,n);
   ResetLastError();
   string url=StringFind(path,"://")>0 ? path : "http://127.0.0.1:"+IntegerToString(InpPort)+path;
   return WebRequest(method,url,headers,timeout,g_body,g_answer,g_headers);
  }
string Answer() { return CharArrayToString(g_answer,0,WHOLE_ARRAY,CP_UTF8); }

void TestWeb()
  {
   Num(Ask("/ok"),200,"GET");
   Eq(Answer(),"fine","its body");
   Check(StringFind(g_headers,"HTTP/1.1 200")==0,"headers begin with the status line");
   Num(GetLastError(),0,"no error");
   Num(Ask("/404"),404,"404 is an answer");
   Num(Ask("/204"),204,"no content");
   Num(Ask("/redir"),200,"redirects are followed");
   Num(Ask("/gzip"),200,"gzip in chunks");
   Eq(Answer(),"zipped text","unpacked");
   Num(Ask("/echo",1000,"POST","Content-Type: application/json\r\nX-Key: ä","{\"a\":\"ü€\"}"),200,"POST");
   Eq(Answer(),"POST application/json {\"a\":\"ü€\"}","what the server got");
   Num(Ask("/echo",1000,"POST","","x=1"),200,"POST without a type");
   Eq(Answer(),"POST application/x-www-form-urlencoded x=1","the default type");
   Num(Ask("/agent"),200,"agent");
   Check(StringFind(Answer(),"MetaTrader 5 Terminal/5.")==0,"is the terminal's");
   Num(Ask("/slow",300),-1,"too slow");
   Num(GetLastError(),ERR_WEBREQUEST_TIMEOUT,"a timeout");
   ulong t=GetTickCount64();
   Num(Ask("/drip",300),-1,"dripping");
   Check(GetTickCount64()-t<600 && GetLastError()==ERR_WEBREQUEST_TIMEOUT,"has one deadline");
   Num(Ask("/reset"),-1,"reset");
   Num(GetLastError(),ERR_WEBREQUEST_REQUEST_FAILED,"request failed");
   Num(Ask("/half"),-1,"half a body");
   Num(GetLastError(),ERR_WEBREQUEST_REQUEST_FAILED,"is none");
   Num(Ask("/once"),200,"a connection that the server closes behind itself");
   Sleep(50);
   Num(Ask("/ok"),200,"is replaced silently");
   Num(Ask("http://127.0.0.1:9/"),-1,"refused");
   Num(GetLastError(),ERR_WEBREQUEST_CONNECT_FAILED,"connect failed");
   Num(Ask("http://10.1.1.1/x"),-1,"not allowed");
   Num(GetLastError(),ERR_FUNCTION_NOT_ALLOWED,"by the settings");
   Num(Ask("ftp://127.0.0.1/x"),-1,"no such scheme");
   Num(GetLastError(),ERR_WEBREQUEST_INVALID_ADDRESS,"bad address");
   char r[];
   string rh="";
   Num(WebRequest("GET","http://127.0.0.1:"+IntegerToString(InpPort)+"/cookie","a=b","",1000,g_body,0,r,rh),200,"the other form");
   Eq(CharArrayToString(r),"a=b","with its cookie");
  }
void TestSocket()
  {
   int s=SocketCreate();
   Check(s!=INVALID_HANDLE && !SocketIsConnected(s),"a socket");
   Check(!SocketConnect(s,"10.1.1.1",80,100) && GetLastError()==ERR_FUNCTION_NOT_ALLOWED,"not allowed");
   Check(!SocketConnect(s,"127.0.0.1",9,200) && GetLastError()==ERR_NETSOCKET_CANNOT_CONNECT,"refused");
   Check(SocketConnect(s,"127.0.0.1",(uint)InpPort,1000) && SocketIsConnected(s) && SocketIsWritable(s),"connected");
   Check(SocketTimeouts(s,500,500),"timeouts");
   Check(SocketIsReadable(s)==0,"nothing to read");
   uchar b[];
   ulong t=GetTickCount64();
   Num(SocketRead(s,b,10,100),-1,"a read that finds nothing");
   Check(GetTickCount64()-t>=95,"waits for its timeout");
   int n=StringToCharArray("GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",b,0,WHOLE_ARRAY,CP_UTF8)-1;
   Num(SocketSend(s,b,(uint)n),n,"sent");
   for(int i=0; i<100 && SocketIsReadable(s)==0; i++)
      Sleep(10);
   uint ready=SocketIsReadable(s);
   uchar got[];
   Check(ready>0 && SocketRead(s,got,ready,100)==(int)ready,"read what is there");
   Check(StringFind(CharArrayToString(got,0,WHOLE_ARRAY,CP_UTF8),"HTTP/1.1 200")==0,"an answer");
   for(int i=0; i<100 && SocketIsConnected(s); i++)
      Sleep(10);
   Check(!SocketIsConnected(s),"the peer is gone");
   Num(SocketRead(s,got,1,100),-1,"nothing more");
   Check(SocketClose(s) && !SocketClose(s) && GetLastError()==ERR_NETSOCKET_INVALIDHANDLE,"closed once");
   s=SocketCreate();
   Check(SocketConnect(s,"127.0.0.1",(uint)InpPort,1000) && !SocketTlsHandshake(s,"x"),"no TLS, clearly");
   Do("sockets false-readable on");
   Sleep(200);
   Check(SocketIsReadable(s)==1 && SocketRead(s,got,1,50)==-1,"readable may be wrong");
   Check(SocketClose(s),"closed");
  }
int OnInit()
  {
   TestWeb();
   TestSocket();
   Summary("nettest");
   ExpertRemove();
   return g_fail==0 ? INIT_SUCCEEDED : INIT_FAILED;
  }
