// http.cpp — WebRequest: blocking HTTP/1.1 without TLS; one deadline for connecting, sending and receiving.
#include <cerrno>
#include <cstdlib>
#include <map>
#include <sys/socket.h>
#include <unistd.h>
#include "clock.h"
#include "death.h"
#include "options.h"
#include "output.h"
#include "tcp.h"

namespace host {

namespace {

std::map<std::string, int> kept;  // connections by host:port; the EA's thread alone uses them

struct Exchange {
  std::string method, headers, body;  // asked
  Url url;
  long deadline = 0;
  int status = 0;  // answered
  std::string answer_headers, answer;
  bool stale = false;  // a kept connection that the server had closed
};

std::string header(const std::string &all, const std::string &name) {
  const std::string want = "\n" + name + ":";
  size_t p = lower_case(all).find(want);
  if (p == std::string::npos) return "";
  p = all.find_first_not_of(' ', p + want.size());
  return p == std::string::npos ? "" : all.substr(p, all.find_first_of("\r\n", p) - p);
}

std::string request_text(const Exchange &x) {
  const std::string given = "\n" + lower_case(x.headers);
  std::string t = x.method + " " + x.url.path + " HTTP/1.1\r\nHost: " + x.url.host;
  t += (x.url.port == 80 ? "" : ":" + std::to_string(x.url.port)) + "\r\n";
  const auto unless_given = [&](const char *name, const std::string &value) {
    if (given.find("\n" + lower_case(name) + ":") == std::string::npos)
      t += std::string(name) + ": " + value + "\r\n";
  };
  unless_given("Accept", "*/*");
  if (have_zlib()) unless_given("Accept-Encoding", "gzip, deflate");
  unless_given("Accept-Language", "en");
  unless_given("User-Agent", "MetaTrader 5 Terminal/5." + std::to_string(options.build) +
                                 " (Windows NT 10.0; Win64; x64)");
  unless_given("Connection", "Keep-Alive");
  if (!x.body.empty()) unless_given("Content-Type", "application/x-www-form-urlencoded");
  const size_t last = x.headers.find_last_not_of("\r\n");
  if (last != std::string::npos) t += x.headers.substr(0, last + 1) + "\r\n";
  if (!x.body.empty() || x.method == "POST" || x.method == "PUT")
    t += "Content-Length: " + std::to_string(x.body.size()) + "\r\n";
  return t + "\r\n" + x.body;
}

// Reads an answer from a connection, more of it as it is wanted.
class Reader {
  const int fd;
  const long deadline;

 public:
  std::string in;
  bool ended = false;
  Reader(int f, long d) : fd(f), deadline(d) {}

