#include "tests/vectors/recorded_party.hpp"

namespace guildsum::vectors {
namespace {

template <class S>
Bytes copy_of(const S& secret) {
  const auto bytes = secret.expose();
  return {bytes.begin(), bytes.end()};
}

std::string hex_of(const crypto::Share& share) { return to_hex(share.encode()); }

boost::json::array held_shares(const participant::HeldShares& held) {
  boost::json::array shares;
  for (const protocol::DealtShares& share : held) {
    shares.push_back({{"mask_key_share", hex_of(share.mask_key)},
                      {"self_seed_share", hex_of(share.self_seed)},
                      {"mask_key_salt", to_hex(share.mask_key_salt.expose())},
                      {"self_seed_salt", to_hex(share.self_seed_salt.expose())}});
  }
  return shares;
}

boost::json::array mask_list(const std::vector<participant::MaskTerm>& masks) {
  boost::json::array list;
  for (const participant::MaskTerm& mask : masks) {
    list.push_back({{"seed", to_hex(mask.seed.expose())}, {"subtract", mask.subtract}});
  }
  return list;
}

}  // namespace

KnownSigner::KnownSigner(Random& random)
    : KnownSigner{copy_of(crypto::generate_signing_key(random))} {}

KnownSigner::KnownSigner(Bytes bytes)
    : seed{std::move(bytes)},
      signer{crypto::SigningKey{std::span<const std::byte, 32>{seed.data(), 32}}} {}

KnownSecrets::KnownSecrets(const participant::RoundSecrets& secrets)
    : mask_key{copy_of(secrets.mask_key)},
      share_key{copy_of(secrets.share_key)},
      self_seed{copy_of(secrets.self_seed)} {}

boost::json::array hex_list(const std::vector<Bytes>& values) {
  boost::json::array list;
  for (const Bytes& value : values) list.emplace_back(to_hex(value));
  return list;
}

boost::json::object described(const RecordedShop& shop) {
  boost::json::array input;
  for (const std::int64_t value : shop.input) input.emplace_back(value);
  return {{"id", shop.context.self.hex()},         {"identity_seed", to_hex(shop.key.seed)},
          {"e", to_hex(shop.secrets.mask_key)},    {"s", to_hex(shop.secrets.share_key)},
          {"b", to_hex(shop.secrets.self_seed)},   {"input", std::move(input)},
          {"held_shares", held_shares(shop.held)}, {"masks", mask_list(shop.masks)},
          {"chunks", hex_list(shop.chunks)}};
}

}  // namespace guildsum::vectors
