// sockets.cpp — Socket*: plain TCP, with the waits and the errors of the terminal.
#include <cerrno>
#include <map>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock.h"
#include "death.h"
#include "options.h"
#include "output.h"
#include "tcp.h"

namespace mql {

namespace {
constexpr size_t kMostSockets = 128;
constexpr long kNoTimeout = 120000;  // the terminal waits without end; a test should not

struct Socket {
  int fd = -1;
  bool connected = false;
  uint send_ms = 0, receive_ms = 0;
};
std::map<int, Socket> sockets;
int next_socket = 1;

Socket *find(int s) {
  const auto it = sockets.find(s);
  if (it != sockets.end()) return &it->second;
  last_error = ERR_NETSOCKET_INVALIDHANDLE;
  return nullptr;
}
Socket *find_connected(int s) {
  Socket *k = find(s);
  if (!k || k->connected) return k;
  last_error = ERR_NETSOCKET_IO_ERROR;
  return nullptr;
}
void drop(Socket &k) {
  k.connected = false;
  last_error = ERR_NETSOCKET_IO_ERROR;
}
bool peer_gone(const Socket &k) {
  char c;
  const ssize_t n = recv(k.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}
}  // namespace

int SocketCreate(uint) {
  if (sockets.size() >= kMostSockets) {
    last_error = ERR_NETSOCKET_TOO_MANY_OPENED;
    return -1;
  }
  sockets[next_socket] = Socket();
  return next_socket++;
}
bool SocketClose(int s) {
  host::Step step("SocketClose");
  const Socket *k = find(s);
  if (!k) return false;
  if (k->fd >= 0) close(k->fd);
  sockets.erase(s);
  return true;
}
bool SocketConnect(int s, string server, uint port, uint timeout) {
  host::Step step("SocketConnect");
  Socket *k = find(s);
  if (!k) return false;
  std::string name = narrow(server);
  if (!host::address_allowed(name, port)) {
    last_error = ERR_FUNCTION_NOT_ALLOWED;
    return false;
  }
  host::map_address(name, port);
  if (k->fd >= 0) close(k->fd);
  k->fd = host::dial(name, static_cast<int>(port), host::mono_ms() + timeout);
  k->connected = k->fd >= 0;
  host::out("socket", host::Json().add("server", name).add("port", port).add("connected", k->connected));
  if (!k->connected) {
    k->fd = -1;
    last_error = ERR_NETSOCKET_CANNOT_CONNECT;
  }
  return k->connected;
}
bool SocketIsConnected(int s) {
  Socket *k = find(s);
  if (!k || !k->connected) return false;
  if (peer_gone(*k)) k->connected = false;
  return k->connected;
}
uint SocketIsReadable(int s) {
  Socket *k = find_connected(s);
  if (!k) return 0;
  int n = 0;
  ioctl(k->fd, FIONREAD, &n);
  if (n == 0 && peer_gone(*k)) {
    drop(*k);
    return 0;
  }
  if (n == 0 && host::switches.false_readable) return 1;  // the terminal may be wrong about it
  return static_cast<uint>(n);
}
bool SocketIsWritable(int s) {
  const Socket *k = find_connected(s);
  if (!k) return false;
  pollfd p{k->fd, POLLOUT, 0};
  return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) && !(p.revents & (POLLERR | POLLHUP));
}
bool SocketTimeouts(int s, uint send_ms, uint receive_ms) {
  Socket *k = find(s);
  if (!k) return false;
  k->send_ms = send_ms;
  k->receive_ms = receive_ms;
  return true;
}
// Waits for all of n, or the timeout: that is what makes SocketRead of more than is readable a trap.
int socket_read(int s, void *p, uint n, uint timeout) {
  host::Step step("SocketRead");
  Socket *k = find_connected(s);
  if (!k) return -1;
  const long wait = timeout ? timeout : k->receive_ms ? k->receive_ms : kNoTimeout;
  const long deadline = host::mono_ms() + wait;
  uint got = 0;
  while (got < n) {
    const ssize_t r = recv(k->fd, static_cast<char *>(p) + got, n - got, MSG_DONTWAIT);
    if (r > 0) {
      got += static_cast<uint>(r);
    } else if (r < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (!host::wait_readable(k->fd, deadline)) break;
    } else {
      drop(*k);
      break;
    }
  }
  if (got) return static_cast<int>(got);
  if (k->connected) last_error = ERR_NETSOCKET_IO_ERROR;
  return -1;
}
int socket_send(int s, const void *p, uint n) {
  host::Step step("SocketSend");
  Socket *k = find_connected(s);
  if (!k) return -1;
  const long deadline = host::mono_ms() + (k->send_ms ? k->send_ms : kNoTimeout);
  if (host::send_all(k->fd, static_cast<const char *>(p), n, deadline)) return static_cast<int>(n);
  drop(*k);
  return -1;
}

bool SocketTlsHandshake(int s, const string server) {
  if (!find_connected(s)) return false;
  diag("SocketTlsHandshake: the host has no TLS (%s)", narrow(server).c_str());
  last_error = ERR_NETSOCKET_HANDSHAKE_FAILED;
  return false;
}
bool SocketTlsCertificate(int, string &, string &, string &, string &, datetime &) {
  last_error = ERR_NETSOCKET_NO_CERTIFICATE;
  return false;
}
int socket_tls(int, const char *what) {
  diag("%s: the host has no TLS", what);
  last_error = ERR_NETSOCKET_NO_CERTIFICATE;
  return -1;
}

}  // namespace mql
