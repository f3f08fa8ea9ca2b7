#include "coordinator/opening.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "crypto/mask_expand.hpp"
#include "crypto/ring.hpp"
#include "protocol/errors.hpp"

namespace guildsum::coordinator {
namespace {

using crypto::RingVector;

/// Sums one chunk over all inputs and removes every mask from it, into its place in the total.
Result<> open_chunk(std::uint32_t index, std::size_t chunk_values, std::size_t inputs,
                    std::span<const crypto::SignedSeed> masks, const ChunkReader& read,
                    RingVector& total) {
  const std::size_t first = index * chunk_values;
  const std::size_t count = std::min(chunk_values, total.size() - first);
  for (std::size_t input = 0; input < inputs; ++input) {
    GS_TRY(const Bytes packed, read(input, index));
    GS_CHECK(total.add_packed(first, count, packed));
  }
  crypto::expand_and_add(masks, first, total.slice(first, count));
  return {};
}

/// Keeps the first error of a parallel loop.
class FirstError {
 public:
  void keep(Error error) {
    const std::scoped_lock lock{mutex_};
    if (!error_) error_ = std::move(error);
    failed_ = true;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

 private:
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<OpenedSum> open_sum(const protocol::CodecParameters& codec, const OpenSum& job,
                           const ChunkReader& read, ThreadPool* pool) {
  GS_TRY(const crypto::RingBits bits, crypto::RingBits::parse(codec.ring_bits));
  RingVector total{bits, codec.vector_length};
  std::vector<crypto::SignedSeed> masks;
  masks.reserve(job.masks.size());
  for (const OpenSum::Term& term : job.masks) masks.push_back({&term.seed, term.subtract});

  const std::size_t chunks = (codec.vector_length + codec.chunk_values - 1) / codec.chunk_values;
  FirstError failure;
  const auto work = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && !failure.failed(); ++i) {
      const auto opened = open_chunk(static_cast<std::uint32_t>(i), codec.chunk_values,
                                     job.inputs.size(), masks, read, total);
      if (opened.has_error()) failure.keep(opened.error());
    }
  };
  if (pool == nullptr) {
    work(0, chunks);
  } else {
    pool->parallel_for(0, chunks, 1, work);
  }
  if (failure.failed()) return *failure.error();
  Bytes packed = total.pack(0, total.size());
  return OpenedSum{total.to_int64(), std::move(packed)};
}

}  // namespace guildsum::coordinator
