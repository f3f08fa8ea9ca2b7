#include <algorithm>
#include <cmath>

#include "privacy/rdp.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::privacy {
namespace {

double number(const boost::json::value& row, std::string_view key) {
  return row.at(key).to_number<double>();
}

double accounted(const boost::json::value& row) {
  const auto curve = RdpCurve::gaussian(number(row, "noise_multiplier"));
  BOOST_REQUIRE(curve.has_value());
  const auto loss =
      curve->times(static_cast<std::uint64_t>(number(row, "steps"))).at(number(row, "delta"));
  BOOST_REQUIRE(loss.has_value());
  return loss->epsilon;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(accounting_test)

// Rows with sampling are left out: this accountant claims no amplification (privacy/README.md).
BOOST_AUTO_TEST_CASE(never_below_the_exact_loss_and_within_a_hundredth_of_other_accountants) {
  const auto file = vectors::load("dp/gaussian_accounting.json");
  std::size_t rows = 0;
  for (const auto& row : file.at("rows").as_array()) {
    if (number(row, "sampling_prob") != 1.0) continue;
    ++rows;
    const double epsilon = accounted(row);
    const double published = std::max(number(row, "eps_rdp"), number(row, "eps_rdp_opacus"));
    BOOST_TEST(epsilon >= number(row, "eps_exact_gaussian"), row);
    BOOST_TEST(epsilon >= number(row, "eps_pld") - 1e-2, row);
    BOOST_TEST(epsilon <= 1.01 * published, row);
  }
  BOOST_TEST(rows >= 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::privacy
