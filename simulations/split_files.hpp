#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/histories.hpp"
#include "models/interactions.hpp"

namespace guildsum::simulations {

/// Lines of numbers separated by blanks or tabs; empty lines are skipped.
class NumberLines {
 public:
  /// `text` must outlive it; `file` is what errors call it.
  NumberLines(std::string_view text, std::string_view file) : text_{text}, file_{file} {}
  /// The next line's numbers; no value at the end. ModelsErrc::malformed with "file:line: reason".
  [[nodiscard]] Result<std::optional<std::vector<std::uint32_t>>> next();
  /// An error about the line last returned.
  [[nodiscard]] Error error(std::string_view reason) const;
  /// An error about the whole file.
  [[nodiscard]] Error file_error(std::string_view reason) const;

 private:
  std::string_view text_;
  std::string file_;
  std::size_t line_ = 0;
};

/// Item indexes by user index; users without a line have none.
using UserItems = std::vector<std::vector<models::ItemIndex>>;

/// Adds the lines `user item item ...` of an interaction file. A user may have a line in several
/// files, but only one in each. ModelsErrc::malformed with "file:line: reason".
[[nodiscard]] Result<> add_interactions(std::string_view text, std::string_view file,
                                        UserItems& rows);

/// A split: row u of every member is user u.
struct SplitMatrices {
  models::Interactions train;
  models::Interactions test;
  models::Histories histories;  ///< `train` with times and repeats; without rows where not known

  /// The histories, made of `train` where they are not known.
  [[nodiscard]] models::Histories known_histories() const;
};

/// Reads interaction and event files (event_files.hpp), plain or gzip, and gives both matrices the
/// same users and items. BaseErrc::not_found, corrupt; ModelsErrc::malformed.
[[nodiscard]] Result<SplitMatrices> read_split(std::span<const std::filesystem::path> train,
                                               const std::filesystem::path& test);

}  // namespace guildsum::simulations
