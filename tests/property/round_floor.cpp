#include "tests/property/round_floor.hpp"

#include "base/assert.hpp"
#include "protocol/digests.hpp"
#include "protocol/signing.hpp"

namespace guildsum::property {
namespace {

/// Fills in what follows from the check-ins, as an honest coordinator would.
Variant described(simulations::Federation& federation, const coordinator::RoundPlan& plan,
                  std::vector<protocol::CheckIn> check_ins, Members members) {
  Variant variant;
  std::ranges::sort(check_ins, {}, &protocol::CheckIn::sender);
  protocol::RoundDescription& description = variant.description;
  description.descriptor = plan.descriptor;
  description.check_ins = std::move(check_ins);
  description.layout = plan.layout;
  description.training_plan = plan.training_plan;
  description.purpose = plan.purpose;
  protocol::RoundDescriptor& d = description.descriptor;
  d.check_ins = protocol::check_ins_digest(description.check_ins);
  d.n = static_cast<std::uint32_t>(description.check_ins.size());
  d.k = d.n - 1;
  d.c = protocol::default_corrupt(static_cast<std::uint32_t>(federation.roster().members().size()));
  d.t = protocol::majority_threshold(d.n, d.c);
  d.q = d.t;
  d.s_min = std::max(d.t, 5U);
  protocol::sign(description, federation.coordinator());
  auto view = protocol::RoundView::of(description);
  GS_ASSERT(view.has_value());
  variant.view = std::move(*view);
  variant.members = std::move(members);
  return variant;
}

}  // namespace

std::vector<Variant> make_variants(simulations::Federation& federation,
                                   const coordinator::RoundPlan& plan,
                                   const std::vector<protocol::CheckIn>& check_ins,
                                   std::size_t count) {
  Members everybody(check_ins.size());
  for (std::size_t k = 0; k < everybody.size(); ++k) everybody[k] = k;
  std::vector<Variant> variants{described(federation, plan, check_ins, everybody)};
  if (count > 1) {
    coordinator::RoundPlan other = plan;
    other.descriptor.base_model = protocol::ModelVersion{7};
    variants.push_back(described(federation, other, check_ins, everybody));
  }
  if (count > 2 && check_ins.size() > 6) {
    // Without the first shop: a cohort of its own.
    variants.push_back(described(federation, plan, {check_ins.begin() + 1, check_ins.end()},
                                 {everybody.begin() + 1, everybody.end()}));
  }
  return variants;
}

protocol::ShareDelivery delivery_for(const Variant& variant,
                                     std::vector<protocol::ShareKeys> messages,
                                     const protocol::ParticipantId& holder) {
  std::ranges::sort(messages, {}, &protocol::ShareKeys::sender);
  const auto position = *variant.view.cohort.position_of(holder);
  protocol::ShareDelivery delivery;
  delivery.rd = variant.view.rd;
  delivery.sharers = protocol::sharers_list(messages);
  for (const protocol::ShareKeys& message : messages) {
    protocol::DeliveredShare share;
    share.dealer = *variant.view.cohort.position_of(message.sender);
    for (const auto& sealed : message.shares) {
      share.ciphertext_digests.push_back(protocol::ciphertext_digest(sealed.ciphertext));
      if (sealed.holder == position) share.ciphertext = sealed.ciphertext;
    }
    share.commitments = message.commitments;
    share.signature = message.signature;
    delivery.shares.push_back(std::move(share));
  }
  return delivery;
}

}  // namespace guildsum::property
