#pragma once

#include <string>
#include <utility>

namespace guildsum::net::detail {

/// Why a request is answered without its handler: the status, the stable code, a line for people.
struct Refusal {
  Refusal() = default;
  Refusal(int with_status, std::string with_code, std::string with_detail)
      : status{with_status}, code{std::move(with_code)}, detail{std::move(with_detail)} {}
  int status = 0;
  std::string code;
  std::string detail;
};

}  // namespace guildsum::net::detail
