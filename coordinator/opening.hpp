#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.hpp"
#include "coordinator/round/round_machine.hpp"
#include "protocol/descriptor.hpp"

namespace guildsum::coordinator {

/// Reads chunk `index` of input `input` (position in OpenSum::inputs), verified against its header
/// when it was spooled.
using ChunkReader = std::function<Result<Bytes>(std::size_t input, std::uint32_t index)>;

/// The opened sum: ring elements as signed integers and the packed bytes that are published.
struct OpenedSum {
  std::vector<std::int64_t> values;
  Bytes packed;
};

/// Adds the inputs chunk by chunk and removes the masks; memory is O(d), whatever the number of
/// inputs.
[[nodiscard]] Result<OpenedSum> open_sum(const protocol::CodecParameters& codec, const OpenSum& job,
                                         const ChunkReader& read, ThreadPool* pool = nullptr);

}  // namespace guildsum::coordinator
