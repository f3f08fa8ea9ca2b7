#include "models/codec.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/bytes.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

Error at(ModelsErrc code, const Segment& segment, std::size_t position) {
  return {code, "segment '" + segment.name + "' value " + std::to_string(position)};
}

/// Uniform numbers in [0, 1) with 53 bits, drawn in blocks.
class UniformStream {
 public:
  explicit UniformStream(Random& random) : random_{random} {}
  double next() {
    if (used_ == block_.size()) {
      random_.fill(block_);
      used_ = 0;
    }
    const auto bits = load_le<std::uint64_t>(ByteView{block_}.subspan(used_, 8));
    used_ += 8;
    return static_cast<double>(bits >> 11) * 0x1.0p-53;
  }

 private:
  Random& random_;
  std::array<std::byte, 4096> block_{};
  std::size_t used_ = 4096;
};

std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

Result<double> clip_factor(std::span<const double> values, double clip_norm_l2) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  if (!std::isfinite(squares)) return Error{ModelsErrc::not_finite};
  const double norm = std::sqrt(squares);
  if (norm <= clip_norm_l2) return 1.0;
  // One part in 10^12 below the limit, so that rounding of the product cannot lift a value above
  // it.
  return clip_norm_l2 / norm * (1.0 - 1e-12);
}

Result<> append_clipped(const Segment& segment, std::span<const double> values, double factor,
                        Random& random, std::vector<std::int64_t>& out) {
  if (values.size() != segment.length) return Error{ModelsErrc::wrong_shape, segment.name};
  UniformStream uniform{random};
  const double scale = static_cast<double>(segment.scale) * factor;
  const auto bound = static_cast<double>(segment.bound);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double scaled = values[i] * scale;
    if (!std::isfinite(scaled)) return at(ModelsErrc::not_finite, segment, i);
    if (std::abs(scaled) > bound) return at(ModelsErrc::out_of_range, segment, i);
    const double below = std::floor(scaled);
    const bool up = uniform.next() < scaled - below;
    out.push_back(static_cast<std::int64_t>(below) + (up ? 1 : 0));
  }
  return {};
}

Result<> append_exact(const Segment& segment, std::span<const std::int64_t> values,
                      std::vector<std::int64_t>& out) {
  if (values.size() != segment.length) return Error{ModelsErrc::wrong_shape, segment.name};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (magnitude(values[i]) > segment.bound) return at(ModelsErrc::out_of_range, segment, i);
  }
  out.insert(out.end(), values.begin(), values.end());
  return {};
}

Result<> check_sum(const VectorLayout& layout, std::span<const std::int64_t> sum,
                   std::uint32_t survivors) {
  if (sum.size() != layout.total_length()) {
    return Error{ModelsErrc::wrong_shape, "sum of " + std::to_string(sum.size()) + " values for " +
                                              std::to_string(layout.total_length())};
  }
  std::size_t first = 0;
  for (const auto& segment : layout.segments) {
    // A product above 64 bits limits nothing.
    std::uint64_t limit = 0;
    if (__builtin_mul_overflow(segment.bound, std::uint64_t{survivors}, &limit)) {
      limit = std::numeric_limits<std::uint64_t>::max();
    }
    for (std::size_t i = 0; i < segment.length; ++i) {
      if (magnitude(sum[first + i]) > limit) return at(ModelsErrc::out_of_range, segment, i);
    }
    first += segment.length;
  }
  return {};
}

}  // namespace guildsum::models
