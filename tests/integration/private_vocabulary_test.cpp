#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "tests/support/federation.hpp"

// A federation whose item list nobody publishes, with the real programs over TLS: the shops agree
// on a key, count which items enough of them hold, and train on those.
namespace guildsum::test {
namespace {

constexpr std::uint32_t kItems = 24;
constexpr std::uint32_t kHoldersMin = 4;  // k + c of six shops

FederationOptions private_federation() {
  FederationOptions options;
  options.shops = 6;
  options.items = kItems;
  options.customers = 8;
  options.publishes_items = false;
  return options;
}

/// How many shops sell each item, and how many customers bought it in all.
struct Counted {
  std::map<std::string, std::uint32_t> holders;
  std::map<std::string, std::int64_t> customers;
};

Counted count(const Federation& guild) {
  Counted counted;
  for (std::uint32_t shop = 0; shop < guild.shops(); ++shop) {
    std::set<std::string> sold;
    for (const auto& [customer, item] :
         invent_purchases(shop, guild.options().customers, guild.options().items)) {
      sold.insert(item);
      ++counted.customers[item];  // No pair occurs twice.
    }
    for (const std::string& item : sold) ++counted.holders[item];
  }
  return counted;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string key_of(const ShopProcess& shop) {
  return content_of(shop.agent_dir() / "keys" / "vocabulary.key");
}

/// Everything that the coordinator ever wrote.
std::string coordinator_files(CoordinatorProcess& coordinator) {
  std::string all = coordinator.log();
  for (const auto& entry : std::filesystem::recursive_directory_iterator{coordinator.directory()}) {
    if (entry.is_regular_file()) all += content_of(entry.path());
  }
  return all;
}

/// n for the triangle with n (n + 1) / 2 values.
std::uint32_t rows_of(std::size_t triangle) {
  std::uint32_t n = 0;
  while (std::size_t{n} * (n + 1) / 2 < triangle) ++n;
  return n;
}

void check_key_is_secret(Federation& guild) {
  const std::string key = key_of(guild.shop(0));
  BOOST_TEST(key.size() >= 64u);
  for (std::size_t i = 1; i < guild.shops(); ++i) BOOST_TEST((key_of(guild.shop(i)) == key));
  const std::string hex = key.substr(0, 64);
  const Bytes raw = from_hex(hex).value();
  const std::string seen = coordinator_files(guild.coordinator());
  BOOST_TEST((seen.find(hex) == std::string::npos));
  BOOST_TEST((seen.find(as_text(raw)) == std::string::npos));
  BOOST_TEST((seen.find(item_name(0)) == std::string::npos));
  for (std::size_t i = 0; i < guild.shops(); ++i) {
    BOOST_TEST((guild.shop(i).log().find(hex) == std::string::npos));
  }
}

/// The opened Gram's diagonal must be the customers of different items that enough shops hold.
void check_gram(Federation& guild, std::uint64_t round) {
  guild.check_sum(round);
  const auto gram = guild.coordinator().opened_sum(round);
  const std::uint32_t rows = rows_of(gram.size());
  const Counted counted = count(guild);
  std::multiset<std::int64_t> expected;
  for (const auto& [item, holders] : counted.holders) {
    if (holders >= kHoldersMin) expected.insert(counted.customers.at(item));
  }
  BOOST_TEST(expected.size() < counted.holders.size());  // The gate keeps something out.
  BOOST_TEST(rows <= expected.size());
  // Two items may fall into one slot and then stay out both; more than two such slots are as good
  // as impossible.
  BOOST_TEST(rows + 4 >= expected.size());
  std::size_t at = 0;
  for (std::uint32_t row = 0; row < rows; at += rows - row, ++row) {
    const auto found = expected.find(gram[at]);
    BOOST_REQUIRE_MESSAGE(found != expected.end(), "row " << row << " is no item's count");
    expected.erase(found);
  }
}

void check_recommendations(ShopProcess& shop) {
  boost::json::object answer;
  const auto shared = [&] {
    const auto response = shop.get("/v1/recommendations?user=c0-000&n=3&explain=1");
    if (response.status != 200) return false;
    answer = json::parse_object(as_text(response.body)).value();
    return text_at(answer, "model") == "ease";
  };
  BOOST_REQUIRE_MESSAGE(eventually(shared), json::compact(answer));
  std::set<std::string> own;
  for (const auto& [customer, item] : invent_purchases(0, 8, kItems)) own.insert(item);
  BOOST_TEST(!answer.at("items").as_array().empty());
  for (const auto& item : answer.at("items").as_array()) {
    BOOST_TEST(own.contains(text_at(item.as_object(), "item_id")));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(private_vocabulary_test)

BOOST_AUTO_TEST_CASE(shops_train_on_the_items_that_enough_of_them_hold) {
  Federation guild{private_federation()};
  // Nothing can be trained before rows are shared.
  const Finished early = guild.coordinator().run({"round", "start", "--task", "ease"});
  BOOST_TEST(early.exit_code != 0);
  BOOST_TEST(early.err.find("vocabulary") != std::string::npos);

  guild.run_task("vocabulary", {{"slots", "65536"}});
  BOOST_TEST(guild.check_sum(1).size() == 6u);
  for (std::size_t i = 0; i < guild.shops(); ++i) guild.shop(i).await_log("vocabulary.shared");
  check_key_is_secret(guild);

  // Key and rows outlive both sides' processes.
  guild.shop(0).kill();
  guild.coordinator().restart();
  guild.shop(0).start({{"serving.model", "ease"}});
  guild.await_online();
  guild.run_task("ease");
  check_gram(guild, 2);
  check_recommendations(guild.shop(0));
  guild.stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::test
