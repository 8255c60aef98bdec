// crypt_api.cpp — CryptEncode and CryptDecode: base64, digests and zip; the ciphers are not offered.
#include "hash.h"
#include "mql_api.h"
#include "tcp.h"

namespace mql {

namespace {
int finish(bool good, std::string &out) {
  if (good) return static_cast<int>(out.size());
  out.clear();
  last_error = ERR_INVALID_PARAMETER;
  return 0;
}
}  // namespace

int crypt_encode(ENUM_CRYPT_METHOD m, const std::string &data, const std::string &, std::string &out) {
  bool good = true;
  switch (m) {
    case CRYPT_BASE64: out = host::base64(data); break;
    case CRYPT_HASH_MD5: out = host::md5(data); break;
    case CRYPT_HASH_SHA1: out = host::sha1(data); break;
    case CRYPT_HASH_SHA256: out = host::sha256(data); break;
    case CRYPT_ARCH_ZIP: out = host::deflate(data, good); break;
    default:
      diag("CryptEncode: the host does not have this method (%d)", static_cast<int>(m));
      good = false;
  }
  return finish(good, out);
}
int crypt_decode(ENUM_CRYPT_METHOD m, const std::string &data, const std::string &, std::string &out) {
  bool good = false;
  if (m == CRYPT_BASE64)
    out = host::from_base64(data, good);
  else if (m == CRYPT_ARCH_ZIP)
    out = host::inflate(data, 15, good);
  else
    diag("CryptDecode: the host does not have this method (%d)", static_cast<int>(m));
  return finish(good, out);
}

}  // namespace mql
