#include "simulations/prepare.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/file.hpp"
#include "base/gzip.hpp"
#include "base/json.hpp"
#include "models/csv.hpp"
#include "models/vocabulary.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kShopsTextBytesMax = std::size_t{64} << 20;
constexpr const char* kInvented = "invented-1,invented for this demonstration";
const std::filesystem::path kBundled{GUILDSUM_SIMULATIONS_DATA_DIR};

Result<ShopAssignment> read_shops(const std::filesystem::path& path, const RetailSplit& split,
                                  std::string_view prefix) {
  GS_TRY(const std::string text, read_plain_or_gzip(path, kShopsTextBytesMax));
  return parse_shops(text, path.string(), split.users.size(), prefix);
}

Result<> make_directory(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) return os_error(failure.value(), "creating", path);
  return {};
}

Result<> write(const std::filesystem::path& path, std::string_view text) {
  return write_file_atomically(path, as_bytes(text), kPublicFile);
}

Result<models::Vocabulary> published_items(const RetailSplit& split) {
  std::vector<models::Item> items;
  for (const auto& item : split.items) items.push_back({item.stock_code, item.title});
  return models::Vocabulary::build(std::move(items));
}

/// The benchmark's files, as other programs read them.
Result<> write_split(const RetailData& data, const RetailSplit& split, const ShopAssignment& shops,
                     const std::filesystem::path& directory) {
  GS_CHECK(make_directory(directory));
  GS_CHECK(write(directory / "train.txt", interaction_lines(split.baskets(Part::train))));
  GS_CHECK(write(directory / "valid.txt", interaction_lines(split.baskets(Part::valid))));
  GS_CHECK(write(directory / "test.txt", interaction_lines(split.baskets(Part::test))));
  for (const auto& [part, name] :
       {std::pair{Part::train, "train.tsv"}, std::pair{Part::valid, "valid.tsv"},
        std::pair{Part::test, "test.tsv"}}) {
    GS_TRY(const auto events, event_lines(data, split, part));
    GS_CHECK(write(directory / name, events));
  }
  GS_CHECK(write(directory / "items.tsv", item_lines(split)));
  GS_CHECK(write(directory / "users.tsv", user_lines(split)));
  GS_CHECK(write(directory / "shops_country.txt", shops_by_country(split).lines()));
  GS_CHECK(write(directory / "shops32.txt", shops_equal(split).lines()));
  GS_CHECK(write(directory / "shops.txt", shops.lines()));
  // The random assignment is known for the bundled transactions only.
  const auto skew = shops_by_skew(split);
  return skew.has_value() ? write(directory / "shops_skew.txt", skew->lines()) : Result<>{};
}

boost::json::object to_json(const RowCounts& counts, const RetailSplit& split,
                            const ShopAssignment& shops) {
  boost::json::array names;
  for (const auto& name : shops.names) names.emplace_back(name);
  return {{"rows", counts.rows},
          {"used", counts.used},
          {"not_used", boost::json::object{{"no_customer", counts.no_customer},
                                           {"returns", counts.returns},
                                           {"not_a_product", counts.not_a_product},
                                           {"no_price", counts.no_price}}},
          {"users", split.users.size()},
          {"items", split.items.size()},
          {"shops", std::move(names)}};
}

Result<cli::ExitCode> run_prepare(const cli::Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto input = arguments.has("input") ? std::filesystem::path{arguments.text("input")}
                                            : bundled_transactions();
  GS_TRY(const auto data, read_retail(input));
  const auto split = split_last_basket(data);
  GS_TRY(const auto shops, choose_shops(arguments.text("shops"), split));
  GS_CHECK(write_prepared(data, split, shops, arguments.text("output")));
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << describe(data.counts, split, shops);
  } else {
    invocation.out << json::compact(to_json(data.counts, split, shops)) << '\n';
  }
  return cli::ExitCode::ok;
}

}  // namespace

std::filesystem::path bundled_transactions() { return kBundled / "online_retail.csv.gz"; }

Result<ShopAssignment> shops_by_skew(const RetailSplit& split) {
  return read_shops(kBundled / "shops_skew.txt.gz", split, "skew");
}

Result<ShopAssignment> shops_by_skew_partial(const RetailSplit& split) {
  GS_TRY(auto shops, shops_by_skew(split));
  const auto path = kBundled / "stock60_skew.txt.gz";
  GS_TRY(const std::string text, read_plain_or_gzip(path, kShopsTextBytesMax));
  GS_TRY(shops.stock, parse_stock(text, path.string(), shops.names.size(),
                                  static_cast<std::uint32_t>(split.items.size())));
  return shops;
}

