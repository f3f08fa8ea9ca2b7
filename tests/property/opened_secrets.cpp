#include "tests/property/opened_secrets.hpp"

#include "protocol/key_schedule.hpp"

namespace guildsum::property {

using protocol::ShareKind;

bool OpenedSecrets::opens(const SecretName& name) const {
  const Variant& variant = variants_[name.variant];
  if (!variant.dealt.contains(name.dealer)) return false;
  const auto known = shares_.find(name);
  std::size_t holders = known == shares_.end() ? 0 : known->second.size();
  for (const std::size_t member : variant.members) holders += member >= honest_ ? 1 : 0;
  return holders >= variant.view.descriptor.t;
}

bool OpenedSecrets::opens_mask_key(std::size_t dealer) const {
  for (std::size_t variant = 0; variant < variants_.size(); ++variant) {
    if (opens({variant, dealer, ShareKind::mask_key})) return true;
  }
  return false;
}

bool OpenedSecrets::recovers(const SecretName& name,
                             const std::map<std::size_t, protocol::PublicShare>& shares) const {
  const protocol::RoundView& view = variants_[name.variant].view;
  std::vector<crypto::ShareIndex> holders;
  std::vector<const crypto::ShareLimbs*> points;
  for (const auto& [holder, share] : shares) {
    const auto position = view.cohort.position_of(check_ins_[holder].sender);
    holders.push_back(crypto::ShareIndex::of_position(position->value()));
    points.push_back(&share.get());
  }
  std::array<std::byte, 32> secret{};
  const auto recovery = crypto::Recovery::create(holders);
  if (recovery.has_error() || recovery->recover_into(points, secret).has_error()) return false;
  const protocol::CheckIn& check_in = check_ins_[name.dealer];
  if (name.kind == ShareKind::self_seed) {
    return protocol::self_seed_digest(protocol::SelfSeed{secret}) == check_in.self_seed_digest;
  }
  return crypto::x25519_public_key(crypto::X25519SecretKey{secret}) == check_in.mask_key;
}

OpenedSecrets::Recovered OpenedSecrets::recover() const {
  Recovered recovered;
  for (const auto& [name, shares] : shares_) {
    // A colluder may have dealt shares of two polynomials.
    if (name.dealer >= honest_ || shares.size() < variants_[name.variant].view.descriptor.t) {
      continue;
    }
    ++recovered.count;
    recovered.right = recovered.right && recovers(name, shares);
  }
  return recovered;
}

}  // namespace guildsum::property
