#include "models/vocabulary.hpp"

#include <limits>
#include <utility>

#include "models/csv.hpp"
#include "models/errors.hpp"

namespace guildsum::models {

Result<Vocabulary> Vocabulary::build(std::vector<Item> items) {
  if (items.size() > std::numeric_limits<ItemIndex>::max()) {
    return Error{ModelsErrc::malformed, "too many items"};
  }
  Vocabulary vocabulary;
  vocabulary.items_ = std::move(items);
  vocabulary.index_.reserve(vocabulary.items_.size());
  for (ItemIndex i = 0; i < vocabulary.items_.size(); ++i) {
    const auto& id = vocabulary.items_[i].id;
    if (id.empty()) return Error{ModelsErrc::malformed, "item " + std::to_string(i) + " has no id"};
    if (!vocabulary.index_.emplace(id, i).second) {
      return Error{ModelsErrc::malformed, "item id '" + id + "' appears twice"};
    }
  }
  return vocabulary;
}

Result<Vocabulary> Vocabulary::parse_csv(std::string_view text, std::string_view file) {
  CsvReader reader{text, file};
  GS_TRY(const auto header, reader.next());
  if (!header || *header != std::vector<std::string>{"item_id", "title"}) {
    return Error{ModelsErrc::malformed, std::string{file} + ":1: the header must be item_id,title"};
  }
  std::vector<Item> items;
  std::unordered_map<std::string, std::size_t> first_line;
  while (true) {
    GS_TRY(auto record, reader.next());
    if (!record) break;
    if (record->size() != 2) {
      return reader.error("has " + std::to_string(record->size()) + " fields, not 2");
    }
    auto& id = (*record)[0];
    auto& title = (*record)[1];
    if (id.empty()) return reader.error("has no item_id");
    const auto [known, fresh] = first_line.emplace(id, reader.line());
    if (!fresh) {
      return reader.error("repeats item_id '" + id + "' of line " + std::to_string(known->second));
    }
    items.push_back({std::move(id), std::move(title)});
  }
  return build(std::move(items));
}

std::string Vocabulary::to_csv() const {
  std::string text = "item_id,title\n";
  for (const auto& item : items_) text += csv_field(item.id) + "," + csv_field(item.title) + "\n";
  return text;
}

std::optional<ItemIndex> Vocabulary::find(std::string_view id) const noexcept {
  const auto found = index_.find(id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

}  // namespace guildsum::models
