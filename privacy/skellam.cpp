#include "privacy/skellam.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <openssl/crypto.h>

#include "base/errors.hpp"
#include "privacy/calibration.hpp"

namespace guildsum::privacy {
namespace {

namespace mp = boost::multiprecision;
/// Software floating point: the same table on every machine.
using Real = mp::number<mp::cpp_bin_float<160, mp::digit_base_2>, mp::et_off>;

constexpr int kFractionBits = 127;
constexpr std::uint32_t kWordBits = 64;
constexpr std::uint32_t kSignShift = 63;
constexpr std::uint64_t kMillion = 1'000'000;
/// What lies beyond the table together: far below the table's own rounding.
constexpr std::uint32_t kTailBits = 140;
constexpr std::size_t kDrawsPerBlock = 512;
constexpr std::size_t kWordsPerDraw = 2;

/// P(|X| = k) for k from 0: a Skellam variable of variance mu has P(X = k) = e^-mu I_k(mu). Ratios
/// r_k = I_k / I_(k-1) follow from the largest k down, r_k = 1 / (2 k / mu + r_(k+1)) (Miller), all
/// of them positive, so that nothing cancels.
std::vector<Real> magnitudes(const Real& variance, std::size_t last) {
  std::vector<Real> ratios(last + 1);
  Real above = 0;
  for (std::size_t k = last; k > 0; --k) {
    above = 1 / (2 * Real(k) / variance + above);
    ratios[k] = above;
  }
  std::vector<Real> mass(last + 1);
  mass[0] = 1;
  for (std::size_t k = 1; k <= last; ++k) mass[k] = mass[k - 1] * ratios[k];
  for (std::size_t k = 1; k <= last; ++k) mass[k] *= 2;
  Real total = 0;
  for (std::size_t k = last + 1; k-- > 0;) total += mass[k];
  for (auto& part : mass) part /= total;
  return mass;
}

}  // namespace

Result<SkellamSampler> SkellamSampler::create(std::uint64_t variance_micro) {
  if (variance_micro == 0) return Error{BaseErrc::invalid_argument, "noise of variance 0"};
  if (variance_micro > kSkellamVarianceMax * kMillion) {
    return Error{BaseErrc::too_large,
                 "noise of a variance above 2^24 per value: quantise more coarsely"};
  }
  const Real variance = Real(variance_micro) / Real(kMillion);
  const auto last = skellam_reach(static_cast<double>(variance), 1, kTailBits);
  const auto mass = magnitudes(variance, last);
  std::vector<Threshold> table;
  table.reserve(mass.size());
  const Real scale = mp::pow(Real(2), kFractionBits);
  Real below = 0;
  for (const auto& part : mass) {
    below += part;
    const mp::uint128_t units{mp::floor(below * scale)};
    const auto high = static_cast<std::uint64_t>(units >> kWordBits);
    table.push_back({high, static_cast<std::uint64_t>(units & ~std::uint64_t{0})});
    // From here on no draw of 127 bits reaches the entry.
    if (high >> kSignShift != 0) break;
  }
  return SkellamSampler{std::move(table)};
}

std::int64_t SkellamSampler::draw(std::uint64_t first, std::uint64_t second) const noexcept {
  const std::uint64_t high = first & ~(std::uint64_t{1} << kSignShift);
  const std::uint64_t sign = first >> kSignShift;
  std::uint64_t magnitude = 0;
  // Bitwise on purpose: && and || would branch on the draw.
  for (const auto& threshold : table_) {
    const auto above = static_cast<std::uint64_t>(high > threshold.high);
    const auto equal = static_cast<std::uint64_t>(high == threshold.high);
    const auto reached = static_cast<std::uint64_t>(second >= threshold.low);
    magnitude += above | (equal & reached);
  }
  return static_cast<std::int64_t>((magnitude ^ (~sign + 1)) + sign);
}

void SkellamSampler::add(std::span<std::int64_t> values, Random& random) const {
  std::array<std::uint64_t, kDrawsPerBlock * kWordsPerDraw> words;
  while (!values.empty()) {
    const auto count = std::min(values.size(), kDrawsPerBlock);
    random.fill(std::as_writable_bytes(std::span{words}.first(count * kWordsPerDraw)));
    for (std::size_t i = 0; i < count; ++i) {
      values[i] += draw(words[kWordsPerDraw * i], words[kWordsPerDraw * i + 1]);
    }
    values = values.subspan(count);
  }
  OPENSSL_cleanse(words.data(), sizeof words);
}

}  // namespace guildsum::privacy
