#include "models/layout.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "models/detail/canonical.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

constexpr std::string_view kMagic = "GSLY";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::uint32_t kSegmentsMax = 65'536;
constexpr std::uint64_t kLengthMax = std::uint64_t{1} << 40;
constexpr std::uint64_t kBoundMax = std::uint64_t{1} << 62;

Result<> check(const Segment& segment) {
  const auto refuse = [&](const char* why) {
    return Error{ModelsErrc::wrong_shape, "segment '" + segment.name + "': " + why};
  };
  if (segment.name.empty() || segment.name.size() > kNameBytesMax) return refuse("bad name");
  if (segment.length == 0 || segment.length > kLengthMax) return refuse("bad length");
  if (segment.bound == 0 || segment.bound > kBoundMax) return refuse("bad bound");
  if (segment.scale == 0) return refuse("scale 0");
  if (segment.codec == Codec::exact && segment.scale != 1) return refuse("exact with a scale");
  if (segment.codec != Codec::exact && segment.codec != Codec::clipped) return refuse("bad codec");
  return {};
}

}  // namespace

Segment Segment::exact(std::string name, std::uint64_t length, std::uint64_t bound) {
  return {std::move(name), length, Codec::exact, 1, bound};
}

Segment Segment::clipped(std::string name, std::uint64_t length, std::uint64_t scale,
                         std::uint64_t clip_norm_l2) {
  return {std::move(name), length, Codec::clipped, scale, scale * clip_norm_l2};
}

std::uint64_t VectorLayout::total_length() const noexcept {
  std::uint64_t total = 0;
  for (const auto& segment : segments) total += segment.length;
  return total;
}

std::uint64_t VectorLayout::bound_max() const noexcept {
  std::uint64_t largest = 0;
  for (const auto& segment : segments) largest = std::max(largest, segment.bound);
  return largest;
}

std::uint32_t VectorLayout::ring_bits_min(std::uint32_t shops) const noexcept {
  // Largest magnitude of a sum is m = shops * bound; signed R bits hold m iff R >= bit_width(m)
  // + 1.
  const auto bound = bound_max();
  if (shops == 0) return 1;
  if (bound > std::numeric_limits<std::uint64_t>::max() / shops) return 65;
  return static_cast<std::uint32_t>(std::bit_width(bound * shops)) + 1;
}

Bytes VectorLayout::canonical_bytes() const {
  detail::CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(static_cast<std::uint32_t>(segments.size()));
  for (const auto& segment : segments) {
    out.text(segment.name);
    out.integer(segment.length);
    out.integer(static_cast<std::uint8_t>(segment.codec));
    out.integer(segment.scale);
    out.integer(segment.bound);
  }
  return std::move(out).take();
}

Result<VectorLayout> VectorLayout::parse(ByteView bytes) {
  detail::CanonicalReader in{bytes};
  in.header(kMagic, kVersion);
  const auto count = in.integer<std::uint32_t>();
  if (count > kSegmentsMax) return Error{ModelsErrc::malformed, "layout with too many segments"};
  VectorLayout layout;
  for (std::uint32_t i = 0; i < count && !in.failed(); ++i) {
    Segment segment;
    segment.name = in.text(kNameBytesMax);
    segment.length = in.integer<std::uint64_t>();
    segment.codec = static_cast<Codec>(in.integer<std::uint8_t>());
    segment.scale = in.integer<std::uint64_t>();
    segment.bound = in.integer<std::uint64_t>();
    layout.segments.push_back(std::move(segment));
  }
  GS_CHECK(in.finish("vector layout"));
  const auto valid = layout.validate();
  if (valid.has_error()) return Error{ModelsErrc::malformed, valid.error().detail()};
  return layout;
}

Result<> VectorLayout::validate() const {
  if (segments.empty()) return Error{ModelsErrc::wrong_shape, "layout without segments"};
  if (segments.size() > kSegmentsMax) return Error{ModelsErrc::wrong_shape, "too many segments"};
  for (const auto& segment : segments) GS_CHECK(check(segment));
  if (total_length() > kLengthMax) return Error{ModelsErrc::wrong_shape, "layout too long"};
  return {};
}

}  // namespace guildsum::models
