#include <map>
#include <set>

#include <boost/test/unit_test.hpp>

#include "models/presence.hpp"
#include "models/released.hpp"
#include "protocol/vocabulary_key.hpp"
#include "tests/property/round_floor.hpp"

using namespace guildsum;
using property::Draw;

namespace {

constexpr std::uint32_t kSlotBits = 8;  // Few slots, so that items collide all the time.
constexpr std::uint32_t kCorrupt = 2;

protocol::VocabularyKey key_of(std::uint64_t seed) {
  SeededRandom random{seed};
  return random.secret<protocol::VocabularyKey>();
}

models::TaskPlan plan_of(std::uint32_t holders_min) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::vocabulary;
  plan.items = 1U << kSlotBits;
  plan.vocabulary.holders_min = holders_min;
  return plan;
}

using Catalogue = std::set<std::string>;

/// Shops with random stocks out of `items` ids; popular ids are in most of them.
std::vector<Catalogue> random_shops(Draw& draw, std::size_t shops, std::size_t items) {
  std::vector<Catalogue> stocks(shops);
  for (std::size_t item = 0; item < items; ++item) {
    const std::size_t share = draw.below(101);
    for (Catalogue& stock : stocks) {
      if (draw.chance(share)) stock.insert("item-" + std::to_string(item));
    }
  }
  return stocks;
}

std::vector<models::HeldItem> held_by(const Catalogue& stock, protocol::ItemSlots& slots) {
  std::vector<models::HeldItem> held;
  for (const std::string& id : stock) {
    const protocol::ItemSlot place = slots.of(id);
    held.push_back({place.slot, place.tag});
  }
  return held;
}

models::VocabularyModel vocabulary_of(const std::vector<Catalogue>& shops,
                                      protocol::ItemSlots& slots, std::uint32_t holders_min) {
  const auto plan = plan_of(holders_min);
  auto task = models::make_task(plan).value();
  const auto request = task->next_request().value();
  std::vector<std::int64_t> sum(request.layout.total_length(), 0);
  for (const Catalogue& stock : shops) {
    const auto own = models::contribute_presence(plan, request, held_by(stock, slots)).value();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += own.values[i];
  }
  const auto applied = task->apply(sum, {.survivors = static_cast<std::uint32_t>(shops.size())});
  BOOST_TEST_REQUIRE(applied.has_value());
  return std::get<models::VocabularyModel>(models::release(plan, task->checkpoint()).value());
}

std::set<std::pair<std::uint32_t, std::uint32_t>> places_in(const models::VocabularyModel& model) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> places;
  for (const auto& row : model.rows) places.emplace(row.slot, row.tag);
  return places;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_gate_test)

BOOST_AUTO_TEST_CASE(no_item_with_fewer_than_k_plus_c_holders_becomes_a_row) {
  constexpr std::uint32_t kGate = 3 + kCorrupt;
  std::size_t admitted = 0;
  std::size_t kept_out = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Draw draw{seed};
    const auto shops = random_shops(draw, 5 + draw.below(12), 20 + draw.below(200));
    protocol::ItemSlots slots{key_of(seed), kSlotBits};
    const auto places = places_in(vocabulary_of(shops, slots, kGate));
    std::map<std::string, std::uint32_t> holders;
    for (const Catalogue& stock : shops) {
      for (const std::string& id : stock) ++holders[id];
    }
    for (const auto& [id, count] : holders) {
      const auto place = slots.of(id);
      const bool shared = places.contains({place.slot, place.tag});
      BOOST_TEST_REQUIRE((!shared || count >= kGate), id << ", seed " << seed);
      (shared ? admitted : kept_out) += 1;
    }
  }
  BOOST_TEST(admitted > 1000u);  // The gate opens ...
  BOOST_TEST(kept_out > 1000u);  // ... and closes.
}

BOOST_AUTO_TEST_CASE(an_item_alone_in_its_slot_becomes_a_row_exactly_at_the_gate) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (std::uint32_t count = 3; count <= 8; ++count) {
      protocol::ItemSlots slots{key_of(seed), kSlotBits};
      std::vector<Catalogue> shops(8);
      for (std::uint32_t i = 0; i < count; ++i) shops[i].insert("the item");
      const auto model = vocabulary_of(shops, slots, 5);
      BOOST_TEST_REQUIRE(model.rows.size() == (count >= 5 ? 1u : 0u));
      if (model.rows.empty()) continue;
      BOOST_TEST(model.rows[0].slot == slots.of("the item").slot);
      BOOST_TEST(model.rows[0].tag == slots.of("the item").tag);
      BOOST_TEST(model.rows[0].holders == count);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_vocabularies_of_the_same_items_cannot_be_matched_by_their_rows) {
  // What the coordinator sees under two keys: apart from how many rows there are, nothing repeats.
  Draw draw{9};
  const auto shops = random_shops(draw, 10, 60);
  std::size_t matching = 0;
  std::size_t rows = 0;
  std::set<std::uint32_t> tags;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    protocol::ItemSlots slots{key_of(1'000 + seed), kSlotBits};
    for (const auto& row : vocabulary_of(shops, slots, 5).rows) {
      ++rows;
      if (!tags.insert(row.tag).second) ++matching;
    }
  }
  BOOST_TEST(rows > 500u);
  BOOST_TEST(matching == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
