// tcp.h — what WebRequest and sockets share: dialling with a deadline, allow list, redirected addresses.
#pragma once
#include <string>

namespace host {

enum DialError { kRefused = -1, kTooLate = -2 };
int dial(const std::string &host, int port, long deadline_ms);  // a non-blocking socket, or a DialError
bool send_all(int fd, const char *p, size_t n, long deadline_ms);
bool wait_readable(int fd, long deadline_ms);

struct Url {
  std::string host, path;
  int port = 80;
  bool good = false, tls = false;
};
Url parse_url(const std::string &text);
bool url_allowed(const std::string &url);
bool address_allowed(const std::string &host, unsigned port);
std::string mapped_url(const std::string &url);
void map_address(std::string &host, unsigned &port);

std::string lower_case(std::string s);
// gzip.cpp
bool have_zlib();
std::string inflate(const std::string &data, int window_bits, bool &good);
std::string deflate(const std::string &data, bool &good);

}  // namespace host
