#include "tests/attacks/scene.hpp"

namespace guildsum::attacks {

Shops::Shops(Adversary& adversary, std::size_t count) {
  const auto length = adversary.round_template(protocol::RoundId{1}).descriptor.codec.vector_length;
  for (std::size_t shop = 0; shop < count; ++shop) {
    std::vector<std::int64_t> values(length);
    for (std::size_t i = 0; i < length; ++i) {
      values[i] = static_cast<std::int64_t>((shop * 7 + i * 3) % 23);
    }
    shops_.push_back(
        std::make_unique<LocalShop>(adversary, "shop-" + std::to_string(shop), std::move(values)));
  }
}

void Shops::join(std::vector<Party*>& members) const {
  for (const auto& shop : shops_) members.push_back(shop.get());
}

LocalShop& Shops::with(const ParticipantId& id) {
  for (const auto& shop : shops_) {
    if (shop->id() == id) return *shop;
  }
  throw std::out_of_range{"no such shop"};
}

namespace {

/// Before the shops make up vectors for it.
Adversary& asking_for(Adversary& adversary, const std::optional<models::TaskPlan>& plan) {
  if (plan) adversary.ask_for(*plan);
  return adversary;
}

}  // namespace

Scene::Scene(const std::string& settings, std::size_t others,
             const std::optional<models::TaskPlan>& plan)
    : shops{asking_for(adversary, plan), others}, victim{adversary, wire, settings} {}

Play Scene::play() {
  std::vector<Party*> members{&victim};
  shops.join(members);
  adversary.chain_to(wire.end_last_round());
  return Play{adversary, std::move(members), protocol::RoundId{++rounds_}};
}

std::string Scene::refusal(const Play& play) {
  const std::string code = victim.refusal(play.round());
  BOOST_TEST(wire.posted(play.round(), "unmask").empty());
  return code;
}

}  // namespace guildsum::attacks
