#pragma once

#include "protocol/key_schedule.hpp"
#include "tests/attacks/scene.hpp"

namespace guildsum::attacks {

/// Deals shares of secrets that are not the ones announced, each well committed and sealed.
inline void deal_others(protocol::ShareKeys& message, LocalShop& dealer,
                        const protocol::RoundView& view, Random& random) {
  const crypto::SharePolicy policy{view.descriptor.t, view.descriptor.n};
  crypto::SeedStream stream{random.secret<crypto::ExpansionSeed>(), "other"};
  const auto secret = random.secret<protocol::SelfSeed>();
  auto mask_key = crypto::split(secret.expose(), policy, stream).value();
  auto self_seed = crypto::split(secret.expose(), policy, stream).value();
  const crypto::X25519KeyPair own{dealer.secrets()->share_key};
  const auto position = *view.cohort.position_of(dealer.id());
  message.shares.clear();
  message.commitments.clear();
  for (std::uint32_t i = 0; i < view.descriptor.n; ++i) {
    const protocol::CohortPosition holder{i};
    const protocol::DealtShares dealt{std::move(mask_key[i]), std::move(self_seed[i]),
                                      stream.secret<protocol::ShareSalt>(),
                                      stream.secret<protocol::ShareSalt>()};
    const protocol::ShareRoute route{view.rd, position, holder};
    message.commitments.push_back(protocol::commitments_of(route, dealt));
    if (holder == position) continue;
    const auto& to = view.check_ins[i];
    message.shares.push_back(
        {holder,
         protocol::seal_share(own, dealer.id(), {to.sender, to.share_key}, route, dealt).value()});
  }
}

}  // namespace guildsum::attacks
