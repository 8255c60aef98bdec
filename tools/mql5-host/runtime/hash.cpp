// hash.cpp — MD5, SHA-1 and SHA-256 as their standards have them; constants are computed, not listed.
#include <array>
#include <cmath>
#include <cstdint>
#include "hash.h"

namespace host {

namespace {
using Word = uint32_t;

Word left(Word v, int n) { return v << n | v >> (32 - n); }
Word right(Word v, int n) { return v >> n | v << (32 - n); }
Word byte_at(const std::string &d, size_t i) { return static_cast<unsigned char>(d[i]); }

// Fills up to a whole number of blocks and appends the length in bits.
std::string padded(const std::string &m, bool big_endian) {
  std::string d = m;
  const uint64_t bits = static_cast<uint64_t>(m.size()) * 8;
  d += '\x80';
  while (d.size() % 64 != 56) d += '\0';
  for (int i = 0; i < 8; i++) {
    const int shift = big_endian ? 56 - 8 * i : 8 * i;
    d += static_cast<char>(bits >> shift & 255);
  }
  return d;
}
Word word_at(const std::string &d, size_t i, bool big_endian) {
  const Word a = byte_at(d, i), b = byte_at(d, i + 1), c = byte_at(d, i + 2), e = byte_at(d, i + 3);
  return big_endian ? a << 24 | b << 16 | c << 8 | e : e << 24 | c << 16 | b << 8 | a;
}
template <size_t N>
std::string bytes_of(const std::array<Word, N> &h, bool big_endian) {
  std::string o;
  for (const Word w : h)
    for (int k = 0; k < 4; k++) o += static_cast<char>(w >> (big_endian ? 24 - 8 * k : 8 * k) & 255);
  return o;
}
bool is_prime(int n) {
  for (int q = 2; q * q <= n; q++)
    if (n % q == 0) return false;
  return true;
}
// The first bits of the fractional parts of the roots of the first primes.
template <size_t N>
std::array<Word, N> from_primes(double (*root)(double)) {
  std::array<Word, N> k{};
  size_t n = 0;
  for (int p = 2; n < N; p++) {
    if (!is_prime(p)) continue;
    const double f = root(p);
    k[n++] = static_cast<Word>((f - ::floor(f)) * 4294967296.0);
  }
  return k;
}
}  // namespace

std::string md5(const std::string &m) {
  static const int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::array<Word, 4> h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::string d = padded(m, false);
  for (size_t at = 0; at < d.size(); at += 64) {
    Word a = h[0], b = h[1], c = h[2], e = h[3];
    for (size_t i = 0; i < 64; i++) {
      Word f = 0;
      size_t g = i;
      switch (i / 16) {
        case 0: f = (b & c) | (~b & e); break;
        case 1:
          f = (e & b) | (~e & c);
          g = (5 * i + 1) % 16;
          break;
        case 2:
          f = b ^ c ^ e;
          g = (3 * i + 5) % 16;
          break;
        default:
          f = c ^ (b | ~e);
          g = 7 * i % 16;
          break;
      }
      const Word k = static_cast<Word>(::floor(::fabs(::sin(static_cast<double>(i + 1))) * 4294967296.0));
      const Word t = a + f + k + word_at(d, at + g * 4, false);
      a = e;
      e = c;
      c = b;
      b += left(t, turns[i / 16][i % 4]);
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += e;
  }
  return bytes_of(h, false);
}

std::string sha1(const std::string &m) {
  std::array<Word, 5> h = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::string d = padded(m, true);
  for (size_t at = 0; at < d.size(); at += 64) {
    Word w[80];
    for (size_t i = 0; i < 16; i++) w[i] = word_at(d, at + i * 4, true);
    for (size_t i = 16; i < 80; i++) w[i] = left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    Word a = h[0], b = h[1], c = h[2], e = h[3], f = h[4];
    for (size_t i = 0; i < 80; i++) {
      Word t = 0;
      if (i < 20)
        t = ((b & c) | (~b & e)) + 0x5A827999;
      else if (i < 40)
        t = (b ^ c ^ e) + 0x6ED9EBA1;
      else if (i < 60)
        t = ((b & c) | (b & e) | (c & e)) + 0x8F1BBCDC;
      else
        t = (b ^ c ^ e) + 0xCA62C1D6;
      t += left(a, 5) + f + w[i];
      f = e;
      e = c;
      c = left(b, 30);
      b = a;
      a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += e;
    h[4] += f;
  }
  return bytes_of(h, true);
}

std::string sha256(const std::string &m) {
  static const std::array<Word, 64> k = from_primes<64>(::cbrt);
  std::array<Word, 8> h = from_primes<8>(::sqrt);
  const std::string d = padded(m, true);
  for (size_t at = 0; at < d.size(); at += 64) {
    Word w[64];
    for (size_t i = 0; i < 16; i++) w[i] = word_at(d, at + i * 4, true);
    for (size_t i = 16; i < 64; i++) {
      const Word s0 = right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3;
      const Word s1 = right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    std::array<Word, 8> s = h;
    for (size_t i = 0; i < 64; i++) {
      const Word e1 = right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25);
      const Word t1 = s[7] + e1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
      const Word a1 = right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22);
      const Word t2 = a1 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (size_t q = 7; q > 0; q--) s[q] = s[q - 1];
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (size_t i = 0; i < 8; i++) h[i] += s[i];
  }
  return bytes_of(h, true);
}

namespace {
const std::string kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}
std::string base64(const std::string &d) {
  std::string o;
  for (size_t i = 0; i < d.size(); i += 3) {
    const size_t n = d.size() - i < 3 ? d.size() - i : 3;
    const Word v =
        byte_at(d, i) << 16 | (n > 1 ? byte_at(d, i + 1) << 8 : 0) | (n > 2 ? byte_at(d, i + 2) : 0);
    o += kAlphabet[v >> 18];
    o += kAlphabet[v >> 12 & 63];
    o += n > 1 ? kAlphabet[v >> 6 & 63] : '=';
    o += n > 2 ? kAlphabet[v & 63] : '=';
  }
  return o;
}
std::string from_base64(const std::string &text, bool &good) {
  std::string o;
  Word v = 0;
  int bits = 0;
  good = true;
  for (const char c : text) {
    const size_t p = kAlphabet.find(c);
    if (c == '=' || c == '\r' || c == '\n' || c == '\0') continue;
    if (p == std::string::npos) {
      good = false;
      return "";
    }
    v = v << 6 | static_cast<Word>(p);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    o += static_cast<char>(v >> bits & 255);
  }
  return o;
}

}  // namespace host
