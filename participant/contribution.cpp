#include "participant/contribution.hpp"

#include <algorithm>

#include "crypto/mask_expand.hpp"
#include "crypto/merkle.hpp"
#include "crypto/ring.hpp"
#include "protocol/errors.hpp"

namespace guildsum::participant {
namespace {

using crypto::RingVector;
using protocol::ProtocolErrc;

/// Everything that the chunks of one input have in common.
struct Masker {
  std::span<const std::int64_t> values;
  crypto::RingBits bits;
  std::size_t chunk_values;
  std::int64_t value_max;
  std::vector<crypto::SignedSeed> seeds;

  [[nodiscard]] std::size_t chunk_count() const {
    return (values.size() + chunk_values - 1) / chunk_values;
  }

  [[nodiscard]] Result<Bytes> masked_chunk(std::size_t index) const {
    const std::size_t first = index * chunk_values;
    const auto part = values.subspan(first, std::min(chunk_values, values.size() - first));
    for (const std::int64_t value : part) {
      if (value < -value_max || value > value_max) {
        return Error{
            ProtocolErrc::overflow_not_excluded,
            "a value of this shop does not fit into the agreed " + std::to_string(value_max)};
      }
    }
    GS_TRY(RingVector chunk, RingVector::from_int64(bits, part));
    crypto::expand_and_add(seeds, first, chunk.all());
    return chunk.pack(0, chunk.size());
  }
};

Result<Masker> prepare(std::span<const std::int64_t> values, const protocol::CodecParameters& codec,
                       std::span<const MaskTerm> masks) {
  GS_TRY(const crypto::RingBits bits, crypto::RingBits::parse(codec.ring_bits));
  if (values.size() != codec.vector_length) {
    return Error{ProtocolErrc::bad_descriptor,
                 "the contribution has " + std::to_string(values.size()) + " values, the round " +
                     std::to_string(codec.vector_length)};
  }
  if (codec.chunk_values == 0 || codec.chunk_values % 64 != 0 || codec.value_bits < 2 ||
      codec.value_bits >= codec.ring_bits) {
    return Error{ProtocolErrc::bad_descriptor, "chunk size or value bits"};
  }
  std::vector<crypto::SignedSeed> seeds;
  seeds.reserve(masks.size());
  for (const MaskTerm& mask : masks) seeds.push_back({&mask.seed, mask.subtract});
  return Masker{values, bits, codec.chunk_values, (std::int64_t{1} << (codec.value_bits - 1)) - 1,
                std::move(seeds)};
}

/// Masks chunks [first, first + results.size()), each into its own slot.
void mask_batch(const Masker& masker, std::size_t first, std::span<Result<Bytes>> results,
                ThreadPool* pool) {
  const auto work = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) results[i] = masker.masked_chunk(first + i);
  };
  if (pool == nullptr || results.size() == 1) {
    work(0, results.size());
  } else {
    pool->parallel_for(0, results.size(), 1, work);
  }
}

}  // namespace

Result<MaskedChunks> mask_input(std::span<const std::int64_t> values,
                                const protocol::CodecParameters& codec,
                                std::span<const MaskTerm> masks,
                                const std::function<Result<>(ByteView chunk)>& sink,
                                ThreadPool* pool) {
  GS_TRY(const Masker masker, prepare(values, codec, masks));
  const std::size_t batch = pool == nullptr ? 1 : 2 * pool->size();
  MaskedChunks done;
  for (std::size_t first = 0; first < masker.chunk_count(); first += batch) {
    std::vector<Result<Bytes>> chunks(std::min(batch, masker.chunk_count() - first));
    mask_batch(masker, first, chunks, pool);
    for (Result<Bytes>& chunk : chunks) {
      if (chunk.has_error()) return chunk.error();
      done.chunk_digests.push_back(crypto::leaf_hash(*chunk));
      GS_CHECK(sink(*chunk));
    }
  }
  done.chunk_root = protocol::BlobId{crypto::merkle_root(done.chunk_digests).view()};
  return done;
}

}  // namespace guildsum::participant
