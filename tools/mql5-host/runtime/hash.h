// hash.h — digests and base64 over byte strings.
#pragma once
#include <string>

namespace host {

std::string md5(const std::string &data);
std::string sha1(const std::string &data);
std::string sha256(const std::string &data);
std::string base64(const std::string &data);
std::string from_base64(const std::string &text, bool &good);

}  // namespace host
