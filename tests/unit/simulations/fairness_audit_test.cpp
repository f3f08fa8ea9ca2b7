#include "simulations/fairness_audit.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "simulations/masked_sum.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::must;

constexpr std::uint32_t kItems = 6;
const std::vector<std::uint64_t> kBuyers{9, 8, 7, 6, 5, 4};

/// Five shops with 12 customers of each of the groups but the last, which has one in the first.
std::vector<AuditedShop> five_audited_shops() {
  std::vector<AuditedShop> shops;
  for (int shop = 0; shop < 5; ++shop) {
    AuditedShop audited{models::FairnessMeter{3, kItems}, 0.05 * (shop - 1)};
    for (models::ItemIndex k = 0; k < 12; ++k) {
      const std::vector<models::Recommendation> ranked{{k % kItems, 2}, {(k + 1) % kItems, 1}};
      audited.meter.add(0, ranked, std::vector<models::ItemIndex>{k % kItems});
      audited.meter.add(1, ranked, std::vector<models::ItemIndex>{(k + 3) % kItems});
    }
    const std::vector<models::Recommendation> rare{{0, 1}};
    if (shop == 0) audited.meter.add(2, rare, std::vector<models::ItemIndex>{0});
    shops.push_back(std::move(audited));
  }
  return shops;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fairness_audit_test)

BOOST_AUTO_TEST_CASE(masked_sums_say_what_open_sums_say) {
  const auto shops = five_audited_shops();
  PlainSum open;
  MaskedSum masked{5, 7};
  const auto expected = must(audit_fairness(shops, {"a", "b", "rare"}, kBuyers, open));
  const auto found = must(audit_fairness(shops, {"a", "b", "rare"}, kBuyers, masked));
  BOOST_TEST(boost::json::serialize(to_json(found)) == boost::json::serialize(to_json(expected)));
  BOOST_TEST(found.sums == 2U);
  BOOST_TEST(found.report.shops == 5);
  BOOST_TEST(found.report.shops_worse == 1);
}

BOOST_AUTO_TEST_CASE(people_and_programs_are_told_the_same) {
  PlainSum open;
  const auto found = must(audit_fairness(five_audited_shops(), {"a", "b", "rare"}, kBuyers, open));
  const auto document = to_json(found);
  BOOST_TEST(document.at("groups").as_array().size() == 2U);
  const auto& worse = document.at("groups").as_array()[1].as_object();
  BOOST_TEST(worse.at("group").as_string() == "b");
  BOOST_TEST(worse.at("customers").to_number<int>() == 60);
  BOOST_TEST(worse.at("served_badly").as_bool());
  BOOST_TEST(document.at("suppressed").as_array()[0].as_string() == "rare");
  const auto text = to_text(found);
  for (const char* part : {"below 0.8 of the mean",
                           "suppressed, of fewer than 50 customers: 1 group\n",
                           "NDCG@10 of the groups: 0.0000 to 1.0000",
                           "1 of 5 shops are better off alone"}) {
    BOOST_TEST(test::contains(text, part), part << " is not in " << text);
  }
  BOOST_TEST(!test::contains(text, "rare"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
