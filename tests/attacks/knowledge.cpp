#include "tests/attacks/knowledge.hpp"

#include <algorithm>

#include "coordinator/opening.hpp"
#include "protocol/key_schedule.hpp"

namespace guildsum::attacks {

using protocol::CohortPosition;
using protocol::ShareKind;

void Knowledge::keep(CohortPosition dealer, ShareKind kind, CohortPosition holder,
                     protocol::PublicShare share) {
  shares_[{dealer, kind}].insert_or_assign(holder, std::move(share));
}

void Knowledge::learn(const protocol::Unmask& answer) {
  const auto holder = *view_.cohort.position_of(answer.sender);
  for (const auto& revealed : answer.shares) {
    keep(revealed.dealer, revealed.kind, holder, revealed.share);
  }
}

void Knowledge::learn(const LocalShop& colluder) {
  const auto* held = colluder.held();
  if (held == nullptr) return;
  const auto holder = *view_.cohort.position_of(colluder.id());
  for (std::size_t i = 0; i < held->size(); ++i) {
    const auto dealer = *view_.cohort.position_of(colluder.frozen_sharers()[i].member);
    keep(dealer, ShareKind::mask_key, holder, (*held)[i].mask_key);
    keep(dealer, ShareKind::self_seed, holder, (*held)[i].self_seed);
  }
}

void Knowledge::learn_key(const LocalShop& colluder) {
  const auto* secrets = colluder.secrets();
  if (secrets == nullptr) return;
  std::ranges::copy(secrets->mask_key.expose(), mask_keys_[colluder.id()].begin());
}

std::size_t Knowledge::shares_of(const ParticipantId& dealer, ShareKind kind) const {
  const auto found = shares_.find({*view_.cohort.position_of(dealer), kind});
  return found == shares_.end() ? 0 : found->second.size();
}

std::optional<std::array<std::byte, 32>> Knowledge::secret(const ParticipantId& dealer,
                                                           ShareKind kind) const {
  if (const auto known = mask_keys_.find(dealer);
      known != mask_keys_.end() && kind == ShareKind::mask_key) {
    return known->second;
  }
  if (shares_of(dealer, kind) < view_.descriptor.t) return std::nullopt;
  const auto position = *view_.cohort.position_of(dealer);
  std::vector<crypto::ShareIndex> holders;
  std::vector<const crypto::ShareLimbs*> shares;
  for (const auto& [holder, share] : shares_.at({position, kind})) {
    holders.push_back(crypto::ShareIndex::of_position(holder.value()));
    shares.push_back(&share.get());
  }
  std::array<std::byte, 32> bytes{};
  const auto opened = crypto::Recovery::create(holders).value().recover_into(shares, bytes);
  if (opened.has_error()) return std::nullopt;
  const auto& check_in = view_.check_ins[position.value()];
  const bool fits =
      kind == ShareKind::self_seed
          ? protocol::self_seed_digest(protocol::SelfSeed{bytes}) == check_in.self_seed_digest
          : crypto::x25519_public_key(crypto::X25519SecretKey{bytes}) == check_in.mask_key;
  return fits ? std::optional{bytes} : std::nullopt;
}

std::optional<std::vector<std::int64_t>> Knowledge::open(const std::vector<Masked>& inputs) const {
  coordinator::OpenSum job;
  const auto includes = [](const std::vector<protocol::MemberDigest>& list,
                           const ParticipantId& id) {
    return std::ranges::find(list, id, &protocol::MemberDigest::member) != list.end();
  };
  const auto cancels = [&](const ParticipantId& from, const ParticipantId& with) {
    return std::ranges::any_of(inputs, [&](const Masked& input) {
      return input.upload->header.header.sender == with && includes(input.sharers, from);
    });
  };
  for (const Masked& input : inputs) {
    const ParticipantId& sender = input.upload->header.header.sender;
    job.inputs.push_back(input.upload->header.header);
    const auto seed = secret(sender, ShareKind::self_seed);
    if (!seed) return std::nullopt;
    job.masks.push_back(
        {protocol::self_mask_seed(protocol::SelfSeed{*seed}, view_.rd, sender), true});
    for (const protocol::MemberDigest& peer : input.sharers) {
      if (peer.member == sender || cancels(sender, peer.member)) continue;
      auto key = secret(peer.member, ShareKind::mask_key);
      const ParticipantId& known = key ? peer.member : sender;
      const ParticipantId& other = key ? sender : peer.member;
      if (!key) key = secret(sender, ShareKind::mask_key);
      if (!key) return std::nullopt;
      const crypto::X25519KeyPair pair{crypto::X25519SecretKey{*key}};
      const auto& check_in = view_.check_ins[view_.cohort.position_of(other)->value()];
      job.masks.push_back(
          {protocol::pair_mask_seed(pair, view_.rd, known, {other, check_in.mask_key}).value(),
           protocol::adds_pair_mask(sender, peer.member)});
    }
  }
  const auto read = [&](std::size_t input, std::uint32_t chunk) -> Result<Bytes> {
    return inputs[input].upload->chunks[chunk];
  };
  return coordinator::open_sum(view_.descriptor.codec, job, read).value().values;
}

}  // namespace guildsum::attacks
