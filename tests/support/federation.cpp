#include "tests/support/federation.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include "base/json.hpp"

namespace guildsum::test {
namespace {

constexpr std::size_t kLogEnd = 6000;  // bytes of each log that a failed test shows

bool case_failed() {
  if (std::uncaught_exceptions() > 0) return true;
  const auto id = boost::unit_test::framework::current_test_case_id();
  return !boost::unit_test::results_collector.results(id).passed();
}

void print_end(const std::string& name, const std::string& log) {
  const std::size_t from = log.size() > kLogEnd ? log.size() - kLogEnd : 0;
  std::cerr << "---- " << name << "\n" << log.substr(from) << "\n";
}

void expect_clean(const std::string& name, const std::string& log) {
  for (const char* fault :
       {"AddressSanitizer", "LeakSanitizer", "runtime error:", "broken invariant"}) {
    BOOST_CHECK_MESSAGE(log.find(fault) == std::string::npos, name << " logged " << fault);
  }
}

void add_to(std::vector<std::int64_t>& total, const std::vector<std::int64_t>& values) {
  if (total.empty()) total.resize(values.size(), 0);
  BOOST_REQUIRE_EQUAL(total.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) total[i] += values[i];
}

}  // namespace

std::string shop_name(std::size_t index) { return "shop-" + std::to_string(index); }

Federation::Federation(FederationOptions options) : options_{std::move(options)} {
  std::filesystem::path catalogue;
  if (options_.publishes_items) {
    catalogue = path("items.csv");
    write_catalogue(catalogue, options_.items);
  } else {
    options_.coordinator.emplace_back("catalogue.mode", "private");
  }
  std::string registrar;
  if (options_.external_registrar) {
    registrar_ = std::make_unique<RegistrarProcess>(path("registrar"));
    registrar = registrar_->key();
    options_.shop += "\n[policy]\nregistrar = \"" + registrar + "\"\n";
  }
  coordinator_ = std::make_unique<CoordinatorProcess>(path("coordinator"), catalogue,
                                                      options_.coordinator, registrar);
  coordinator_->start();
  for (std::uint32_t i = 0; i < options_.shops; ++i) {
    ShopProcess& shop = add_shop();
    const Finished joined = shop.join(coordinator_->invite(shop.name()));
    BOOST_REQUIRE_MESSAGE(joined.exit_code == 0, joined.err);
  }
  if (registrar_) registrar_->ceremony(*coordinator_);
  for (const auto& shop : shops_) shop->start();
  await_online();
}

Federation::~Federation() {
  // Shops first: what they would log about a lost coordinator says nothing.
  for (const auto& shop : shops_) {
    if (shop->is_started()) shop->kill();
  }
  if (coordinator_ && coordinator_->is_started()) coordinator_->kill();
  if (case_failed()) print_logs();
}

ShopProcess& Federation::shop(const std::string& name) {
  const auto found = std::ranges::find(shops_, name, [](const auto& shop) { return shop->name(); });
  if (found == shops_.end()) throw std::runtime_error{"no shop " + name};
  return **found;
}

ShopProcess& Federation::add_shop() {
  const auto index = static_cast<std::uint32_t>(shops_.size());
  shops_.push_back(
      std::make_unique<ShopProcess>(shop_name(index), path(shop_name(index)), options_.shop));
  auto purchases = invent_purchases(index, options_.customers, options_.items);
  if (options_.holds_out) {
    write_orders(shops_.back()->folder() / "holdout.csv", take_last_items(purchases));
  }
  write_orders(shops_.back()->orders_file(), purchases);
  return *shops_.back();
}

void Federation::await_online() {
  for (const auto& shop : shops_) {
    if (shop->is_started() && shop->process().running()) await_online(*shop);
  }
}

void Federation::await_online(ShopProcess& shop) {
  BOOST_REQUIRE_MESSAGE(eventually([&] { return shop.is_online(); }),
                        shop.name() << " does not reach the coordinator");
}

boost::json::object Federation::run_task(const std::string& kind, const Settings& settings) {
  auto task = coordinator_->finish_task(coordinator_->start_task(kind, settings));
  BOOST_CHECK_MESSAGE(text_at(task, "status") == "completed", json::compact(task));
  return task;
}

std::vector<std::string> Federation::check_sum(
    std::uint64_t round, const std::map<std::string, std::vector<std::int64_t>>& played) {
  const auto document = coordinator_->get("/v1/rounds/" + std::to_string(round));
  BOOST_REQUIRE_EQUAL(text_at(document, "status"), "completed");
  auto survivors = names_at(document, "survivors");
  std::vector<std::int64_t> expected;
  for (const auto& name : survivors) {
    const auto own = played.find(name);
    add_to(expected, own != played.end() ? own->second
                                         : shop(name).plain(round, number_at(document, "attempt")));
  }
  const auto opened = coordinator_->opened_sum(round);
  BOOST_TEST(opened == expected, boost::test_tools::per_element());
  return survivors;
}

std::vector<std::int64_t> Federation::counted(const std::vector<std::string>& names) const {
  std::vector<std::int64_t> total;
  for (std::uint32_t i = 0; i < shops_.size(); ++i) {
    if (std::ranges::find(names, shops_[i]->name()) == names.end()) continue;
    const auto purchases = invent_purchases(i, options_.customers, options_.items);
    add_to(total, customers_per_item(purchases, options_.items));
  }
  return total;
}

void Federation::stop() {
  for (const auto& shop : shops_) {
    if (!shop->is_started() || !shop->process().running()) continue;
    BOOST_CHECK_MESSAGE(shop->stop() == 0, shop->name() << " did not end well");
  }
  if (coordinator_->process().running()) {
    BOOST_CHECK_MESSAGE(coordinator_->stop() == 0, "the coordinator did not end well");
  }
  for (const auto& shop : shops_) expect_clean(shop->name(), shop->log());
  expect_clean("the coordinator", coordinator_->log());
}

void Federation::print_logs() const {
  for (const auto& shop : shops_) print_end(shop->name(), shop->log());
  if (coordinator_) print_end("coordinator", coordinator_->log());
}

}  // namespace guildsum::test