  bool more() {
    char b[65536];
    for (;;) {
      const ssize_t n = recv(fd, b, sizeof b, 0);
      if (n > 0) {
        in.append(b, static_cast<size_t>(n));
        return true;
      }
      if (n < 0 && errno == EINTR) continue;
      if (n == 0 || errno != EAGAIN) {
        ended = true;
        return false;
      }
      if (!wait_readable(fd, deadline)) return false;
    }
  }
  bool until(const char *mark, size_t &at) {
    while ((at = in.find(mark)) == std::string::npos)
      if (!more()) return false;
    return true;
  }
  bool take(size_t n, std::string &to) {
    while (in.size() < n)
      if (!more()) return false;
    to += in.substr(0, n);
    in.erase(0, n);
    return true;
  }
  bool chunks(std::string &to) {
    for (;;) {
      size_t end = 0;
      if (!until("\r\n", end)) return false;
      const size_t size = strtoul(in.c_str(), nullptr, 16);
      in.erase(0, end + 2);
      std::string line_end;
      if (!take(size, to) || !take(2, line_end)) return false;
      if (size == 0) return true;
    }
  }
  int error() const { return ended ? mql::ERR_WEBREQUEST_REQUEST_FAILED : mql::ERR_WEBREQUEST_TIMEOUT; }
};

bool read_head(Reader &r, Exchange &x) {
  do {
    size_t end = 0;
    if (!r.until("\r\n\r\n", end)) return false;
    x.status = r.in.size() > 9 ? atoi(r.in.c_str() + 9) : 0;
    x.answer_headers = r.in.substr(0, end + 2);
    r.in.erase(0, end + 4);
  } while (x.status == 100);
  return true;
}
bool read_body(Reader &r, Exchange &x, bool &keep) {
  const std::string length = header(x.answer_headers, "content-length");
  keep = lower_case(header(x.answer_headers, "connection")).find("close") == std::string::npos &&
         x.answer_headers.rfind("HTTP/1.1", 0) == 0;
  if (x.method == "HEAD" || x.status == 204 || x.status == 304) return true;
  if (lower_case(header(x.answer_headers, "transfer-encoding")).find("chunked") != std::string::npos)
    return r.chunks(x.answer);
  if (!length.empty()) return r.take(strtoul(length.c_str(), nullptr, 10), x.answer);
  while (r.more()) {
  }
  x.answer = r.in;
  keep = false;
  return r.ended;
}
int unpack(Exchange &x) {
  const std::string coding = lower_case(header(x.answer_headers, "content-encoding"));
  if (x.answer.empty() || (coding != "gzip" && coding != "deflate")) return 0;
  bool good = false;
  x.answer = inflate(x.answer, coding == "gzip" ? 31 : 15, good);
  return good ? 0 : mql::ERR_WEBREQUEST_REQUEST_FAILED;
}

int connection(const Exchange &x, const std::string &key, bool &reused) {
  reused = false;
  const auto it = kept.find(key);
  if (it != kept.end()) {
    const int fd = it->second;
    kept.erase(it);
    char c;
    if (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN) {
      reused = true;
      return fd;
    }
    close(fd);
  }
  count("http_connects");
  return dial(x.url.host, x.url.port, x.deadline);
}

// 0 or an error of WebRequest.
int exchange_once(Exchange &x) {
  const std::string key = x.url.host + ":" + std::to_string(x.url.port);
  bool reused = false, keep = false;
  x.answer.clear();
  x.stale = false;
  const int fd = connection(x, key, reused);
  if (fd == kTooLate) return mql::ERR_WEBREQUEST_TIMEOUT;
  if (fd < 0) return mql::ERR_WEBREQUEST_CONNECT_FAILED;
  const std::string text = request_text(x);
  Reader r(fd, x.deadline);
  const bool sent = send_all(fd, text.data(), text.size(), x.deadline);
  if (sent && read_head(r, x) && read_body(r, x, keep)) {
    if (keep && r.in.empty())
      kept[key] = fd;
    else
      close(fd);
    return unpack(x);
  }
  close(fd);
  x.stale = reused && (!sent || (r.ended && r.in.empty() && x.answer.empty()));
  if (!sent)
    return mono_ms() >= x.deadline ? mql::ERR_WEBREQUEST_TIMEOUT : mql::ERR_WEBREQUEST_REQUEST_FAILED;
  return r.error();
}
// A kept connection that turns out stale is tried once more, silently: the server may see a request twice.
int exchange(Exchange &x) {
  const int e = exchange_once(x);
  return e && x.stale ? exchange_once(x) : e;
}

bool redirected(const Exchange &x, std::string &url) {
  const std::string to = header(x.answer_headers, "location");
  const bool moved =
      x.status == 301 || x.status == 302 || x.status == 303 || x.status == 307 || x.status == 308;
  if (!moved || to.empty()) return false;
  url = to[0] == '/' ? "http://" + x.url.host + ":" + std::to_string(x.url.port) + to : to;
  return true;
}

int run(Exchange &x, std::string url) {
  constexpr int kMostRedirects = 5;
  for (int hop = 0; hop < kMostRedirects; hop++) {
    x.url = parse_url(url);
    if (!x.url.good) return mql::ERR_WEBREQUEST_INVALID_ADDRESS;
    if (x.url.tls) {
      mql::diag("WebRequest: the host has no TLS (%s)", url.c_str());
      return mql::ERR_WEBREQUEST_CONNECT_FAILED;
    }
    if (const int e = exchange(x)) return e;
    if (!redirected(x, url)) return 0;
    if (x.status <= 303 && x.method != "HEAD") {
      x.method = "GET";
      x.body.clear();
    }
  }
  return mql::ERR_WEBREQUEST_REQUEST_FAILED;
}

}  // namespace

}  // namespace host

namespace mql {

int web_request(const string &method, const string &url, const string &headers, int timeout,
                const std::string &body, std::string &result, std::string &result_headers) {
  host::Step step("WebRequest");
  constexpr int kDefaultTimeout = 5000;
  const long begin = host::mono_ms();
  const std::string address = narrow(url);
  host::count("web_requests");
  if (!body.empty() && body.back() == '\0')
    diag("WebRequest body ends with a zero byte: StringToCharArray terminator was not cut off (%s)",
         address.c_str());
  host::Exchange x;
  x.method = narrow(method);
  x.headers = narrow(headers);
  x.body = body;
  x.deadline = begin + (timeout > 0 ? timeout : kDefaultTimeout);
  const int error =
      host::url_allowed(address) ? host::run(x, host::mapped_url(address)) : ERR_FUNCTION_NOT_ALLOWED;
  if (error) {
    last_error = error;
    x.status = -1;
    x.answer.clear();
    x.answer_headers.clear();
  }
  result = x.answer;
  result_headers = x.answer_headers;
  host::Json j;
  j.add("method", narrow(method)).add("url", address).add("status", x.status).add("error", error);
  j.add("took", host::mono_ms() - begin).add("sent", body.size()).add("got", result.size());
  host::out("http", j);
  return x.status;
}
string cookie_headers(const string &cookie, const string &referer) {
  string h = string(std::u16string());
  if (cookie.len()) h += u"Cookie: "_s + cookie + u"\r\n"_s;
  if (referer.len()) h += u"Referer: "_s + referer + u"\r\n"_s;
  return h;
}

}  // namespace mql
