#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "protocol/descriptor.hpp"

namespace guildsum::protocol {

/// An opened sum as it is published: R-bit little-endian values, packed (docs/protocol.md section
/// 5).
[[nodiscard]] Bytes pack_sum(const CodecParameters& codec, std::span<const std::int64_t> values);
/// Back to signed integers. ProtocolErrc::malformed on a wrong length or non-zero padding bits.
[[nodiscard]] Result<std::vector<std::int64_t>> unpack_sum(const CodecParameters& codec,
                                                           ByteView packed);

}  // namespace guildsum::protocol
