#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.hpp"
#include "participant/round/round_machine.hpp"
#include "protocol/messages.hpp"

namespace guildsum::participant {

/// A masked input as it goes to the spool: root and digests of its chunks.
struct MaskedChunks {
  protocol::BlobId chunk_root;
  std::vector<protocol::Digest> chunk_digests;
};

/// Encodes, masks and packs in one pass over memory (docs/protocol.md section 4, y_i).
///
/// @param values  d fixed-point integers, each within +-(2^(b-1) - 1):
/// ProtocolErrc::overflow_not_excluded otherwise.
/// @param sink    receives the packed chunks in order; its error ends the pass.
/// @param pool    optional; chunks are masked in parallel, handed over in order.
[[nodiscard]] Result<MaskedChunks> mask_input(std::span<const std::int64_t> values,
                                              const protocol::CodecParameters& codec,
                                              std::span<const MaskTerm> masks,
                                              const std::function<Result<>(ByteView chunk)>& sink,
                                              ThreadPool* pool = nullptr);

}  // namespace guildsum::participant
