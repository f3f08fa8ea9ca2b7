#include "models/fairness.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::test::must;
using models::test::refused;

namespace {

using Values = std::vector<std::int64_t>;

constexpr std::uint32_t kItems = 10;

std::vector<Recommendation> ranking(const std::vector<ItemIndex>& items) {
  std::vector<Recommendation> ranked;
  for (const auto item : items) ranked.push_back({item, -static_cast<double>(ranked.size())});
  return ranked;
}

/// A shop whose customers of `group` are shown item 0 first and item 1 second, and want `wanted`.
void add_customers(FairnessMeter& meter, std::size_t group, std::size_t customers,
                   ItemIndex wanted) {
  const auto ranked = ranking({0, 1});
  const std::vector<ItemIndex> relevant{wanted};
  for (std::size_t k = 0; k < customers; ++k) meter.add(group, ranked, relevant);
}

Values added(const Values& a, const Values& b) {
  Values sum;
  for (std::size_t k = 0; k < a.size(); ++k) sum.push_back(a[k] + b[k]);
  return sum;
}

/// What the sums over two shops say. The second shop's own model is better by .1.
FairnessReport report_of(const FairnessMeter& a, const FairnessMeter& b,
                         const std::vector<std::uint64_t>& buyers) {
  const auto counts = added(a.counts(), b.counts());
  const auto measured = fairness_groups(counts);
  const double better = 0.3;
  const double worse = -0.1;
  const auto quality = added(a.contribution(measured, &better), b.contribution(measured, &worse));
  return must(fairness_report(counts, quality, buyers));
}

const std::vector<std::uint64_t> kBuyers{40, 30, 5, 5, 5, 5, 4, 3, 2, 1};

}  // namespace

BOOST_AUTO_TEST_SUITE(fairness_test)

BOOST_AUTO_TEST_CASE(groups_are_measured_over_all_shops) {
  FairnessMeter a{2, kItems};
  FairnessMeter b{2, kItems};
  add_customers(a, 0, 30, 0);  // First: NDCG 1.
  add_customers(b, 0, 30, 0);
  add_customers(a, 1, 20, 1);  // Second: NDCG 1 / log2(3).
  add_customers(b, 1, 40, 9);  // Not shown: 0.
  const auto report = report_of(a, b, kBuyers);
  const double second = 1.0 / std::log2(3.0);
  BOOST_TEST_REQUIRE(report.groups.size() == 2U);
  BOOST_TEST(report.suppressed.empty());
  BOOST_TEST(report.groups[0].customers == 60);
  BOOST_TEST(report.groups[0].ndcg_at_10.value == 1.0, tolerance(1e-6));
  BOOST_TEST(report.groups[0].ndcg_at_10.error == 0.0);
  BOOST_TEST(report.groups[1].ndcg_at_10.value == second / 3, tolerance(1e-5));
  BOOST_TEST(report.groups[1].recall_at_20.value == 1.0 / 3, tolerance(1e-5));
  // 20 ones and 40 zeros: variance 60/59 * 1/3 * 2/3, of the mean a sixtieth.
  BOOST_TEST(report.groups[1].recall_at_20.error == std::sqrt(2.0 / 9 / 59), tolerance(1e-4));
  BOOST_TEST(report.mean_ndcg_at_10 == (1.0 + second / 3) / 2, tolerance(1e-5));
  BOOST_TEST(!report.groups[0].served_badly);
  BOOST_TEST(report.groups[1].served_badly);
  BOOST_TEST(report.recall_at_20.difference() == 2.0 / 3, tolerance(1e-5));
  BOOST_TEST(report.recall_at_20.ratio() == 1.0 / 3, tolerance(1e-5));
  BOOST_TEST(report.recall_at_20.difference_error == report.groups[1].recall_at_20.error);
}

