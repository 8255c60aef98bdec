// A WebSocket client on MQL5's native sockets (RFC 6455): opened, pumped and closed without waiting for anybody.
//
//   W1. Nothing is read beyond what is readable: SocketRead waits for all that it is asked for.
//   W2. Texts are heard one after the other: what a reply changes is done before the text behind it is looked at.
//   W3. A line that was silent for 45 s is dead, whatever the socket says: it is cut.

#define NG_WS_CLOSED    0
#define NG_WS_UPGRADING 1
#define NG_WS_OPEN      2
#define NG_WS_SILENCE_MS 45000
#define NG_WS_UPGRADE_MS 3000
#define NG_WS_BYTES_MAX 16777216

struct NgSocket
  {
   int               handle;
   int               state;
   int               port;
   string            path;
   string            expect;       // of Sec-WebSocket-Accept
   uchar             in[];
   int               in_count;
   uchar             part[];       // of a message in several frames
   int               part_count;
   bool              part_text;
   long              heard_at;
   long              opened_at;
   int               close_code;
   int               pings;        // heard and not yet taken notice of
  };

void SocketInit(NgSocket &socket, const int port, const string path)
  {
   socket.handle = INVALID_HANDLE;
   socket.state = NG_WS_CLOSED;
   socket.port = port;
   socket.path = path;
   socket.in_count = 0;
   socket.part_count = 0;
   socket.close_code = 0;
   socket.pings = 0;
  }

// Connects and asks for the upgrade; SocketPump hears the answer. False: there is no line to this server.
bool SocketOpen(NgSocket &socket, const string host, const int port, const string key)
  {
   SocketEnd(socket, 0);
   socket.port = port;
   ResetLastError();
   socket.handle = SocketCreate();
   if(socket.handle == INVALID_HANDLE || !SocketConnect(socket.handle, host, (uint)port, (uint)g_set.request_timeout_ms))
     {
      LogDebug(LogRemedy(GetLastError(), StringFormat("ws://%s:%d%s", host, port, socket.path)));
      SocketEnd(socket, 0);
      return false;
     }
   SocketTimeouts(socket.handle, 2000, 2000);
   ClockRead();
   uchar nonce[16];
   for(int at = 0; at < 16; at++)
      nonce[at] = (uchar)(MathRand() & 255);
   string token = SocketBase64(nonce);
   socket.expect = SocketAccept(token);
   socket.in_count = 0;
   socket.part_count = 0;
   socket.close_code = 0;
   socket.pings = 0;
   socket.state = NG_WS_UPGRADING;
   socket.heard_at = g_now.mono_ms;
   socket.opened_at = g_now.mono_ms;
   string request = "GET " + socket.path + " HTTP/1.1\r\nHost: " + host + StringFormat(":%d", port) +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + token +
                    "\r\nX-API-Key: " + key + "\r\n\r\n";
   uchar bytes[];
   int length = StringToCharArray(request, bytes, 0, StringLen(request), CP_UTF8);
   if(SocketSend(socket.handle, bytes, (uint)length) != length)
     {
      SocketEnd(socket, 0);
      return false;
     }
   return true;
  }

string SocketBase64(const uchar &bytes[])
  {
   uchar none[];
   uchar text[];
   ArrayResize(none, 0);
   if(CryptEncode(CRYPT_BASE64, bytes, none, text) <= 0)
      return "";
   return CharArrayToString(text, 0, ArraySize(text), CP_UTF8);
  }

string SocketAccept(const string token)
  {
   string text = token + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
   uchar bytes[];
   uchar none[];
   uchar hash[];
   StringToCharArray(text, bytes, 0, StringLen(text), CP_UTF8);
   ArrayResize(none, 0);
   if(CryptEncode(CRYPT_HASH_SHA1, bytes, none, hash) <= 0)
      return "";
   return SocketBase64(hash);
  }

void SocketEnd(NgSocket &socket, const int code)
  {
   if(socket.handle != INVALID_HANDLE)
      SocketClose(socket.handle);
   socket.handle = INVALID_HANDLE;
   socket.state = NG_WS_CLOSED;
   socket.close_code = code;
   socket.in_count = 0;
   socket.part_count = 0;
  }

// Sends a frame. False: the line is broken, and closed.
bool SocketFrame(NgSocket &socket, const int opcode, const uchar &body[], const int length)
  {
   if(socket.handle == INVALID_HANDLE)
      return false;
   uchar frame[];
   ArrayResize(frame, length + 14);
   int at = 0;
   frame[at] = (uchar)(0x80 | opcode);
   at++;
   if(length < 126)
     {
      frame[at] = (uchar)(0x80 | length);
      at++;
     }
   else
      if(length < 65536)
        {
         frame[at] = (uchar)(0x80 | 126);
         frame[at + 1] = (uchar)(length >> 8);
         frame[at + 2] = (uchar)(length & 255);
         at += 3;
        }
      else
        {
         frame[at] = (uchar)(0x80 | 127);
         for(int byte = 0; byte < 8; byte++)
            frame[at + 1 + byte] = (uchar)(((ulong)length >> (8 * (7 - byte))) & 255);
         at += 9;
        }
   uchar mask[4];
   for(int byte = 0; byte < 4; byte++)
     {
      mask[byte] = (uchar)(MathRand() & 255);
      frame[at + byte] = mask[byte];
     }
   at += 4;
   for(int byte = 0; byte < length; byte++)
      frame[at + byte] = (uchar)(body[byte] ^ mask[byte & 3]);
   at += length;
   if(SocketSend(socket.handle, frame, (uint)at) == at)
      return true;
   SocketEnd(socket, 1006);
   return false;
  }

