// tcp.cpp — dials and sends with one deadline; knows which addresses the terminal's settings allow.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tcp.h"
#include "clock.h"
#include "options.h"

namespace host {

namespace {
bool ready(int fd, short what, long deadline) {
  for (;;) {
    pollfd p{fd, what, 0};
    const long left = deadline - mono_ms();
    const int n = poll(&p, 1, left > 0 ? static_cast<int>(left) : 0);
    if (n > 0) return true;
    if (n == 0 || errno != EINTR) return false;
  }
}
int connect_one(const addrinfo &a, long deadline) {
  const int fd = socket(a.ai_family, a.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return kRefused;
  if (connect(fd, a.ai_addr, a.ai_addrlen) == 0) return fd;
  int result = kRefused;
  if (errno == EINPROGRESS) {
    int error = 0;
    socklen_t size = sizeof error;
    if (!ready(fd, POLLOUT, deadline))
      result = kTooLate;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
      return fd;
  }
  close(fd);
  return result;
}
}  // namespace

int dial(const std::string &name, int port, long deadline) {
  addrinfo hint{}, *list = nullptr;
  hint.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hint, &list) != 0) return kRefused;
  int fd = kRefused;
  for (const addrinfo *a = list; a && fd == kRefused; a = a->ai_next) fd = connect_one(*a, deadline);
  freeaddrinfo(list);
  if (fd >= 0) {
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  return fd;
}
bool wait_readable(int fd, long deadline) { return ready(fd, POLLIN, deadline); }
bool send_all(int fd, const char *p, size_t n, long deadline) {
  while (n > 0) {
    const ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
    if (k > 0) {
      p += k;
      n -= static_cast<size_t>(k);
    } else if (k < 0 && errno == EINTR) {
      continue;
    } else if (k >= 0 || errno != EAGAIN || !ready(fd, POLLOUT, deadline)) {
      return false;
    }
  }
  return true;
}

std::string lower_case(std::string s) {
  for (char &c : s)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return s;
}

Url parse_url(const std::string &u) {
  constexpr size_t kLongest = 2048;
  Url r;
  size_t begin = 7;
  if (u.rfind("https://", 0) == 0) {
    begin = 8;
    r.port = 443;
    r.tls = true;
  } else if (u.rfind("http://", 0) != 0) {
    return r;
  }
  const size_t end = u.find_first_of("/?#", begin);
  r.host = u.substr(begin, end == std::string::npos ? end : end - begin);
  r.path = end == std::string::npos ? "/" : u.substr(end, u.find('#', end) - end);
  if (r.path.empty() || r.path[0] != '/') r.path = "/" + r.path;
  const size_t colon = r.host.rfind(':');
  if (colon != std::string::npos) {
    r.port = atoi(r.host.c_str() + colon + 1);
    r.host.resize(colon);
  }
  const bool clean = u.find_first_of(" \r\n\t") == std::string::npos;
  r.good = !r.host.empty() && r.port > 0 && r.port < 65536 && u.size() <= kLongest && clean;
  return r;
}
bool url_allowed(const std::string &u) {
  if (options.allow.empty()) return true;
  for (const std::string &a : options.allow) {
    const std::string x = !a.empty() && a.back() == '/' ? a.substr(0, a.size() - 1) : a;
    if (u.rfind(x, 0) == 0 && (u.size() == x.size() || strchr("/?:#", u[x.size()]))) return true;
  }
  return false;
}
bool address_allowed(const std::string &name, unsigned port) {
  if (options.allow.empty()) return true;
  const std::string full = name + ":" + std::to_string(port);
  for (const std::string &a : options.allow) {
    const size_t scheme = a.find("://");
    std::string x = scheme == std::string::npos ? a : a.substr(scheme + 3);
    x = x.substr(0, x.find('/'));
    if (x == name || x == full) return true;
  }
  return false;
}
std::string mapped_url(const std::string &u) {
  for (const auto &[from, to] : options.url_map)
    if (u.rfind(from, 0) == 0) return to + u.substr(from.size());
  return u;
}
// --map tcp://HOST:PORT=tcp://HOST:PORT
void map_address(std::string &name, unsigned &port) {
  const std::string wanted = "tcp://" + name + ":" + std::to_string(port);
  for (const auto &[from, to] : options.url_map) {
    const size_t colon = to.rfind(':');
    if (from != wanted || to.rfind("tcp://", 0) != 0 || colon == std::string::npos) continue;
    name = to.substr(6, colon - 6);
    port = static_cast<unsigned>(atoi(to.c_str() + colon + 1));
    return;
  }
}

}  // namespace host
