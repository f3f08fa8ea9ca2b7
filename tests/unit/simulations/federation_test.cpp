#include "simulations/federation.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/errors.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"
#include "models/popularity.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::random_purchases;
using test::split_among;

models::TaskPlan plan_of(models::TaskKind kind) {
  models::TaskPlan plan;
  plan.kind = kind;
  plan.items = test::kSmallItems;
  plan.ials.factors = 4;
  plan.ials.epochs = 6;
  plan.popularity.customers_min = 3;
  return plan;
}

/// A sum that fails from its `fail_at`-th step on.
class FailingSum final : public SecureSum {
 public:
  explicit FailingSum(int fail_at) : fail_at_{fail_at} {}
  Result<std::vector<std::int64_t>> sum(const models::TaskPlan& plan,
                                        const models::SumRequest& request,
                                        std::span<const std::vector<std::int64_t>> parts) override {
    if (++steps_ >= fail_at_) return Error{models::ModelsErrc::out_of_range, "lost"};
    return plain_.sum(plan, request, parts);
  }

 private:
  PlainSum plain_;
  int fail_at_;
  int steps_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(federation_test)

BOOST_AUTO_TEST_CASE(a_plain_sum_adds_value_by_value) {
  PlainSum plain;
  const models::SumRequest request{"step", 1, {{models::Segment::exact("a", 3, 100)}}, {}};
  const std::vector<std::vector<std::int64_t>> parts{{1, 2, 3}, {-5, 0, 7}};
  BOOST_TEST(must(plain.sum({}, request, parts)) == (std::vector<std::int64_t>{-4, 2, 10}));
  const std::vector<std::vector<std::int64_t>> uneven{{1, 2, 3}, {1, 2}};
  BOOST_TEST(test::refused(plain.sum({}, request, uneven), "another length"));
}

BOOST_AUTO_TEST_CASE(the_federated_gram_is_the_centralised_one_bit_for_bit) {
  const auto all = random_purchases(90, 4);
  for (const std::size_t shops : {2U, 5U, 9U}) {
    PlainSum plain;
    SeededRandom random{1};
    const auto trained = must(
        train_federated(plan_of(models::TaskKind::ease), split_among(all, shops), plain, random));
    BOOST_TEST((std::get<models::GramModel>(trained.released).upper == models::gram_of(all).upper));
    BOOST_TEST(trained.sums == 1U);
  }
}

BOOST_AUTO_TEST_CASE(federated_counts_are_the_centralised_ones) {
  const auto all = random_purchases(40, 6);
  PlainSum plain;
  SeededRandom random{1};
  const auto trained = must(
      train_federated(plan_of(models::TaskKind::popularity), split_among(all, 4), plain, random));
  BOOST_TEST((std::get<models::PopularityModel>(trained.released).customers ==
              models::popularity_of(all, 3).customers));
}

BOOST_AUTO_TEST_CASE(federated_factors_do_not_depend_on_how_customers_are_split) {
  const auto all = random_purchases(80, 8);
  auto plan = plan_of(models::TaskKind::ials);
  plan.ials.scale = std::uint64_t{1} << 30;  // Rounding then shows in the ninth digit only.
  PlainSum plain;
  SeededRandom random{1};
  const auto one = must(train_federated(plan, split_among(all, 1), plain, random));
  const auto many = must(train_federated(plan, split_among(all, 7), plain, random));
  const auto& a = std::get<models::FactorModel>(one.released).item_factors;
  const auto& b = std::get<models::FactorModel>(many.released).item_factors;
  BOOST_TEST_REQUIRE(a.size() == b.size());
  for (std::size_t k = 0; k < a.size(); ++k) BOOST_TEST(std::abs(a[k] - b[k]) < 1e-3F);
  BOOST_TEST(one.sums == 12U);
}

BOOST_AUTO_TEST_CASE(federated_factors_reach_the_loss_of_exact_centralised_training) {
  const auto all = random_purchases(80, 8);
  auto plan = plan_of(models::TaskKind::ials);
  plan.ials.epochs = 20;
  PlainSum plain;
  SeededRandom random{1};
  const auto trained = must(train_federated(plan, split_among(all, 5), plain, random));
  const auto exact = must(models::train_ials(plan.ials, all));
  const auto loss = [&](const std::vector<float>& factors) {
    return models::ials_loss(plan.ials, must(models::solve_customers(plan.ials, factors, all)),
                             factors, all);
  };
  const double federated = loss(std::get<models::FactorModel>(trained.released).item_factors);
  BOOST_TEST(federated < 1.01 * loss(exact.item_factors));
}

BOOST_AUTO_TEST_CASE(progress_is_reported_after_every_sum) {
  PlainSum plain;
  SeededRandom random{1};
  std::vector<std::uint64_t> seen;
  must(train_federated(plan_of(models::TaskKind::ials), split_among(random_purchases(40, 1), 3),
                       plain, random,
                       [&](models::TaskProgress progress) { seen.push_back(progress.sums_done); }));
  BOOST_TEST(seen.size() == 12U);
  BOOST_TEST(seen.back() == 12U);
}

BOOST_AUTO_TEST_CASE(clipped_segments_are_counted) {
  auto plan = plan_of(models::TaskKind::ials);
  plan.ials.clip_norm_l2 = 1;
  PlainSum plain;
  SeededRandom random{1};
  const auto trained =
      must(train_federated(plan, split_among(random_purchases(90, 1), 2), plain, random));
  BOOST_TEST(trained.segments_clipped > 0U);
}

BOOST_AUTO_TEST_CASE(a_sum_that_fails_ends_the_training_with_its_error) {
  FailingSum failing{3};
  SeededRandom random{1};
  const auto trained = train_federated(plan_of(models::TaskKind::ials),
                                       split_among(random_purchases(40, 1), 3), failing, random);
  BOOST_TEST(test::refused(trained, "lost"));
}

BOOST_AUTO_TEST_CASE(a_plan_out_of_range_and_foreign_data_are_refused) {
  PlainSum plain;
  SeededRandom random{1};
  auto plan = plan_of(models::TaskKind::ials);
  plan.ials.factors = 0;
  const auto shops = split_among(random_purchases(40, 1), 3);
  BOOST_TEST(test::refused(train_federated(plan, shops, plain, random), "factors"));
  plan = plan_of(models::TaskKind::ease);
  plan.items = 3;
  BOOST_TEST(test::refused(train_federated(plan, shops, plain, random), "items, the plan 3"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
