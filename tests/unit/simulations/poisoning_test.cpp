#include "simulations/library/poisoning.hpp"

#include <algorithm>

#include "models/popularity.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

/// Hands back what it was given, one after the other.
class Recorder final : public SecureSum {
 public:
  Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan&, const models::SumRequest&,
      std::span<const std::vector<std::int64_t>> contributions) override {
    sent.assign(contributions.begin(), contributions.end());
    return contributions.front();
  }
  std::vector<std::vector<std::int64_t>> sent;
};

std::vector<std::int64_t> sent_by_second(double factor) {
  Recorder recorder;
  const Poison poison{.kind = PoisonKind::scales, .shop = 1, .item = {}, .factor = factor};
  PoisonedSum poisoned{recorder, poison};
  models::SumRequest request;
  request.layout.segments = {models::Segment::exact("a", 2, 100),
                             models::Segment::exact("b", 1, 5)};
  const std::vector<std::vector<std::int64_t>> values{{1, 2, 3}, {4, -5, 3}};
  BOOST_REQUIRE(poisoned.sum({}, request, values).has_value());
  BOOST_TEST((recorder.sent.front() == values.front()));
  return recorder.sent.back();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(poisoning_test)

BOOST_AUTO_TEST_CASE(each_kind_has_a_word_that_names_it) {
  for (const auto kind : {PoisonKind::promotes_item, PoisonKind::scales, PoisonKind::flips_sign,
                          PoisonKind::free_rider}) {
    BOOST_TEST((poison_named(to_string(kind)) == kind));
  }
  BOOST_TEST(!poison_named("garbage").has_value());
  BOOST_TEST(label_of({.item = {}, .customers = 1'000, .factor = 10}) ==
             "promotes-item, 1,000 customers, x10");
}

BOOST_AUTO_TEST_CASE(invented_customers_bought_the_item_and_what_sells_well) {
  const auto honest = test::random_purchases(30, 5);
  const auto more = with_invented_customers(honest, 3, 40, 9);
  BOOST_TEST(more.customers() == 70U);
  const auto before = models::popularity_of(honest).customers;
  const auto after = models::popularity_of(more).customers;
  BOOST_TEST(after[3] == before[3] + 40);
  for (std::size_t u = 0; u < 30; ++u) BOOST_TEST(std::ranges::equal(more.row(u), honest.row(u)));
  BOOST_TEST(more.row(30).size() > 5U);
  const auto again = with_invented_customers(honest, 3, 40, 9);
  const auto other = with_invented_customers(honest, 3, 40, 10);
  BOOST_TEST(std::ranges::equal(more.row(50), again.row(50)));
  bool differs = false;
  for (std::size_t u = 30; u < 70; ++u) {
    differs = differs || !std::ranges::equal(more.row(u), other.row(u));
  }
  BOOST_TEST(differs);
}

BOOST_AUTO_TEST_CASE(contributions_are_multiplied_up_to_the_bound) {
  BOOST_TEST((sent_by_second(10) == std::vector<std::int64_t>{40, -50, 5}));
  BOOST_TEST((sent_by_second(-1) == std::vector<std::int64_t>{-4, 5, -3}));
  BOOST_TEST((sent_by_second(0) == std::vector<std::int64_t>{0, 0, 0}));
  BOOST_TEST((sent_by_second(1000) == std::vector<std::int64_t>{100, -100, 5}));
  BOOST_TEST((sent_by_second(1) == std::vector<std::int64_t>{4, -5, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
