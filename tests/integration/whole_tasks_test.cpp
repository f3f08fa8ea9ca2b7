#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <map>

#include <boost/test/unit_test.hpp>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "models/transitions.hpp"
#include "tests/support/federation.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

/// What a web shop gets from its agent.
boost::json::object recommended(const ShopProcess& shop, const std::string& customer) {
  const auto answer =
      shop.get("/v1/recommendations?user=" + customer + "&n=5&explain=1&exclude=purchased");
  BOOST_REQUIRE_EQUAL(answer.status, 200);
  const auto document = json::parse_object(as_text(answer.body));
  BOOST_REQUIRE(document.has_value());
  return *document;
}

/// Documented types: texts are texts, numbers are numbers.
void check_item(const boost::json::object& item) {
  BOOST_TEST(text_at(item, "item_id").starts_with("item-"));
  BOOST_TEST(text_at(item, "title").starts_with("Thing number "));
  BOOST_TEST(!text_at(item, "source").empty());
  BOOST_TEST(item.at("score").is_double());
  const auto& reasons = item.at("reasons").as_array();
  BOOST_TEST(!reasons.empty());
  for (const auto& value : reasons) {
    const auto& reason = value.as_object();
    const std::string kind = text_at(reason, "kind");
    BOOST_TEST((kind == "bought" || kind == "popular"));
    BOOST_TEST(!text_at(reason, "text").empty());
    // A purchase names its item as a text; popularity names none.
    const auto& cause = reason.at("item_id");
    BOOST_TEST((kind == "bought" ? cause.is_string() : cause.is_null()));
  }
}

void check_recommendations(Federation& federation, const std::string& model) {
  ShopProcess& shop = federation.shop(0);
  const std::string customer =
      invent_purchases(0, federation.options().customers, federation.options().items).front().first;
  const auto known = recommended(shop, customer);
  BOOST_TEST(text_at(known, "model") == model);
  BOOST_TEST(number_at(known, "model_version") > 0U);
  BOOST_TEST(known.at("fallback").is_null());
  BOOST_TEST(known.at("shortfall_reason").is_null());
  BOOST_TEST(known.at("items").as_array().size() == 5U);
  for (const auto& item : known.at("items").as_array()) check_item(item.as_object());

  const auto stranger = recommended(shop, "nobody");
  BOOST_TEST(text_at(stranger, "fallback") == "unknown_customer");
  const auto all = shop.get("/v1/recommendations?user=" + customer + "&n=200");
  const auto document = json::parse_object(as_text(all.body));
  BOOST_TEST(text_at(*document, "shortfall_reason").starts_with("only "));
}

/// Waits until this shop serves the model that a task released.
void await_model(ShopProcess& shop, const std::string& kind) {
  const bool served = eventually([&] {
    const auto status = shop.status();
    return text_at(status.at("serving").as_object(), "model") == kind &&
           number_at(status.at("serving").as_object(), "model_version") > 0;
  });
  BOOST_REQUIRE_MESSAGE(served, json::compact(shop.status()));
}

void expect_says(const Finished& finished, std::initializer_list<std::string_view> texts) {
  BOOST_TEST(finished.exit_code == 0, finished.err);
  for (const auto text : texts) {
    BOOST_TEST(finished.out.find(text) != std::string::npos, text << " is not in " << finished.out);
  }
}

/// What operator and owner see with their commands.
void check_commands(Federation& federation) {
  const CoordinatorProcess& coordinator = federation.coordinator();
  expect_says(coordinator.run({"shop", "list"}), {"shop-0", "shop-5", "active"});
  expect_says(coordinator.run({"round", "list"}), {"popularity.counts", "6 shops in the sum"});
  expect_says(coordinator.run({"round", "show", "1"}), {"popularity.counts", "voted", "shop-3"});
  BOOST_TEST(coordinator.run({"--progress", "plain", "round", "watch", "--task", "1"}).exit_code ==
             0);
  expect_says(coordinator.run({"model", "list"}), {"popularity", "ease", "ials"});
  expect_says(coordinator.run({"model", "show", "2"}), {"ease", "6 shops"});
  const auto exported = federation.path("ease.model");
  BOOST_TEST(coordinator.run({"model", "export", "2", "--output", exported.string()}).exit_code ==
             0);
  BOOST_TEST(std::filesystem::file_size(exported) > 0U);
  BOOST_TEST(coordinator.run({"round", "show", "99"}).exit_code != 0);

  const ShopProcess& shop = federation.shop(1);
  expect_says(shop.run({"status"}), {"shop-1", ", online", "took part in"});
  expect_says(shop.run({"preview", "--customer", "c1-000"}), {"Thing number"});
  expect_says(shop.run({"check-data"}), {"0 not used"});
  expect_says(shop.run({"check-config", "--effective"}), {"agent.dir", "outbox.keep_plain"});
}

