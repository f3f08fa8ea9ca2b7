#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/bytes.hpp"

namespace guildsum::vectors {

/// A file below `tests/vectors`; the test case fails if it cannot be read.
inline boost::json::value load(std::string_view path) {
  const std::string name = std::string{GUILDSUM_TEST_DATA_DIR} + "/vectors/" + std::string{path};
  std::ifstream file{name, std::ios::binary};
  BOOST_REQUIRE_MESSAGE(file.good(), "cannot open " << name);
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return boost::json::parse(text);
}

inline std::string_view text(const boost::json::value& object, std::string_view key) {
  const auto& value = object.at(key).as_string();
  return {value.data(), value.size()};
}

/// The hexadecimal string under `key`.
inline Bytes bytes(const boost::json::value& object, std::string_view key) {
  auto decoded = from_hex(text(object, key));
  BOOST_REQUIRE_MESSAGE(decoded.has_value(), "not hexadecimal: " << key);
  return std::move(decoded).value();
}

template <class Fixed>
Fixed fixed(const boost::json::value& object, std::string_view key) {
  const auto parsed = Fixed::parse(bytes(object, key));
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), "wrong length: " << key);
  return *parsed;
}

template <class S>
S secret(const boost::json::value& object, std::string_view key) {
  const Bytes content = bytes(object, key);
  BOOST_REQUIRE_EQUAL(content.size(), S::kSize);
  return S{std::span<const std::byte, S::kSize>{content.data(), S::kSize}};
}

/// Calls `check(group, test)` for every test of a Wycheproof file, with its number in the messages.
template <class Check>
void for_each_wycheproof(std::string_view path, const Check& check) {
  const auto file = load(path);
  for (const auto& group : file.at("testGroups").as_array()) {
    for (const auto& test : group.at("tests").as_array()) {
      BOOST_TEST_CONTEXT(path << " tcId " << test.at("tcId").as_int64()) { check(group, test); }
    }
  }
}

inline bool is_valid(const boost::json::value& test) { return text(test, "result") == "valid"; }

}  // namespace guildsum::vectors
