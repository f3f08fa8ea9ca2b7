#include "simulations/masked_sum.hpp"

#include <boost/test/unit_test.hpp>

#include "models/contribute.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::random_purchases;
using test::split_among;

models::TaskPlan small_plan(models::TaskKind kind) {
  models::TaskPlan plan;
  plan.kind = kind;
  plan.items = test::kSmallItems;
  plan.ials.factors = 2;
  plan.ials.epochs = 2;
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(masked_sum_test)

BOOST_AUTO_TEST_CASE(the_masked_sum_is_the_plain_sum) {
  const auto shops = split_among(random_purchases(60, 2), 5);
  for (const auto kind :
       {models::TaskKind::popularity, models::TaskKind::ease, models::TaskKind::ials,
        models::TaskKind::bpr, models::TaskKind::softmax}) {
    const auto plan = small_plan(kind);
    const auto request = must(must(models::make_task(plan))->next_request());
    SeededRandom random{3};
    std::vector<std::vector<std::int64_t>> parts;
    for (const auto& shop : shops) {
      parts.push_back(must(models::contribute(plan, request, shop, random)).values);
    }
    MaskedSum masked{5, 9};
    PlainSum plain;
    BOOST_TEST((must(masked.sum(plan, request, parts)) == must(plain.sum(plan, request, parts))));
    BOOST_TEST(masked.bytes_up() > 5 * request.layout.total_length());
  }
}

BOOST_AUTO_TEST_CASE(a_whole_training_under_masks_gives_the_same_bytes_as_in_the_open) {
  const auto shops = split_among(random_purchases(60, 2), 5);
  const auto plan = small_plan(models::TaskKind::ials);
  MaskedSum masked{5, 9};
  PlainSum plain;
  SeededRandom random{3};
  SeededRandom same{3};
  const auto under_masks = must(train_federated(plan, shops, masked, random));
  const auto in_the_open = must(train_federated(plan, shops, plain, same));
  BOOST_TEST((under_masks.checkpoint == in_the_open.checkpoint));
  BOOST_TEST(under_masks.sums == 4U);
}

BOOST_AUTO_TEST_CASE(extreme_values_do_not_wrap) {
  const models::SumRequest request{"step", 1, {{models::Segment::exact("a", 2, 1'000'000)}}, {}};
  const std::vector<std::vector<std::int64_t>> parts(5, {1'000'000, -1'000'000});
  MaskedSum masked{5, 1};
  BOOST_TEST(must(masked.sum(small_plan(models::TaskKind::popularity), request, parts)) ==
             (std::vector<std::int64_t>{5'000'000, -5'000'000}));
}

BOOST_AUTO_TEST_CASE(values_too_wide_for_any_ring_are_refused) {
  const models::SumRequest request{
      "step", 1, {{models::Segment::exact("a", 1, std::uint64_t{1} << 62)}}, {}};
  const std::vector<std::vector<std::int64_t>> parts(5, {0});
  MaskedSum masked{5, 1};
  BOOST_TEST(test::refused(masked.sum(small_plan(models::TaskKind::popularity), request, parts),
                           "more than 62 bits"));
}

BOOST_AUTO_TEST_CASE(as_many_contributions_as_shops_are_needed) {
  const models::SumRequest request{"step", 1, {{models::Segment::exact("a", 1, 10)}}, {}};
  const std::vector<std::vector<std::int64_t>> parts(4, {0});
  MaskedSum masked{5, 1};
  BOOST_TEST(test::refused(masked.sum(small_plan(models::TaskKind::popularity), request, parts),
                           "one input per shop"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
