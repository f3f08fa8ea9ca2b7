#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"

namespace guildsum::models {

/// One item of the published list.
struct Item {
  std::string id;
  std::string title;
};

/// The operator's published item list: the same order, and so the same indexes, at every shop.
class Vocabulary {
 public:
  Vocabulary() = default;
  /// ModelsErrc::malformed on an empty or repeated id.
  [[nodiscard]] static Result<Vocabulary> build(std::vector<Item> items);
  /// CSV with the header `item_id,title` (RFC 4180 quoting). Errors name the line: "items.csv:12:
  /// ...".
  [[nodiscard]] static Result<Vocabulary> parse_csv(std::string_view text,
                                                    std::string_view file = "items.csv");
  /// The one text that `parse_csv` reads back to this list; its bytes are what is published and
  /// hashed.
  [[nodiscard]] std::string to_csv() const;

  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(items_.size());
  }
  [[nodiscard]] const Item& at(ItemIndex index) const noexcept { return items_[index]; }
  [[nodiscard]] std::optional<ItemIndex> find(std::string_view id) const noexcept;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::vector<Item> items_;
  std::unordered_map<std::string, ItemIndex, TextHash, std::equal_to<>> index_;
};

}  // namespace guildsum::models