BOOST_AUTO_TEST_CASE(small_groups_are_neither_summed_nor_shown) {
  FairnessMeter a{3, kItems};
  FairnessMeter b{3, kItems};
  add_customers(a, 0, 25, 0);
  add_customers(b, 0, 24, 0);  // 49 in all.
  add_customers(a, 1, 25, 0);
  add_customers(b, 1, 25, 0);
  const auto report = report_of(a, b, kBuyers);
  BOOST_TEST(report.groups.size() == 1U);
  BOOST_TEST(report.groups[0].group == 1U);
  BOOST_TEST((report.suppressed == std::vector<std::size_t>{0, 2}));
  // A shop's part of the second sum does not change with what happens in a small group.
  const auto measured = fairness_groups(added(a.counts(), b.counts()));
  const auto before = a.contribution(measured, nullptr);
  FairnessMeter other{3, kItems};
  add_customers(other, 0, 25, 9);
  add_customers(other, 1, 25, 0);
  BOOST_TEST((other.contribution(measured, nullptr) == before));
}

BOOST_AUTO_TEST_CASE(exposure_is_set_against_purchases) {
  FairnessMeter a{1, kItems};
  add_customers(a, 0, 60, 0);
  const FairnessMeter b{1, kItems};
  const auto report = report_of(a, b, kBuyers);
  BOOST_TEST(report.coverage_at_20 == 0.2, tolerance(1e-12));
  // Two of ten items get everything, in equal parts: Gini 0.8.
  BOOST_TEST(report.exposure_gini == 0.8, tolerance(1e-12));
  BOOST_TEST(report.head_exposure_share == 1.0);
  BOOST_TEST(report.tail_exposure_share() == 0.0);
  BOOST_TEST(report.head_purchase_share == 0.7, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(shops_that_are_better_off_alone_are_counted_not_named) {
  FairnessMeter a{1, kItems};
  FairnessMeter b{1, kItems};
  add_customers(a, 0, 60, 0);
  const auto report = report_of(a, b, kBuyers);
  BOOST_TEST(report.shops == 2);
  BOOST_TEST(report.shops_worse == 1);
  BOOST_TEST(report.mean_gain == 0.1, tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(contributions_have_the_layout_of_the_requests) {
  FairnessMeter meter{5, kItems};
  add_customers(meter, 3, 70, 0);
  const auto counts = fairness_counts_request(5);
  must(counts.layout.validate());
  BOOST_TEST(counts.layout.total_length() == meter.counts().size());
  for (const auto& measured : {std::vector<std::size_t>{}, std::vector<std::size_t>{3}}) {
    const auto request = fairness_quality_request(measured.size(), kItems);
    must(request.layout.validate());
    BOOST_TEST(request.layout.total_length() == meter.contribution(measured, nullptr).size());
    BOOST_TEST(request.layout.ring_bits_min(256) <= 64U);
  }
}

BOOST_AUTO_TEST_CASE(sums_of_another_shape_are_refused) {
  const Values counts{60};
  FairnessMeter meter{1, kItems};
  add_customers(meter, 0, 60, 0);
  auto quality = meter.contribution(fairness_groups(counts), nullptr);
  BOOST_TEST(must(fairness_report(counts, quality, kBuyers)).shops == 0);
  auto longer = quality;
  longer.push_back(0);
  BOOST_TEST(refused(fairness_report(counts, longer, kBuyers), ModelsErrc::wrong_shape));
  quality[0] = -1;
  BOOST_TEST(refused(fairness_report(counts, quality, kBuyers), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(nobody_at_all_is_no_division_by_zero) {
  const FairnessMeter nobody{2, kItems};
  const auto report = report_of(nobody, nobody, std::vector<std::uint64_t>(kItems, 0));
  BOOST_TEST(report.groups.empty());
  BOOST_TEST(report.exposure_gini == 0.0);
  BOOST_TEST(report.head_purchase_share == 0.0);
  BOOST_TEST(report.ndcg_at_10.ratio() == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
