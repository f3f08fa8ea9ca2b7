#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace guildsum::privacy {

/// The largest variance of one value. Above it tables grow past a megabyte and drawing becomes
/// slow: quantise more coarsely instead.
inline constexpr std::uint64_t kSkellamVarianceMax = std::uint64_t{1} << 24;

/// Draws Skellam noise: the difference of two Poisson variables of half the variance each. Sums of
/// it are Skellam again, so that shops can each add their part.
///
/// Exact to 2^-112 in total variation, half an entry's rounding for each entry: the table of the
/// distribution function is computed with 160 bits of precision and holds 127 bits, and a draw
/// compares 127 uniform bits with every entry.
/// Integers only; neither branches nor addresses depend on what is drawn (Mironov 2012 shows what
/// floating-point noise gives away). The table is public. Immutable; safe from several threads.
class SkellamSampler {
 public:
  /// BaseErrc::invalid_argument (variance 0), too_large (above `kSkellamVarianceMax`).
  [[nodiscard]] static Result<SkellamSampler> create(std::uint64_t variance_micro);
  /// Adds an independent draw to every value: 16 bytes of `random` and one pass over the table
  /// each. Values must leave room: no overflow is looked for.
  void add(std::span<std::int64_t> values, Random& random) const;
  /// Entries of the table: about 13.4 standard deviations.
  [[nodiscard]] std::size_t table_size() const noexcept { return table_.size(); }

 private:
  /// 2^127 P(|X| <= k), rounded down.
  struct Threshold {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
  };
  explicit SkellamSampler(std::vector<Threshold> table) : table_{std::move(table)} {}
  [[nodiscard]] std::int64_t draw(std::uint64_t first, std::uint64_t second) const noexcept;

  std::vector<Threshold> table_;
};

}  // namespace guildsum::privacy