/// The transitions sum over all shops, counted from what `write_orders` put into their files.
std::vector<std::int64_t> counted_transitions(const Federation& federation) {
  const auto& options = federation.options();
  std::vector<std::int64_t> total(std::size_t{options.items} * options.items, 0);
  for (std::uint32_t shop = 0; shop < federation.shops(); ++shop) {
    std::map<std::string, std::vector<models::PastPurchase>> customers;
    std::int64_t order = 0;
    for (const auto& [customer, item] : invent_purchases(shop, options.customers, options.items)) {
      const auto number = static_cast<models::ItemIndex>(std::stoul(item.substr(5)));
      customers[customer].push_back({number, 1 + ++order % 28, 1});
    }
    std::vector<std::vector<models::PastPurchase>> rows;
    for (auto& [customer, row] : customers) rows.push_back(std::move(row));
    const auto histories = models::Histories::build(options.items, rows);
    BOOST_REQUIRE(histories.has_value());
    const auto model = models::transitions_of(*histories);
    BOOST_REQUIRE(model.has_value());
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += model->counts[i];
  }
  return total;
}

/// One shop serves this kind; it is restarted for it.
void serve_only(ShopProcess& shop, const std::string& kind) {
  BOOST_REQUIRE(shop.stop() == 0);
  shop.start({{"serving.model", kind}});
  await_model(shop, kind);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_tasks_test)

BOOST_AUTO_TEST_CASE(popularity_ease_and_ials_open_exact_sums_and_every_shop_serves_them) {
  Federation federation;

  federation.run_task("popularity");
  const auto survivors = federation.check_sum(1);
  BOOST_TEST(survivors.size() == 6U);
  // Not only what agents say they sent: what their files hold.
  BOOST_TEST(federation.coordinator().opened_sum(1) == federation.counted(survivors),
             boost::test_tools::per_element());

  federation.run_task("ease");
  federation.check_sum(2);

  const Settings small{{"factors", "4"}, {"epochs", "1"}, {"products", "2"}};
  const auto task = federation.run_task("ials", small);
  const std::uint64_t sums = number_at(task, "sums_done");
  BOOST_TEST(sums == number_at(task, "sums_total"));
  BOOST_TEST(sums >= 3U);
  for (std::uint64_t round = 3; round < 3 + sums; ++round) federation.check_sum(round);

  for (std::size_t i = 0; i < federation.shops(); ++i) {
    const bool has_all =
        eventually([&] { return federation.shop(i).status().at("models").as_array().size() == 3; });
    BOOST_TEST(has_all, federation.shop(i).name() << " lacks a model");
  }
  check_commands(federation);
  serve_only(federation.shop(0), "ease");
  check_recommendations(federation, "ease");
  serve_only(federation.shop(0), "ials");
  BOOST_TEST(text_at(recommended(federation.shop(0), "c0-000"), "model") == "ials");

  const Finished models = federation.coordinator().run({"--format", "json", "model", "list"});
  for (const char* kind : {"\"popularity\"", "\"ease\"", "\"ials\""}) {
    BOOST_TEST(count_in(models.out, kind) == 1U);
  }
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_gradient_model_and_transitions_are_trained_and_served) {
  Federation federation{{.shop = "[policy]\ntask_kinds = [\"bpr\", \"transitions\"]\n"}};
  const auto task = federation.run_task("bpr", {{"factors", "4"}, {"rounds", "3"}});
  BOOST_TEST(number_at(task, "sums_done") == 3U);
  for (std::uint64_t round = 1; round <= 3; ++round) federation.check_sum(round);
  serve_only(federation.shop(0), "bpr");
  BOOST_TEST(text_at(recommended(federation.shop(0), "c0-000"), "model") == "bpr");

  federation.run_task("transitions");
  BOOST_TEST(federation.check_sum(4).size() == 6U);
  BOOST_TEST(federation.coordinator().opened_sum(4) == counted_transitions(federation),
             boost::test_tools::per_element());
  boost::json::object next;
  BOOST_TEST(eventually([&] {
    const auto answer = federation.shop(0).get("/v1/recommendations?context=next&user=c0-000&n=3");
    next = *json::parse_object(as_text(answer.body));
    return text_at(next, "model") == "transitions";
  }));
  BOOST_TEST(number_at(next, "model_version") == 2U);
  BOOST_TEST(next.at("fallback").is_null());
  BOOST_TEST(!next.at("items").as_array().empty());
  BOOST_TEST(text_at(recommended(federation.shop(0), "c0-000"), "model") == "bpr");
  // The same from the directory alone.
  BOOST_TEST(federation.shop(0).stop() == 0);
  expect_says(federation.shop(0).run({"preview", "--context", "next", "--customer", "c0-000"}),
              {"model transitions, version 2", "often bought after Thing number"});
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_good_round_is_quiet_in_every_log) {
  Federation federation;
  federation.run_task("popularity");
  federation.run_task("ease");
  federation.stop();
  for (std::size_t i = 0; i < federation.shops(); ++i) {
    for (const char* level : {"  warn   round", "  error  "}) {
      BOOST_TEST(count_in(federation.shop(i).log(), level) == 0U, federation.shop(i).name()
                                                                      << " logged " << level);
    }
  }
  BOOST_TEST(count_in(federation.coordinator().log(), "  error  ") == 0U);
  BOOST_TEST(count_in(federation.coordinator().log(), "  info   request.refused") == 0U);
}

BOOST_AUTO_TEST_CASE(fewer_shops_than_the_minimum_start_no_round) {
  Federation federation{{.shops = 3, .items = 5, .customers = 3}};
  const Finished started = federation.coordinator().run({"round", "start", "--task", "popularity"});
  BOOST_TEST(started.exit_code != 0);
  BOOST_TEST(started.err.find("a round needs 5 shops, 3 are enrolled") != std::string::npos,
             started.err);
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
