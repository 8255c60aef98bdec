// api_net.h — WebRequest, sockets and Crypt*.
#pragma once
#include "lang_array.h"

namespace mql {

template <class C>
void bytes_to_array(const std::string &b, array<C> &a) {
  static_assert(sizeof(C) == 1, "char/uchar array expected");
  a.resize(static_cast<int>(b.size()));
  for (size_t i = 0; i < b.size() && i < a.Size(); i++) a.raw()[i] = static_cast<C>(b[i]);
}
template <class C>
std::string array_to_bytes(const array<C> &a, int n) {
  static_assert(sizeof(C) == 1, "char/uchar array expected");
  if (n > a.size()) n = a.size();
  return n > 0 ? std::string(reinterpret_cast<const char *>(a.raw()), static_cast<size_t>(n))
               : std::string();
}

int web_request(const string &method, const string &url, const string &headers, int timeout,
                const std::string &body, std::string &result, std::string &result_headers);
template <class C, class R>
MQL_CHECKED int WebRequest(const string method, const string url, const string headers, int timeout,
                           const array<C> &data, array<R> &result, string &result_headers) {
  std::string b, h;
  const int rc = web_request(method, url, headers, timeout, array_to_bytes(data, data.size()), b, h);
  bytes_to_array(b, result);
  result_headers = utf8(h);
  return rc;
}
string cookie_headers(const string &cookie, const string &referer);
template <class C, class R>
MQL_CHECKED int WebRequest(const string method, const string url, const string cookie, const string referer,
                           int timeout, const array<C> &data, int size, array<R> &result,
                           string &result_headers) {
  std::string b, h;
  const string headers = cookie_headers(cookie, referer);
  const int rc = web_request(method, url, headers, timeout, array_to_bytes(data, size), b, h);
  bytes_to_array(b, result);
  result_headers = utf8(h);
  return rc;
}

int SocketCreate(uint flags = SOCKET_DEFAULT);
bool SocketClose(int s);
bool SocketConnect(int s, string server, uint port, uint timeout);
bool SocketIsConnected(int s);
uint SocketIsReadable(int s);
bool SocketIsWritable(int s);
bool SocketTimeouts(int s, uint send_ms, uint receive_ms);
int socket_read(int s, void *p, uint n, uint timeout);
int socket_send(int s, const void *p, uint n);
template <class C>
int SocketRead(int s, array<C> &b, uint maxlen, uint timeout) {
  std::string t(maxlen, '\0');
  const int n = socket_read(s, t.data(), maxlen, timeout);
  if (n <= 0) return n;
  t.resize(static_cast<size_t>(n));
  bytes_to_array(t, b);
  return n;
}
template <class C>
MQL_CHECKED int SocketSend(int s, const array<C> &b, uint n) {
  static_assert(sizeof(C) == 1, "char/uchar array expected");
  return socket_send(s, b.raw(), n > b.Size() ? b.Size() : n);
}
// TLS is not offered: these fail with an error code and say so.
bool SocketTlsHandshake(int s, const string host);
bool SocketTlsCertificate(int s, string &subject, string &issuer, string &serial, string &thumbprint,
                          datetime &expiration);
int socket_tls(int s, const char *what);
template <class C>
int SocketTlsRead(int s, array<C> &, uint) {
  return socket_tls(s, "SocketTlsRead");
}
template <class C>
int SocketTlsReadAvailable(int s, array<C> &, uint) {
  return socket_tls(s, "SocketTlsReadAvailable");
}
template <class C>
int SocketTlsSend(int s, const array<C> &, uint) {
  return socket_tls(s, "SocketTlsSend");
}

int crypt_encode(ENUM_CRYPT_METHOD m, const std::string &data, const std::string &key, std::string &out);
int crypt_decode(ENUM_CRYPT_METHOD m, const std::string &data, const std::string &key, std::string &out);
inline int CryptEncode(ENUM_CRYPT_METHOD m, const array<uchar> &data, const array<uchar> &key,
                       array<uchar> &result) {
  std::string out;
  const int n = crypt_encode(m, array_to_bytes(data, data.size()), array_to_bytes(key, key.size()), out);
  bytes_to_array(out, result);
  return n;
}
inline int CryptDecode(ENUM_CRYPT_METHOD m, const array<uchar> &data, const array<uchar> &key,
                       array<uchar> &result) {
  std::string out;
  const int n = crypt_decode(m, array_to_bytes(data, data.size()), array_to_bytes(key, key.size()), out);
  bytes_to_array(out, result);
  return n;
}

}  // namespace mql
