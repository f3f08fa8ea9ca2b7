#include "models/evaluation_plan.hpp"

#include <limits>

#include "tests/unit/models/evaluation_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::evaluation_plan;
using models::test::must;
using models::test::refused;
using models::test::version_of;

namespace {

template <class Change>
bool invalid(std::string_view why, Change change) {
  TaskPlan plan = evaluation_plan();
  change(plan.evaluation);
  return refused(plan.validate(), ModelsErrc::bad_plan, why) &&
         refused(TaskPlan::parse(plan.canonical_bytes()), ModelsErrc::malformed, why);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_plan_test)

BOOST_AUTO_TEST_CASE(a_plan_survives_its_bytes_and_no_other_bytes_are_read) {
  const auto plan = evaluation_plan();
  const Bytes bytes = plan.canonical_bytes();
  BOOST_TEST((must(TaskPlan::parse(bytes)) == plan));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(TaskPlan::parse(ByteView{bytes}.first(length)), ModelsErrc::malformed));
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  BOOST_TEST(refused(TaskPlan::parse(longer), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(every_part_of_a_candidate_is_in_the_bytes) {
  const auto plan = evaluation_plan();
  const auto differs = [&](auto change) {
    auto other = plan;
    change(other.evaluation);
    return must(TaskPlan::parse(other.canonical_bytes())) == other &&
           other.canonical_bytes() != plan.canonical_bytes();
  };
  BOOST_TEST(differs([](EvaluationPlan& p) { p.candidates[0].model.root[31] = std::byte{1}; }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.candidates[0].model.version = 9; }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.candidates[1].ridge = 301; }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.candidates[2].other.root[0] = std::byte{7}; }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.candidates[2].other_weight = 0.5; }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.band_ends.clear(); }));
  BOOST_TEST(differs([](EvaluationPlan& p) { p.shops_min = 3; }));
}

BOOST_AUTO_TEST_CASE(what_is_out_of_range_is_named) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(invalid("1 to 12, there are 0", [](auto& p) { p.candidates.clear(); }));
  BOOST_TEST(invalid("1 to 12, there are 13", [](auto& p) {
    for (std::uint64_t v = 4; p.candidates.size() < 13; ++v) {
      p.candidates.push_back({version_of(v), 0, {}, 0});
    }
  }));
  BOOST_TEST(invalid("same candidate", [](auto& p) { p.candidates[1] = p.candidates[0]; }));
  BOOST_TEST(invalid("needs a version", [](auto& p) { p.candidates[0].model.version = 0; }));
  for (const double ridge : {-1.0, -0.0, 1e-300, 0.99, 1.1e6, 1e10, kNan}) {
    BOOST_TEST(invalid("ridge", [ridge](auto& p) { p.candidates[1].ridge = ridge; }));
  }
  for (const double weight : {0.0, 1.0, -0.5, 0.04, 0.3 + 1e-9, 0.97, kNan}) {
    BOOST_TEST(invalid("weight", [weight](auto& p) { p.candidates[2].other_weight = weight; }));
  }
  BOOST_TEST(invalid("two different", [](auto& p) { p.candidates[2].other.version = 2; }));
  BOOST_TEST(invalid("half a blend", [](auto& p) { p.candidates[0].other_weight = 0.5; }));
  BOOST_TEST(invalid("bands", [](auto& p) { p.band_ends = {5, 5}; }));
  BOOST_TEST(invalid("bands", [](auto& p) { p.band_ends = {0, 5}; }));
  BOOST_TEST(invalid("at most 16", [](auto& p) {
    p.band_ends.clear();
    for (std::uint32_t end = 1; end <= 16; ++end) p.band_ends.push_back(end);
  }));
  auto crowd = evaluation_plan();
  crowd.customers_max = 1'000'000'001;
  BOOST_TEST(refused(crowd.validate(), ModelsErrc::bad_plan, "customers_max"));
  for (const std::uint32_t shops : {0U, 1U, 257U}) {
    BOOST_TEST(invalid("shops_min", [shops](auto& p) { p.shops_min = shops; }));
  }
}

// Rankings by nearly equal models differ for single customers, whose figures the difference of the
// opened sums would be.
BOOST_AUTO_TEST_CASE(candidates_that_nearly_agree_are_refused) {
  const auto with_ridge = [](double ridge) {
    return [ridge](auto& p) { p.candidates.push_back({version_of(2), ridge, {}, 0}); };
  };
  for (const double ridge : {300.0000001, 240.1, 374.9}) {
    BOOST_TEST(invalid("factor of 1.25", with_ridge(ridge)));
  }
  BOOST_TEST(invalid("factor of 1.25", [](auto& p) {  // In a blend too.
    p.candidates[2].ridge = 310;
  }));
  BOOST_TEST(invalid("same candidate", [](auto& p) {  // The blend with its parts swapped.
    p.candidates.push_back({version_of(1), 0, version_of(2), 0.75});
  }));
  auto plan = evaluation_plan();
  with_ridge(240)(plan.evaluation);
  with_ridge(375)(plan.evaluation);
  plan.evaluation.candidates.push_back({version_of(1), 0, version_of(2), 0.7});
  must(plan.validate());
  BOOST_TEST(refused(plan.evaluation.check_own_ridge(2, 300), ModelsErrc::bad_plan, "version 2"));
  BOOST_TEST(refused(plan.evaluation.check_own_ridge(2, 193), ModelsErrc::bad_plan, "1.25"));
  must(plan.evaluation.check_own_ridge(2, 192));
  must(plan.evaluation.check_own_ridge(2, 500));
  must(plan.evaluation.check_own_ridge(1, 300));  // Nobody asks a ridge of that version.
}

BOOST_AUTO_TEST_CASE(every_weight_in_steps_of_a_twentieth_is_one_as_it_is_written) {
  auto plan = evaluation_plan();
  for (const double weight : {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6,
                              0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95}) {
    plan.evaluation.candidates[2].other_weight = weight;
    must(plan.validate());
  }
}

BOOST_AUTO_TEST_CASE(a_band_ends_with_its_largest_number_of_items) {
  const auto plan = evaluation_plan().evaluation;
  BOOST_TEST(plan.bands() == 4U);
  for (const auto& [items, band] : std::vector<std::pair<std::size_t, std::size_t>>{
           {0, 0}, {5, 0}, {6, 1}, {8, 1}, {9, 2}, {12, 2}, {13, 3}, {1'000, 3}}) {
    BOOST_TEST(plan.band_of(items) == band);
  }
}

BOOST_AUTO_TEST_SUITE_END()
