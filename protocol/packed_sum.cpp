#include "protocol/packed_sum.hpp"

#include "base/assert.hpp"
#include "crypto/ring.hpp"
#include "protocol/errors.hpp"

namespace guildsum::protocol {

Bytes pack_sum(const CodecParameters& codec, std::span<const std::int64_t> values) {
  const auto bits = crypto::RingBits::parse(codec.ring_bits);
  GS_ASSERT(bits.has_value());
  const auto ring = crypto::RingVector::from_int64(*bits, values);
  GS_ASSERT(ring.has_value());
  return ring->pack(0, ring->size());
}

Result<std::vector<std::int64_t>> unpack_sum(const CodecParameters& codec, ByteView packed) {
  GS_TRY(const crypto::RingBits bits, crypto::RingBits::parse(codec.ring_bits));
  const auto ring = crypto::RingVector::unpack(bits, codec.vector_length, packed);
  if (ring.has_error()) return Error{ProtocolErrc::malformed, ring.error().message()};
  return ring->to_int64();
}

}  // namespace guildsum::protocol
