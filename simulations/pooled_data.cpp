#include "simulations/pooled_data.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/csv.hpp"
#include "participant/consent/consent_file.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;

using Rows = std::vector<std::vector<models::ItemIndex>>;

/// Customers of one shop in the order in which they first appear; only those who permit it.
class CustomerRows {
 public:
  explicit CustomerRows(std::set<std::string> permitting) : permitting_{std::move(permitting)} {}

  std::optional<std::size_t> row_of(const std::string& customer) {
    if (!permitting_.contains(customer)) {
      others_.insert(customer);
      return std::nullopt;
    }
    return rows_.try_emplace(customer, rows_.size()).first->second;
  }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t without_consent() const noexcept { return others_.size(); }

 private:
  std::set<std::string> permitting_;
  std::map<std::string, std::size_t> rows_;
  std::set<std::string> others_;
};

Result<CustomerRows> customers_of(const std::filesystem::path& consent_file) {
  GS_TRY(const auto decisions, participant::read_consent_file(consent_file));
  return CustomerRows{
      participant::permitting_customers(decisions, participant::Purpose::training)};
}

Result<std::size_t> column_of(const std::vector<std::string>& header, std::string_view name,
                              const std::filesystem::path& path) {
  const auto found = std::ranges::find(header, name);
  if (found == header.end()) {
    return Error{BaseErrc::malformed, path.string() + " has no column " + std::string{name}};
  }
  return static_cast<std::size_t>(found - header.begin());
}

/// Appends the items of `path` to the rows [offset + row of customer].
Result<> add_file(const std::filesystem::path& path, const models::Vocabulary& vocabulary,
                  std::size_t offset, CustomerRows& customers, Rows& rows) {
  GS_TRY(const std::string text, read_text_file(path, kFileBytesMax));
  models::CsvReader reader{text, path.string()};
  GS_TRY(const auto header, reader.next());
  if (!header) return Error{BaseErrc::malformed, path.string() + " is empty"};
  GS_TRY(const std::size_t customer, column_of(*header, "customer", path));
  GS_TRY(const std::size_t item, column_of(*header, "item", path));
  while (true) {
    GS_TRY(const auto record, reader.next());
    if (!record) return {};
    if (record->size() <= std::max(customer, item)) return reader.error("too few fields");
    const auto index = vocabulary.find((*record)[item]);
    if (!index) continue;
    const auto known = customers.row_of((*record)[customer]);
    if (!known) continue;
    const std::size_t row = offset + *known;
    if (rows.size() <= row) rows.resize(row + 1);
    rows[row].push_back(*index);
  }
}

}  // namespace

Result<PooledData> read_pooled_data(const std::filesystem::path& directory) {
  GS_TRY(const std::string list, read_text_file(directory / "items.csv", kFileBytesMax));
  GS_TRY(const auto vocabulary, models::Vocabulary::parse_csv(list));
  std::vector<std::filesystem::path> shops;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator{directory / "shops", failure}) {
    shops.push_back(entry.path());
  }
  if (failure) return Error{BaseErrc::not_found, (directory / "shops").string()};
  std::ranges::sort(shops);
  PooledData data;
  Rows bought;
  Rows held_out;
  std::size_t offset = 0;
  for (const auto& shop : shops) {
    GS_TRY(CustomerRows customers, customers_of(shop / "consent.csv"));
    GS_CHECK(add_file(shop / "train.csv", vocabulary, offset, customers, bought));
    data.customers[shop.filename().string()] = customers.size();
    data.without_consent += customers.without_consent();
    GS_CHECK(add_file(shop / "holdout.csv", vocabulary, offset, customers, held_out));
    offset += customers.size();
  }
  bought.resize(offset);
  held_out.resize(offset);
  GS_TRY(data.bought, models::Interactions::build(vocabulary.size(), bought));
  GS_TRY(data.held_out, models::Interactions::build(vocabulary.size(), held_out));
  return data;
}

}  // namespace guildsum::simulations
