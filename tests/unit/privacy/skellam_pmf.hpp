#pragma once

#include <cstdint>

namespace guildsum::privacy::test {

/// P(X = k) of a Skellam variable of this variance, by the standard library's Bessel functions:
/// another way than the sampler's. Variances up to 2,000.
[[nodiscard]] double skellam_pmf(std::int64_t k, double variance);

}  // namespace guildsum::privacy::test
