#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "crypto/ed25519.hpp"
#include "crypto/mask_stream.hpp"
#include "crypto/sha256.hpp"
#include "tests/vectors/frame_reader.hpp"

/// The formulas of docs/protocol.md, computed from the cryptographic primitives alone: a second
/// implementation of what the recorded rounds consist of.
namespace guildsum::vectors {

struct RecordedMessage {
  std::string from;
  std::string to;
  unsigned type = 0;
  Bytes frame;
  [[nodiscard]] FrameReader body() const { return FrameReader::of_frame(frame, type); }
};

/// A recorded round, taken apart.
struct RecordedRound {
  boost::json::value file;
  std::vector<RecordedMessage> messages;
  Record description;
  Record descriptor;
  Bytes federation;
  Bytes rd;
  std::vector<Bytes> cohort;  ///< ids, in cohort order

  static RecordedRound load(std::string_view path);
  [[nodiscard]] std::vector<const RecordedMessage*> of_type(unsigned type) const;
  [[nodiscard]] std::uint32_t position_of(const Bytes& id) const;
  [[nodiscard]] const boost::json::value& shop(std::uint32_t position) const {
    return file.at("shops").at(position);
  }
  [[nodiscard]] Bytes coordinator() const;
  /// Whether the signature is by `sender`, over label, federation, rd, sender and body.
  [[nodiscard]] bool is_signed(std::string_view label, const Bytes& rd_of_message,
                               const Bytes& sender, const Bytes& body,
                               const Bytes& signature) const;
};

[[nodiscard]] Bytes sha(const Bytes& bytes);
/// L(label, x) = SHA-256(label || 0x00 || x).
[[nodiscard]] Bytes labelled(std::string_view label, const Bytes& content);
/// X25519(secret, public).
[[nodiscard]] Bytes agreed(const Bytes& secret, const Bytes& peer);
[[nodiscard]] Bytes x25519_public(const Bytes& secret);
/// HKDF-SHA256(ikm, salt = rd, info = "guildsum/v1/" || label || 0x00 || context).
[[nodiscard]] Bytes derived(const Bytes& ikm, const Bytes& rd, std::string_view label,
                            const Bytes& context, std::size_t size);

/// One end of a pair: id and public key.
struct End {
  Bytes id;
  Bytes key;
};
[[nodiscard]] Bytes pair_seed(const Bytes& e, const End& own, const End& peer, const Bytes& rd);
[[nodiscard]] Bytes self_seed(const Bytes& b, const Bytes& id, const Bytes& rd);
/// The first `count` values of a mask, mod 2^R.
[[nodiscard]] std::vector<std::uint64_t> mask_values(const Bytes& seed, unsigned ring_bits,
                                                     std::size_t count);
/// Bit k of value i at bit i R + k.
[[nodiscard]] Bytes packed(const std::vector<std::uint64_t>& values, unsigned ring_bits);
[[nodiscard]] std::vector<std::uint64_t> unpacked(const Bytes& bytes, unsigned ring_bits,
                                                  std::size_t count);
/// RFC 6962 root over leaf hashes, by its recursive definition.
[[nodiscard]] Bytes tree_root(const std::vector<Bytes>& leaves);
[[nodiscard]] Bytes leaf(const Bytes& content);

/// u32 count || (member || digest) of each.
[[nodiscard]] Bytes member_list(const std::vector<std::pair<Bytes, Bytes>>& members);

using Members = std::vector<std::pair<Bytes, Bytes>>;  ///< (id, digest), in cohort order

[[nodiscard]] const Record& check_in_of(const RecordedRound& round, std::uint32_t position);
[[nodiscard]] End mask_end(const RecordedRound& round, std::uint32_t position);
[[nodiscard]] End share_end(const RecordedRound& round, std::uint32_t position);
/// U1 as a member was sent it: (id, digest of the signed share message).
[[nodiscard]] Members listed(const std::vector<Record>& list);
[[nodiscard]] Bytes sharers_digest(const Members& members);
[[nodiscard]] Bytes survivors_digest(const Members& members);
/// Lagrange at zero over the holders' positions + 1.
[[nodiscard]] Bytes recovered(const std::vector<std::pair<std::uint32_t, Bytes>>& shares);
/// y_i = x_i + PRG(self_i) + sum over j > i of PRG(s_ij) - sum over j < i of PRG(s_ij).
[[nodiscard]] std::vector<std::uint64_t> masked_input(const RecordedRound& round,
                                                      std::uint32_t position,
                                                      const Members& sharers);
[[nodiscard]] Members sharers(const RecordedRound& round);
[[nodiscard]] Members survivors(const RecordedRound& round);
[[nodiscard]] bool contains(const Members& members, const Bytes& id);

/// Where no round is signed for.
inline const Bytes kNoRd(32);
/// The recorded rounds: one that lost shops and opened, one that was abandoned.
[[nodiscard]] const RecordedRound& dropout();
[[nodiscard]] const RecordedRound& abandoned();

}  // namespace guildsum::vectors
