#include "simulations/split_files.hpp"

#include <algorithm>
#include <charconv>

#include "base/gzip.hpp"
#include "models/errors.hpp"
#include "simulations/event_files.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{4} << 30;
constexpr std::uint32_t kUsersMax = 100'000'000;
constexpr std::uint32_t kItemsMax = 10'000'000;
constexpr std::string_view kBlanks = " \t\r";

/// The next word of `line`, which loses it; empty at the end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

std::uint32_t item_count(const UserPurchases& rows) {
  std::uint32_t count = 0;
  for (const auto& row : rows) {
    for (const auto& purchase : row) count = std::max(count, purchase.item + 1);
  }
  return count;
}

Result<> add_file(const std::filesystem::path& path, UserPurchases& rows) {
  GS_TRY(const std::string text, read_plain_or_gzip(path, kTextBytesMax));
  if (is_event_file(text)) return add_events(text, path.string(), rows);
  UserItems lists;
  GS_CHECK(add_interactions(text, path.string(), lists));
  if (rows.size() < lists.size()) rows.resize(lists.size());
  for (std::size_t user = 0; user < lists.size(); ++user) {
    for (const auto item : lists[user]) rows[user].push_back({item, 0, 1.0F});
  }
  return {};
}

}  // namespace

Error NumberLines::error(std::string_view reason) const {
  return {models::ModelsErrc::malformed,
          file_ + ":" + std::to_string(line_) + ": " + std::string{reason}};
}

Error NumberLines::file_error(std::string_view reason) const {
  return {models::ModelsErrc::malformed, file_ + ": " + std::string{reason}};
}

Result<std::optional<std::vector<std::uint32_t>>> NumberLines::next() {
  std::vector<std::uint32_t> numbers;
  while (numbers.empty() && !text_.empty()) {
    const auto end = std::min(text_.find('\n'), text_.size());
    auto line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    ++line_;
    for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
      std::uint32_t value = 0;
      const auto [rest, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
      if (failure != std::errc{} || rest != word.data() + word.size()) {
        return error("'" + std::string{word.substr(0, 40)} + "' is no index");
      }
      numbers.push_back(value);
    }
  }
  if (numbers.empty()) return std::optional<std::vector<std::uint32_t>>{};
  return std::optional{std::move(numbers)};
}

Result<> add_interactions(std::string_view text, std::string_view file, UserItems& rows) {
  NumberLines lines{text, file};
  std::vector<bool> seen;
  while (true) {
    GS_TRY(const auto line, lines.next());
    if (!line) return {};
    const auto user = line->front();
    if (user >= kUsersMax) return lines.error("user " + std::to_string(user) + " is too high");
    if (rows.size() <= user) rows.resize(std::size_t{user} + 1);
    if (seen.size() <= user) seen.resize(std::size_t{user} + 1, false);
    if (seen[user]) return lines.error("user " + std::to_string(user) + " has a line already");
    seen[user] = true;
    for (std::size_t k = 1; k < line->size(); ++k) {
      if ((*line)[k] >= kItemsMax) return lines.error("an item index is too high");
      rows[user].push_back((*line)[k]);
    }
  }
}

models::Histories SplitMatrices::known_histories() const {
  if (histories.customers() == train.customers()) return histories;
  return models::Histories::of(train);
}

Result<SplitMatrices> read_split(std::span<const std::filesystem::path> train,
                                 const std::filesystem::path& test) {
  UserPurchases train_rows;
  UserPurchases test_rows;
  for (const auto& path : train) GS_CHECK(add_file(path, train_rows));
  GS_CHECK(add_file(test, test_rows));
  const auto users = std::max(train_rows.size(), test_rows.size());
  train_rows.resize(users);
  test_rows.resize(users);
  const auto items = std::max(item_count(train_rows), item_count(test_rows));
  if (items == 0) return Error{models::ModelsErrc::malformed, "the files hold no interaction"};
  SplitMatrices split;
  GS_TRY(split.histories, models::Histories::build(items, train_rows));
  split.train = split.histories.interactions();
  GS_TRY(const auto later, models::Histories::build(items, test_rows));
  split.test = later.interactions();
  return split;
}

}  // namespace guildsum::simulations
