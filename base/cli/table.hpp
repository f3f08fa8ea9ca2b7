#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guildsum::cli {

/// Rows of text in aligned columns, without lines around them.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;  ///< Numbers go to the right.
  };

  explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}
  /// Missing cells are empty; more cells than columns are a bug. Control characters are shown as
  /// '?'.
  void add_row(std::vector<std::string> cells);
  /// Title line, then the rows, each with a line end and no trailing spaces; columns two spaces
  /// apart.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace guildsum::cli
