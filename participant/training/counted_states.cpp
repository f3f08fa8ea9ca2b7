#include "participant/training/counted_states.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/errors.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kPieceValues = std::size_t{1} << 20;  // 4 MiB
constexpr std::size_t kValueBytes = sizeof(std::uint32_t);

Bytes head_of(const protocol::RoundDescriptor& round, std::uint64_t values) {
  Bytes head;
  append(head, round.vocabulary.view());
  std::array<std::byte, sizeof(std::uint64_t)> length;
  store_le(values, length);
  append(head, length);
  return head;
}

/// Takes the pieces of one state away from the values that it meets.
class Subtraction {
 public:
  Subtraction(Bytes head, std::span<std::int64_t> values)
      : head_{std::move(head)}, values_{values} {}

  Result<> take(ByteView piece) {
    if (!head_seen_) {
      head_seen_ = true;
      if (std::ranges::equal(piece, head_)) return {};
      return Error{ParticipantErrc::catalogue_mismatch, "the last counted state is of other items"};
    }
    if (piece.size() % kValueBytes != 0 || piece.size() / kValueBytes > values_.size() - done_) {
      return Error{ParticipantErrc::spool_lost, "a counted state of another length"};
    }
    for (; !piece.empty(); piece = piece.subspan(kValueBytes), ++done_) {
      values_[done_] -= load_le<std::uint32_t>(piece.first<kValueBytes>());
      changed_ += values_[done_] != 0;
    }
    return {};
  }
  [[nodiscard]] Result<std::uint64_t> changed() const {
    if (head_seen_ && done_ == values_.size()) return changed_;
    return Error{ParticipantErrc::spool_lost, "a counted state of another length"};
  }

 private:
  Bytes head_;
  std::span<std::int64_t> values_;
  std::size_t done_ = 0;
  std::uint64_t changed_ = 0;
  bool head_seen_ = false;
};

}  // namespace

Result<CountedStates> CountedStates::open(const std::filesystem::path& directory,
                                          const std::filesystem::path& key_file, Random& random) {
  GS_TRY(auto files, KeptInputs::open(directory, key_file, random));
  return CountedStates{std::move(files)};
}

Result<> CountedStates::keep(const protocol::RoundDescriptor& round,
                             std::span<const std::int64_t> values, Random& random) const {
  GS_TRY(auto writer, files_.write(protocol::round_digest(round), random));
  GS_CHECK(writer.append(head_of(round, values.size())));
  for (std::size_t first = 0; first < values.size(); first += kPieceValues) {
    const auto part = values.subspan(first, std::min(kPieceValues, values.size() - first));
    Bytes piece(part.size() * kValueBytes);
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] < 0 || part[i] > std::numeric_limits<std::uint32_t>::max()) {
        return Error{ParticipantErrc::request_mismatch, "a value that is no count"};
      }
      store_le(static_cast<std::uint32_t>(part[i]),
               MutableByteView{piece}.subspan(i * kValueBytes).first<kValueBytes>());
    }
    GS_CHECK(writer.append(piece));
  }
  return writer.commit();
}

Result<> CountedStates::copy(const protocol::RoundDigest& from, const protocol::RoundDigest& to,
                             Random& random) const {
  GS_TRY(auto writer, files_.write(to, random));
  GS_CHECK(files_.read_pieces(from, [&](ByteView piece) { return writer.append(piece); }));
  return writer.commit();
}

Result<std::uint64_t> CountedStates::subtract(const protocol::RoundDigest& base,
                                              const protocol::RoundDescriptor& round,
                                              std::span<std::int64_t> values) const {
  Subtraction work{head_of(round, values.size()), values};
  GS_CHECK(files_.read_pieces(base, [&](ByteView piece) { return work.take(piece); }));
  return work.changed();
}

bool CountedStates::holds(const protocol::RoundDigest& base) const {
  bool found = false;
  const auto read = files_.read_pieces(base, [&found](ByteView) -> Result<> {
    found = true;
    return Error{BaseErrc::interrupted, "the first piece is enough"};
  });
  return found && read.has_error() && read.error() == BaseErrc::interrupted;
}

}  // namespace guildsum::participant
