#include "tests/unit/privacy/skellam_pmf.hpp"

#include <cmath>
#include <cstdlib>

namespace guildsum::privacy::test {

double skellam_pmf(std::int64_t k, double variance) {
  const auto order = static_cast<long double>(std::llabs(k));
  const auto argument = static_cast<long double>(variance);
  return static_cast<double>(std::exp(-argument) * std::cyl_bessel_i(order, argument));
}

}  // namespace guildsum::privacy::test