bool SocketSay(NgSocket &socket, const string text)
  {
   uchar bytes[];
   int length = StringToCharArray(text, bytes, 0, StringLen(text), CP_UTF8);
   // A character may be several bytes: what was made is what counts, without a closing zero.
   length = ArraySize(bytes);
   while(length > 0 && bytes[length - 1] == 0)
      length--;
   return SocketFrame(socket, 1, bytes, length);
  }

// Reads what is there. False: the line is closed, and close_code says how.
bool SocketPump(NgSocket &socket)
  {
   if(socket.state == NG_WS_CLOSED)
      return false;
   if(!SocketIsConnected(socket.handle))
     {
      SocketEnd(socket, 1006);
      return false;
     }
   uint readable = SocketIsReadable(socket.handle);
   if(readable > 0 && !SocketTake(socket, readable))
      return false;
   long silence = g_now.mono_ms - socket.heard_at;
   bool late = socket.state == NG_WS_UPGRADING && g_now.mono_ms - socket.opened_at > NG_WS_UPGRADE_MS;
   if(late || silence > NG_WS_SILENCE_MS)
     {
      SocketEnd(socket, 1006);
      return false;
     }
   return socket.state != NG_WS_UPGRADING || SocketUpgraded(socket);
  }

bool SocketTake(NgSocket &socket, const uint readable)
  {
   uchar chunk[];
   int count = SocketRead(socket.handle, chunk, readable, 50);
   if(count < 0 || socket.in_count + count > NG_WS_BYTES_MAX)
     {
      SocketEnd(socket, 1006);
      return false;
     }
   if(count == 0)
      return true;
   ArrayResize(socket.in, socket.in_count + count, 65536);
   for(int at = 0; at < count; at++)
      socket.in[socket.in_count + at] = chunk[at];
   socket.in_count += count;
   socket.heard_at = g_now.mono_ms;
   return true;
  }

// The answer to the upgrade, as soon as it is whole. False: it was refused.
bool SocketUpgraded(NgSocket &socket)
  {
   string head = CharArrayToString(socket.in, 0, socket.in_count, CP_UTF8);
   int end = StringFind(head, "\r\n\r\n");
   if(end < 0)
      return true;
   if(StringFind(head, "HTTP/1.1 101") != 0 || StringFind(head, socket.expect) < 0)
     {
      SocketEnd(socket, 1002);
      return false;
     }
   SocketDrop(socket, end + 4);
   socket.state = NG_WS_OPEN;
   return true;
  }

void SocketDrop(NgSocket &socket, const int count)
  {
   int left = socket.in_count - count;
   for(int at = 0; at < left; at++)
      socket.in[at] = socket.in[at + count];
   socket.in_count = left;
  }

// The next text that is whole; false: there is none. Pings are answered on the way.
bool SocketText(NgSocket &socket, string &text)
  {
   while(socket.state == NG_WS_OPEN && socket.in_count >= 2)
     {
      int opcode = socket.in[0] & 15;
      bool last = (socket.in[0] & 128) != 0;
      ulong length = socket.in[1] & 127;
      int head = 2;
      if(length == 126)
         head = 4;
      if(length == 127)
         head = 10;
      if(socket.in_count < head)
         return false;
      if(head > 2)
        {
         length = 0;
         for(int at = 2; at < head; at++)
            length = (length << 8) | socket.in[at];
        }
      if(length > NG_WS_BYTES_MAX)
        {
         SocketEnd(socket, 1009);
         return false;
        }
      int size = (int)length;
      if(socket.in_count < head + size)
         return false;
      bool whole = SocketHears(socket, opcode, last, head, size, text);
      if(socket.state != NG_WS_OPEN)
         return false;
      SocketDrop(socket, head + size);
      if(whole)
         return true;
     }
   return false;
  }

// One frame. True: `text` is a whole message.
bool SocketHears(NgSocket &socket, const int opcode, const bool last, const int head, const int size, string &text)
  {
   if(opcode == 8)
     {
      int code = size >= 2 ? socket.in[head] * 256 + socket.in[head + 1] : 1005;
      uchar reason[2];
      reason[0] = (uchar)(code >> 8);
      reason[1] = (uchar)(code & 255);
      if(SocketFrame(socket, 8, reason, size >= 2 ? 2 : 0))
         SocketEnd(socket, code);
      else
         socket.close_code = code;
      return false;
     }
   if(opcode == 9)
     {
      uchar body[];
      ArrayResize(body, size);
      for(int at = 0; at < size; at++)
         body[at] = socket.in[head + at];
      socket.pings++;
      if(!SocketFrame(socket, 10, body, size))
         return false;
      return false;
     }
   if(opcode > 2)
      return false;
   if(opcode != 0)
     {
      socket.part_count = 0;
      socket.part_text = opcode == 1;
     }
   ArrayResize(socket.part, socket.part_count + size, 4096);
   for(int at = 0; at < size; at++)
      socket.part[socket.part_count + at] = socket.in[head + at];
   socket.part_count += size;
   if(!last || !socket.part_text)
      return false;
   text = CharArrayToString(socket.part, 0, socket.part_count, CP_UTF8);
   socket.part_count = 0;
   return true;
  }