Result<ShopAssignment> choose_shops(const std::string& choice, const RetailSplit& split) {
  if (choice == "country") return shops_by_country(split);
  if (choice == "skew") return shops_by_skew(split);
  if (choice == "32") return shops_equal(split);
  return read_shops(choice, split, "shop");
}

std::string shop_csv(const RetailData& data, const RetailSplit& split, const ShopAssignment& shops,
                     std::uint32_t shop, bool test) {
  std::string text = "customer,item,time,quantity,price,order,title\n";
  for (const auto& row : split.rows) {
    if (shops.shop_of_user[row.user] != shop || (row.part == Part::test) != test) continue;
    const auto& purchase = data.purchases[row.purchase];
    for (const auto* field : {&purchase.customer, &purchase.stock_code, &purchase.time,
                              &purchase.quantity, &purchase.price, &purchase.invoice}) {
      text += models::csv_field(*field) + ",";
    }
    text += models::csv_field(purchase.title) + "\n";
  }
  return text;
}

std::string consent_csv(const RetailData& data, const RetailSplit& split,
                        const ShopAssignment& shops, std::uint32_t shop) {
  std::vector<std::string> customers;
  std::set<std::uint32_t> seen;
  for (const auto& row : split.rows) {
    if (shops.shop_of_user[row.user] != shop || !seen.insert(row.user).second) continue;
    customers.push_back(models::csv_field(data.purchases[row.purchase].customer));
  }
  std::string text = "customer,purpose,state,decided_at,notice_version,method\n";
  const auto decide = [&text](const std::string& customer, const char* state, const char* time) {
    for (const char* purpose : {"training", "recommendations"}) {
      text += customer + "," + purpose + "," + state + "," + time + "," + kInvented + "\n";
    }
  };
  for (const auto& customer : customers) decide(customer, "given", "2011-12-10T00:00:00Z");
  if (shop < kWithdrawals && !customers.empty()) {
    decide(customers.back(), "withdrawn", "2011-12-11T00:00:00Z");
  }
  return text;
}

Result<> write_prepared(const RetailData& data, const RetailSplit& split,
                        const ShopAssignment& shops, const std::filesystem::path& output) {
  GS_TRY(const auto items, published_items(split));
  GS_CHECK(make_directory(output / "shops"));
  GS_CHECK(write(output / "items.csv", items.to_csv()));
  for (std::uint32_t shop = 0; shop < shops.names.size(); ++shop) {
    const auto directory = output / "shops" / shops.names[shop];
    GS_CHECK(make_directory(directory));
    GS_CHECK(write(directory / "train.csv", shop_csv(data, split, shops, shop, false)));
    GS_CHECK(write(directory / "holdout.csv", shop_csv(data, split, shops, shop, true)));
    GS_CHECK(write(directory / "consent.csv", consent_csv(data, split, shops, shop)));
  }
  return write_split(data, split, shops, output / "split");
}

std::string describe(const RowCounts& counts, const RetailSplit& split,
                     const ShopAssignment& shops) {
  const auto number = [](std::size_t value) { return cli::format_count(value); };
  std::string names;
  for (const auto& name : shops.names) names += (names.empty() ? "" : ", ") + name;
  return "Online Retail " + number(counts.rows) + " rows -> " + number(shops.names.size()) +
         " shops; used " + number(counts.used) + "; not used: no customer " +
         number(counts.no_customer) + ", returns " + number(counts.returns) +
         ", not a product code " + number(counts.not_a_product) + ", no price " +
         number(counts.no_price) + "\n" + number(split.users.size()) + " customers x " +
         number(split.items.size()) +
         " items (items of 5 customers or more, customers of 5 such items or more); " +
         number(split.rows.size()) + " rows in the shops' files\nshops: " + names +
         "\nconsent.csv of each shop is invented for this demonstration: all customers agree, " +
         number(std::min<std::size_t>(kWithdrawals, shops.names.size())) +
         " of them withdraw later and are not used\n";
}

cli::Command prepare_command() {
  return {.words = "data prepare",
          .summary = "Turn the Online Retail transactions into shops, an item list and the split",
          .options = {{.name = "input",
                       .value_name = "FILE",
                       .help = "transactions, CSV or gzip; the bundled ones if left out"},
                      {.name = "output",
                       .value_name = "DIR",
                       .help = "where to write; made if it is not there",
                       .required = true},
                      {.name = "shops",
                       .value_name = "country|skew|32|FILE",
                       .help = "which customers belong to which shop",
                       .default_value = "country"}},
          .examples = {"data prepare --output data", "data prepare --output data --shops 32"},
          .run = run_prepare};
}

}  // namespace guildsum::simulations
