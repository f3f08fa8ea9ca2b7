#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace guildsum {

/// Why an operation failed: a code that callers branch on, and a detail for the log and the
/// operator.
///
/// The detail is internal: it may name files, keys and limits, never secrets or personal data, and
/// is not sent to a peer (peers get the code, see `protocol/problem.hpp`).
class Error {
 public:
  Error() = default;
  Error(boost::system::error_code code) : code_{code} {}  // NOLINT(google-explicit-constructor)
  template <class Enum, class = std::enable_if_t<boost::system::is_error_code_enum<Enum>::value>>
  Error(Enum code) : code_{make_error_code(code)} {}  // NOLINT(google-explicit-constructor)
  Error(boost::system::error_code code, std::string detail)
      : code_{code}, detail_{std::move(detail)} {}
  template <class Enum, class = std::enable_if_t<boost::system::is_error_code_enum<Enum>::value>>
  Error(Enum code, std::string detail) : code_{make_error_code(code)}, detail_{std::move(detail)} {}

  [[nodiscard]] const boost::system::error_code& code() const noexcept { return code_; }
  [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
  /// One line: the code's meaning, then the detail where there is one.
  [[nodiscard]] std::string message() const {
    return detail_.empty() ? code_.message() : code_.message() + ": " + detail_;
  }
  /// The same error with `context` in front of its detail ("reading shop.toml: ...").
  [[nodiscard]] Error with_context(std::string_view context) const {
    return {code_, detail_.empty() ? std::string{context} : std::string{context} + ": " + detail_};
  }
  template <class Enum, class = std::enable_if_t<boost::system::is_error_code_enum<Enum>::value>>
  friend bool operator==(const Error& a, Enum b) {
    return a.code_ == make_error_code(b);
  }

 private:
  boost::system::error_code code_;
  std::string detail_;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location& where) {
  boost::throw_with_location(boost::system::system_error(error.code(), error.detail()), where);
}

/// Either a value or an `Error`; must not be ignored. `value()` on an error throws and is a bug
/// outside `main`. Default-constructible as a default value, which `co_spawn` in Boost 1.81 needs.
template <class T = void>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
  using Base = boost::system::result<T, Error>;

 public:
  Result() : Base() {}
  Result(Error error) : Base(boost::system::in_place_error, std::move(error)) {}  // NOLINT
  template <class Enum>
    requires boost::system::is_error_code_enum<Enum>::value
  Result(Enum code) : Base(boost::system::in_place_error, Error{code}) {}  // NOLINT
  template <class U = T>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !boost::system::is_error_code_enum<std::remove_cvref_t<U>>::value)
  Result(U&& value)  // NOLINT(google-explicit-constructor)
      : Base(boost::system::in_place_value, std::forward<U>(value)) {}
};

/// Success or an `Error`.
template <>
class [[nodiscard]] Result<void> : public boost::system::result<void, Error> {
  using Base = boost::system::result<void, Error>;

 public:
  Result() : Base() {}
  Result(Error error) : Base(boost::system::in_place_error, std::move(error)) {}  // NOLINT
  template <class Enum>
    requires boost::system::is_error_code_enum<Enum>::value
  Result(Enum code) : Base(boost::system::in_place_error, Error{code}) {}  // NOLINT
};

namespace detail {
template <class T>
Error take_error(Result<T>& result) {
  return result.error();
}
}  // namespace detail
}  // namespace guildsum

#define GS_DETAIL_CAT2(a, b) a##b
#define GS_DETAIL_CAT(a, b) GS_DETAIL_CAT2(a, b)

/// `GS_TRY(auto x, f());` binds the value or returns the error from the enclosing function.
#define GS_TRY(declaration, ...) \
  GS_DETAIL_TRY(GS_DETAIL_CAT(gs_result_, __LINE__), declaration, return, __VA_ARGS__)
/// The same inside a coroutine: `GS_CO_TRY(auto x, co_await g());`
#define GS_CO_TRY(declaration, ...) \
  GS_DETAIL_TRY(GS_DETAIL_CAT(gs_result_, __LINE__), declaration, co_return, __VA_ARGS__)
#define GS_DETAIL_TRY(name, declaration, leave, ...)                \
  auto name = (__VA_ARGS__);                                        \
  if (name.has_error()) leave ::guildsum::detail::take_error(name); \
  declaration = std::move(name).value()

/// `GS_CHECK(f());` for a `Result<void>`: returns the error from the enclosing function.
#define GS_CHECK(...) GS_DETAIL_CHECK(GS_DETAIL_CAT(gs_result_, __LINE__), return, __VA_ARGS__)
#define GS_CO_CHECK(...) \
  GS_DETAIL_CHECK(GS_DETAIL_CAT(gs_result_, __LINE__), co_return, __VA_ARGS__)
#define GS_DETAIL_CHECK(name, leave, ...)                             \
  do {                                                                \
    auto name = (__VA_ARGS__);                                        \
    if (name.has_error()) leave ::guildsum::detail::take_error(name); \
  } while (false)
