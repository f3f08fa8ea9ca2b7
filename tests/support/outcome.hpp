#pragma once

#include <string>

#include <boost/test/unit_test.hpp>

#include "base/result.hpp"

namespace guildsum::test {

/// What came out of an operation, for the message of a failed check.
template <class T>
[[nodiscard]] std::string outcome_text(const Result<T>& outcome) {
  return outcome.has_error() ? outcome.error().message() : std::string{"success"};
}

}  // namespace guildsum::test

/// Requires success and shows the error otherwise.
#define GS_REQUIRE_DONE(...)                                                                \
  do {                                                                                      \
    const auto& gs_done = (__VA_ARGS__);                                                    \
    BOOST_REQUIRE_MESSAGE(gs_done.has_value(),                                              \
                          #__VA_ARGS__ << ": " << ::guildsum::test::outcome_text(gs_done)); \
  } while (false)

/// Checks the code of a failure and shows what happened instead.
#define GS_CHECK_FAILS(code, ...)                                             \
  do {                                                                        \
    const auto& gs_done = (__VA_ARGS__);                                      \
    BOOST_CHECK_MESSAGE(gs_done.has_error() && gs_done.error() == (code),     \
                        #__VA_ARGS__ " should fail with " #code ", not with " \
                            << ::guildsum::test::outcome_text(gs_done));      \
  } while (false)
