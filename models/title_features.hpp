#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace guildsum::models {

/// Lower-case words of a title (letters and digits of ASCII; bytes above 127 count as letters), in
/// order.
[[nodiscard]] std::vector<std::string> title_words(std::string_view title);

/// A sparse row: (column, value), ascending columns.
using SparseRow = std::vector<std::pair<std::uint32_t, float>>;

/// TF-IDF of words and pairs of neighbouring words. The dictionary and the weights come from the
/// titles it is built from; a row has L2 norm 1, or is empty when no word is known.
class TitleFeatures {
 public:
  [[nodiscard]] static TitleFeatures build(std::span<const std::string> titles);
  /// Number of columns.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(idf_.size());
  }
  [[nodiscard]] SparseRow row(std::string_view title) const;

 private:
  std::unordered_map<std::string, std::uint32_t> columns_;
  std::vector<float> idf_;  // By column: ln((titles + 1) / (titles with it + 1)) + 1.
};

}  // namespace guildsum::models
