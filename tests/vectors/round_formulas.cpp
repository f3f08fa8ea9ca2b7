#include "tests/vectors/round_formulas.hpp"

#include <algorithm>
#include <bit>

#include "crypto/hkdf.hpp"
#include "crypto/x25519.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::vectors {
namespace {

template <class S>
S secret_of(const Bytes& bytes) {
  BOOST_REQUIRE(bytes.size() == S::kSize);
  return S{std::span<const std::byte, S::kSize>{bytes.data(), S::kSize}};
}
template <class Fixed>
Fixed fixed_of(const Bytes& bytes) {
  const auto parsed = Fixed::parse(bytes);
  BOOST_REQUIRE(parsed.has_value());
  return *parsed;
}
Bytes copy(ByteView view) { return {view.begin(), view.end()}; }

constexpr unsigned kDescriptionType = 12;

std::size_t word_bytes(unsigned ring_bits) { return ring_bits == 16 ? 2 : ring_bits <= 32 ? 4 : 8; }

std::uint64_t ring_mask(unsigned ring_bits) {
  return ring_bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << ring_bits) - 1;
}

}  // namespace

RecordedRound RecordedRound::load(std::string_view path) {
  RecordedRound round;
  round.file = vectors::load(path);
  for (const auto& entry : round.file.at("messages").as_array()) {
    RecordedMessage message;
    message.from = text(entry, "from");
    message.to = text(entry, "to");
    message.frame = bytes(entry, "frame");
    BOOST_REQUIRE(message.frame.size() >= 12);
    message.type = load_le<std::uint16_t>(ByteView{message.frame}.subspan(4, 2));
    round.messages.push_back(std::move(message));
  }
  round.federation = bytes(round.file, "federation");
  const auto descriptions = round.of_type(kDescriptionType);
  BOOST_REQUIRE(!descriptions.empty());
  round.description = read_description(descriptions.front()->body());
  round.descriptor = round.description.lists.at("descriptor").front();
  round.rd = sha(round.descriptor.all);
  for (const Record& check_in : round.description.lists.at("check_ins")) {
    round.cohort.push_back(check_in.bytes.at("sender"));
  }
  return round;
}

std::vector<const RecordedMessage*> RecordedRound::of_type(unsigned type) const {
  std::vector<const RecordedMessage*> found;
  for (const RecordedMessage& message : messages) {
    if (message.type == type) found.push_back(&message);
  }
  return found;
}

std::uint32_t RecordedRound::position_of(const Bytes& id) const {
  const auto found = std::ranges::find(cohort, id);
  BOOST_REQUIRE(found != cohort.end());
  return static_cast<std::uint32_t>(found - cohort.begin());
}

Bytes RecordedRound::coordinator() const { return bytes(file.at("coordinator"), "id"); }

bool RecordedRound::is_signed(std::string_view label, const Bytes& rd_of_message,
                              const Bytes& sender, const Bytes& body,
                              const Bytes& signature) const {
  const Bytes message =
      joined(as_bytes(label), Bytes{std::byte{0}}, federation, rd_of_message, sender, body);
  return crypto::verify(fixed_of<crypto::VerifyKey>(sender), message,
                        fixed_of<crypto::Signature>(signature));
}

Bytes sha(const Bytes& bytes) { return copy(crypto::sha256(bytes).view()); }

Bytes labelled(std::string_view label, const Bytes& content) {
  return sha(joined(as_bytes(label), Bytes{std::byte{0}}, content));
}

Bytes agreed(const Bytes& secret, const Bytes& peer) {
  const auto shared = crypto::agree(secret_of<crypto::X25519SecretKey>(secret),
                                    fixed_of<crypto::X25519PublicKey>(peer));
  BOOST_REQUIRE(shared.has_value());
  return copy(shared->expose());
}

Bytes x25519_public(const Bytes& secret) {
  return copy(crypto::x25519_public_key(secret_of<crypto::X25519SecretKey>(secret)).view());
}

Bytes derived(const Bytes& ikm, const Bytes& rd, std::string_view label, const Bytes& context,
              std::size_t size) {
  const Bytes info =
      joined(as_bytes("guildsum/v1/"), as_bytes(label), Bytes{std::byte{0}}, context);
  Bytes out(size);
  BOOST_REQUIRE(crypto::hkdf_sha256(ikm, rd, info, out).has_value());
  return out;
}

Bytes pair_seed(const Bytes& e, const End& own, const End& peer, const Bytes& rd) {
  const End& low = own.id < peer.id ? own : peer;
  const End& high = own.id < peer.id ? peer : own;
  return derived(agreed(e, peer.key), rd, "pair", joined(low.id, high.id, low.key, high.key), 32);
}

Bytes self_seed(const Bytes& b, const Bytes& id, const Bytes& rd) {
  return derived(b, rd, "self", id, 32);
}

std::vector<std::uint64_t> mask_values(const Bytes& seed, unsigned ring_bits, std::size_t count) {
  const std::size_t width = word_bytes(ring_bits);
  Bytes stream(count * width);
  crypto::MaskStream{secret_of<crypto::MaskSeed>(seed)}.fill(0, stream);
  std::vector<std::uint64_t> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < width; ++k) {
      values[i] |= std::to_integer<std::uint64_t>(stream[i * width + k]) << (8 * k);
    }
    values[i] &= ring_mask(ring_bits);
  }
  return values;
}

Bytes packed(const std::vector<std::uint64_t>& values, unsigned ring_bits) {
  Bytes bytes((values.size() * ring_bits + 7) / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (unsigned k = 0; k < ring_bits; ++k) {
      const std::size_t at = i * ring_bits + k;
      if ((values[i] >> k & 1U) != 0) bytes[at / 8] |= static_cast<std::byte>(1U << at % 8);
    }
  }
  return bytes;
}

std::vector<std::uint64_t> unpacked(const Bytes& bytes, unsigned ring_bits, std::size_t count) {
  BOOST_REQUIRE(bytes.size() == (count * ring_bits + 7) / 8);
  std::vector<std::uint64_t> values(count);
  for (std::size_t at = 0; at < count * ring_bits; ++at) {
    const bool bit = (bytes[at / 8] >> (at % 8) & std::byte{1}) != std::byte{0};
    if (bit) values[at / ring_bits] |= std::uint64_t{1} << at % ring_bits;
  }
  return values;
}

Bytes leaf(const Bytes& content) { return sha(joined(Bytes{std::byte{0}}, content)); }

Bytes tree_root(const std::vector<Bytes>& leaves) {
  if (leaves.empty()) return sha({});
  if (leaves.size() == 1) return leaves.front();
  const auto left = static_cast<std::ptrdiff_t>(std::bit_floor(leaves.size() - 1));
  return sha(joined(Bytes{std::byte{1}}, tree_root({leaves.begin(), leaves.begin() + left}),
                    tree_root({leaves.begin() + left, leaves.end()})));
}

Bytes member_list(const std::vector<std::pair<Bytes, Bytes>>& members) {
  Bytes list = le32(static_cast<std::uint32_t>(members.size()));
  for (const auto& [member, digest] : members) append(list, joined(member, digest));
  return list;
}

const RecordedRound& dropout() {
  static const RecordedRound round = RecordedRound::load("rounds/dropout.json");
  return round;
}

const RecordedRound& abandoned() {
  static const RecordedRound round = RecordedRound::load("rounds/abandoned.json");
  return round;
}

}  // namespace guildsum::vectors
