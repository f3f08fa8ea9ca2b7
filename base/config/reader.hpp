#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

/// Strict configuration: TOML 1.0 files, environment and flags, each value with its origin.
///
/// Later sources win: default < file < conf.d/*.toml beside it (by name) < environment
/// `GUILDSUM_<SECTION>__<KEY>` < flags. Typed getters record problems instead of failing one by
/// one; `finish()` reports all of them, and every key that no getter asked for, in one error.
///
///     GS_TRY(auto reader, config::Reader::load(sources));
///     const auto listen = reader.text("server.listen", "127.0.0.1:8443");
///     const auto limit = reader.integer("round.cohort_max", 100, {.min = 3, .max = 10'000});
///     GS_CHECK(reader.finish());
namespace guildsum::config {

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Sources {
  /// The main file; without one only environment and flags count, and relative paths start at the
  /// working directory.
  std::optional<std::filesystem::path> file{};
  /// Variables are NAME, VALUE; only names that start with the prefix and contain "__" count.
  std::string environment_prefix = "GUILDSUM_";
  Settings environment{};
  /// Dotted key, value: `--set server.listen=127.0.0.1:9443`.
  Settings flags{};

  /// This process's environment.
  [[nodiscard]] static Settings process_environment();
};

/// Inclusive bounds.
struct IntegerRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
struct NumberRange {
  double min = std::numeric_limits<double>::lowest();
  double max = std::numeric_limits<double>::max();
};
struct DurationRange {
  std::chrono::milliseconds min{0};
  std::chrono::milliseconds max{std::chrono::hours{24 * 3650}};
};

/// One line of `check-config --effective`.
struct EffectiveValue {
  std::string key;
  std::string value;   ///< As it would be written in TOML; `"(secret)"` for secrets.
  std::string origin;  ///< `file:line:column`, `environment NAME`, `flag --set` or `default`.
};

/// "250ms", "30s", "5m", "2h", "7d": a whole number and one unit.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);

/// The dotted key of a table's member; names with other characters than A-Z a-z 0-9 _ - are quoted.
[[nodiscard]] std::string member_key(std::string_view table, std::string_view name);

/// Keys are dotted: "server.listen". The n-th table of an array of tables [[source]] is
/// "source[0].path". A getter called for a key with a problem records the problem and returns the
/// default. Not thread safe.
class Reader {
 public:
  /// Reads and merges the sources.
  /// @return BaseErrc::invalid_config with file:line:column for text that is not TOML;
  /// BaseErrc::not_found for a missing file.
  [[nodiscard]] static Result<Reader> load(const Sources& sources);

  [[nodiscard]] std::string text(std::string_view key, std::string_view default_value);
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view key);
  /// A problem is recorded if the key is missing or empty.
  [[nodiscard]] std::string required_text(std::string_view key);
  /// Like text, never shown by `effective()` or in a problem.
  [[nodiscard]] std::string secret_text(std::string_view key, std::string_view default_value = {});
  /// One of the allowed words.
  [[nodiscard]] std::string choice(std::string_view key, std::string_view default_value,
                                   std::initializer_list<std::string_view> allowed);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t default_value,
                                     IntegerRange range = {});
  /// Integers are accepted; NaN and infinity are not.
  [[nodiscard]] double number(std::string_view key, double default_value, NumberRange range = {});
  [[nodiscard]] bool boolean(std::string_view key, bool default_value);
  [[nodiscard]] std::chrono::milliseconds duration(std::string_view key,
                                                   std::chrono::milliseconds default_value,
                                                   DurationRange range = {});
  /// Relative paths in a file start at that file's directory, others at the working directory;
  /// defaults at the main file's directory. An empty default stays empty.
  [[nodiscard]] std::filesystem::path path(std::string_view key, std::string_view default_value);
  /// An array of strings; from environment and flags separated by commas.
  [[nodiscard]] std::vector<std::string> list(std::string_view key,
                                              std::vector<std::string> default_value = {});

  /// Whether any source sets the key or, for a table, one of its members.
  [[nodiscard]] bool has(std::string_view key) const;
  /// How many tables the array of tables has.
  [[nodiscard]] std::size_t table_count(std::string_view key);
  /// The names of the members of a table whose keys are free, such as a mapping of columns. Each
  /// must still be read, under `member_key(table, name)`.
  [[nodiscard]] std::vector<std::string> member_names(std::string_view table) const;

  /// Records a problem that only the caller can see, such as two values that do not fit together.
  void problem(std::string_view key, std::string_view reason);
  /// BaseErrc::invalid_config with one line per problem: origin, key and reason, with the nearest
  /// known key for an unknown one.
  [[nodiscard]] Result<void> finish() const;
  /// Every key that was asked for, by name.
  [[nodiscard]] std::vector<EffectiveValue> effective() const;

 private:
  using Scalar = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;
  struct Value {
    Scalar scalar;
    std::string origin;
    std::filesystem::path directory;
    /// Written as bare text (environment, flag): typed by the getter that asks.
    bool untyped = false;
  };
  friend class Loader;

  Reader() = default;
  /// The value of a key, which counts as known from now on.
  [[nodiscard]] const Value* find(std::string_view key);
  /// For `effective()`; `from` is null for a default.
  void remember(std::string_view key, std::string value, const Value* from);
  void mismatch(std::string_view key, const Value& value, std::string_view expected);
  void add_problem(std::string problem);
  [[nodiscard]] std::string read_text(std::string_view key, std::string_view default_value,
                                      bool secret);
  [[nodiscard]] static std::string describe(IntegerRange range);

  std::filesystem::path directory_;
  std::map<std::string, Value, std::less<>> values_;
  /// Origins of sections, to find unknown ones that are empty.
  std::map<std::string, std::string, std::less<>> tables_;
  std::map<std::string, std::size_t, std::less<>> table_counts_;
  std::set<std::string, std::less<>> asked_;
  std::map<std::string, EffectiveValue, std::less<>> effective_;
  std::vector<std::string> problems_;
};

}  // namespace guildsum::config
