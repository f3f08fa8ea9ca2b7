#include "simulations/faults/run_counts.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations {
namespace {

RunCounts counts_from(std::uint64_t first) {
  RunCounts counts;
  for (auto* member : {&counts.attempts, &counts.sums, &counts.counted, &counts.refusals,
                       &counts.shop_crashes, &counts.coordinator_crashes, &counts.transactions,
                       &counts.messages, &counts.checks, &counts.signature_checks,
                       &counts.signature_checks_memoised, &counts.events}) {
    *member = first++;
  }
  for (AttackTally& tally : counts.attacks) tally = {first++, first++};
  for (std::uint64_t& faults : counts.faults_by_kind) faults = first++;
  counts.virtual_ms = static_cast<std::int64_t>(first);
  return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_counts_test)

BOOST_AUTO_TEST_CASE(each_count_is_added_to_its_own) {
  const RunCounts small = counts_from(1);
  const RunCounts large = counts_from(1'000);
  RunCounts sum = small;
  sum += large;
  for (const auto member : {&RunCounts::attempts, &RunCounts::sums, &RunCounts::counted,
                            &RunCounts::refusals, &RunCounts::shop_crashes,
                            &RunCounts::coordinator_crashes, &RunCounts::transactions,
                            &RunCounts::messages, &RunCounts::checks, &RunCounts::signature_checks,
                            &RunCounts::signature_checks_memoised, &RunCounts::events}) {
    BOOST_TEST((sum.*member) == (small.*member) + (large.*member));
  }
  for (std::size_t k = 0; k < kAttackKinds; ++k) {
    BOOST_TEST(sum.attacks[k].tried == small.attacks[k].tried + large.attacks[k].tried);
    BOOST_TEST(sum.attacks[k].refused == small.attacks[k].refused + large.attacks[k].refused);
  }
  for (std::size_t k = 0; k < kFaultKinds; ++k) {
    BOOST_TEST(sum.faults_by_kind[k] == small.faults_by_kind[k] + large.faults_by_kind[k]);
  }
  BOOST_TEST(sum.virtual_ms == small.virtual_ms + large.virtual_ms);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
