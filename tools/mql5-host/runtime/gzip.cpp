// gzip.cpp — compression where zlib is there; without it the host asks for none and says so.
#include "tcp.h"
#if __has_include(<zlib.h>)
#include <zlib.h>
#define HOST_HAS_ZLIB 1
#endif

namespace host {

#ifdef HOST_HAS_ZLIB
bool have_zlib() { return true; }
std::string inflate(const std::string &in, int window_bits, bool &good) {
  std::string copy = in, o;  // zlib wants a pointer it may write to
  z_stream z{};
  good = false;
  if (inflateInit2(&z, window_bits) != Z_OK) return "";
  z.next_in = reinterpret_cast<Bytef *>(copy.data());
  z.avail_in = static_cast<uInt>(copy.size());
  char b[16384];
  int rc = Z_OK;
  while (rc == Z_OK) {
    z.next_out = reinterpret_cast<Bytef *>(b);
    z.avail_out = sizeof b;
    rc = ::inflate(&z, Z_NO_FLUSH);
    o.append(b, sizeof b - z.avail_out);
  }
  inflateEnd(&z);
  good = rc == Z_STREAM_END;
  return o;
}
std::string deflate(const std::string &in, bool &good) {
  uLongf size = compressBound(static_cast<uLong>(in.size()));
  std::string o(size, '\0');
  good = compress(reinterpret_cast<Bytef *>(o.data()), &size, reinterpret_cast<const Bytef *>(in.data()),
                  static_cast<uLong>(in.size())) == Z_OK;
  o.resize(good ? size : 0);
  return o;
}
#else
bool have_zlib() { return false; }
std::string inflate(const std::string &, int, bool &good) {
  good = false;
  return "";
}
std::string deflate(const std::string &, bool &good) {
  good = false;
  return "";
}
#endif

}  // namespace host
