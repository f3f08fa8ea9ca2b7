#include <algorithm>

#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// The two known breaks of secure aggregation without a consistency check, played in full
// (docs/protocol.md section 4). The same scripts run against a machine whose phase 3a is switched
// off (GUILDSUM_ATTACKS_UNCHECKED): there they must open what they are after.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::MessageType;
using protocol::ShareKind;

#ifdef GUILDSUM_ATTACKS_UNCHECKED
constexpr bool kChecked = false;
#else
constexpr bool kChecked = true;
#endif

/// The members of a round: honest ones first, colluders last. Colluders run in this process; of the
/// honest ones one may be the program.
struct Cast {
  Adversary& adversary;
  std::vector<Party*> parties;
  std::size_t colluding = 0;

  [[nodiscard]] Play play(protocol::RoundId round = protocol::RoundId{1}) {
    const auto size = static_cast<std::uint32_t>(parties.size());
    return Play{adversary, parties, round, protocol::default_corrupt(size)};
  }
  [[nodiscard]] Ids ids(std::size_t first, std::size_t end) {
    Ids out;
    for (std::size_t i = first; i < end; ++i) out.push_back(parties[i]->id());
    return out;
  }
  [[nodiscard]] std::size_t size() const { return parties.size(); }
  [[nodiscard]] std::size_t honest() const { return size() - colluding; }
  [[nodiscard]] Ids colluders() { return ids(honest(), size()); }
  [[nodiscard]] LocalShop& colluder(std::size_t index) {
    return dynamic_cast<LocalShop&>(*parties[index]);
  }
  [[nodiscard]] Party& with(const ParticipantId& id) {
    return **std::ranges::find_if(parties, [&](Party* party) { return party->id() == id; });
  }
  /// What a member adds to the sum, which the coordinator is not to learn.
  [[nodiscard]] std::vector<std::int64_t> plain(std::size_t index) {
    if (const auto* shop = dynamic_cast<LocalShop*>(parties[index])) return shop->values();
    return dynamic_cast<Victim&>(*parties[index]).input();
  }
};

void append(Ids& to, const Ids& from) { to.insert(to.end(), from.begin(), from.end()); }

/// Fills `u2` from `pool` up to `size`, first those that were left out most often until now.
void fill(Ids& u2, const Ids& pool, std::size_t size, std::map<ParticipantId, int>& left_out) {
  Ids order = pool;
  std::ranges::stable_sort(order,
                           [&](const auto& a, const auto& b) { return left_out[a] > left_out[b]; });
  for (const ParticipantId& id : order) {
    if (u2.size() < size && std::ranges::find(u2, id) == u2.end()) u2.push_back(id);
  }
  for (const ParticipantId& id : pool) {
    if (std::ranges::find(u2, id) == u2.end()) ++left_out[id];
  }
}

void learn_from_colluders(Knowledge& knowledge, Cast& cast) {
  for (std::size_t i = cast.honest(); i < cast.size(); ++i) knowledge.learn(cast.colluder(i));
}
void learn_keys(Knowledge& knowledge, Cast& cast) {
  for (std::size_t i = cast.honest(); i < cast.size(); ++i) {
    knowledge.learn_key(cast.colluder(i));
  }
}

/// The best certificate for one shop's U2: every signature over it that anybody gave, and one of
/// each colluder, which signs what it is asked to.
protocol::SurvivorCertificate best_certificate(Cast& cast, const Play& play,
                                               const protocol::SurvivorProposal& proposal) {
  const auto survivors = Play::survivors(proposal);
  protocol::SurvivorCertificate out;
  out.rd = play.view.rd;
  for (const auto& [id, signature] : play.signatures) {
    if (signature.survivors == survivors.digest) out.signatures.push_back(signature);
  }
  for (std::size_t i = cast.honest(); i < cast.size(); ++i) {
    const LocalShop& colluder = cast.colluder(i);
    if (!survivors.contains(colluder.id())) continue;
    protocol::SurvivorSignature message;
    message.sender = colluder.id();
    message.rd = play.view.rd;
    message.sharers = protocol::sharers_digest(proposal.sharers);
    message.survivors = survivors.digest;
    message.survivor_count = survivors.count();
    protocol::sign(message, cast.adversary.federation(), colluder.signer());
    out.signatures.push_back(message);
  }
  return out;
}

/// Shows every honest shop (but `but`) its own U2 and the best certificate for it; learns from what
/// they answer.
void ask_all(Cast& cast, Play& play, Knowledge& knowledge,
             const std::map<ParticipantId, protocol::SurvivorProposal>& proposals) {
  for (const auto& [id, proposal] : proposals) {
    Party& shop = cast.with(id);
    shop.tell(PhaseNumber::proposal, protocol::encode(proposal));
    if (const auto frame = shop.sent(MessageType::survivor_signature)) {
      play.signatures.insert_or_assign(
          id, protocol::decode<protocol::SurvivorSignature>(*frame).value());
    }
  }
  for (const auto& [id, proposal] : proposals) {
    Party& shop = cast.with(id);
    shop.tell(PhaseNumber::certificate, protocol::encode(best_certificate(cast, play, proposal)));
    if (const auto frame = shop.sent(MessageType::unmask)) {
      knowledge.learn(protocol::decode<protocol::Unmask>(*frame).value());
    }
  }
}

/// What the attack is to lead to, by whether phase 3a is there.
void expect(Cast& cast, const std::map<ParticipantId, protocol::SurvivorProposal>& asked,
            const std::optional<std::vector<std::int64_t>>& opened,
            const std::vector<std::int64_t>& plain, const std::string& code) {
  if (!kChecked) {
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(*opened == plain, boost::test_tools::per_element());
    return;
  }
  BOOST_TEST(!opened.has_value());
  for (const auto& entry : asked) {
    Party& shop = cast.with(entry.first);
    BOOST_TEST(shop.refusal() == code);
    BOOST_TEST(shop.all_sent(MessageType::unmask).empty());
  }
}

/// The program, where it is a member, need not wait for the end of a round that has none.
void finish(Cast& cast, const Play& play) {
  for (Party* party : cast.parties) {
    if (dynamic_cast<Victim*>(party) != nullptr) play.abort(*party);
  }
}

/// Member 0 is shown a U1 of its own, so that its pairwise masks are with few.
void split_u1(Cast cast, protocol::RoundId round = protocol::RoundId{1}) {
  const std::size_t n = cast.size();
  const std::size_t colluders = cast.colluding;
  Play play = cast.play(round);
  play.check_in();
  play.describe();
  Knowledge knowledge{play.view};
  learn_keys(knowledge, cast);
  const std::size_t few = play.view.descriptor.t - 1 - colluders;
  const ParticipantId victim = cast.parties[0]->id();
  const Ids kept = cast.ids(1, 1 + few);
  const Ids left = cast.ids(1 + few, cast.honest());
  Ids u1_of_victim{victim};
  append(u1_of_victim, cast.colluders());
  append(u1_of_victim, kept);
  for (Party* member : play.members()) {
    const Ids& u1 = member->id() == victim ? u1_of_victim : play.u1();
    member->tell(PhaseNumber::delivery, protocol::encode(play.delivery(member->id(), u1)));
  }
  play.collect_uploads();
  BOOST_TEST_REQUIRE(play.uploads.size() == n);
  learn_from_colluders(knowledge, cast);

  std::map<ParticipantId, int> left_out;
  std::map<ParticipantId, protocol::SurvivorProposal> proposals;
  Ids asked = kept;
  append(asked, left);
  for (const ParticipantId& shop : asked) {
    Ids u2{victim};
    append(u2, cast.colluders());
    append(u2, left);
    if (std::ranges::find(u2, shop) == u2.end()) u2.push_back(shop);
    fill(u2, kept, play.view.descriptor.s_min, left_out);
    proposals.emplace(shop, play.proposal(play.u1(), u2));
  }
  ask_all(cast, play, knowledge, proposals);
  const auto opened = knowledge.open({{&play.uploads.at(victim), play.sharers(u1_of_victim)}});
  expect(cast, proposals, opened, cast.plain(0), "digest-mismatch");
  finish(cast, play);
}

/// The fewest shops whose sum the split of U2 opens: every other honest shop's e must reach t.
std::size_t target_size(const protocol::RoundDescriptor& d, std::size_t colluders) {
  const std::size_t honest = d.n - colluders;
  std::size_t size = 2;
  while (honest * (d.n - d.s_min) / (honest - size) + colluders < d.t) ++size;
  return size;
}

/// A small set of targets is in every U2, everybody else in as few as possible.
void split_u2(Cast cast, protocol::RoundId round = protocol::RoundId{1}) {
  const std::size_t n = cast.size();
  const std::size_t colluders = cast.colluding;
  Play play = cast.play(round);
  play.check_in();
  play.describe();
  Knowledge knowledge{play.view};
  learn_keys(knowledge, cast);
  play.deliver();
  BOOST_TEST_REQUIRE(play.uploads.size() == n);
  learn_from_colluders(knowledge, cast);

  const std::size_t size = target_size(play.view.descriptor, colluders);
  const Ids targets = cast.ids(0, size);
  const Ids others = cast.ids(size, cast.honest());
  std::map<ParticipantId, int> left_out;
  std::map<ParticipantId, protocol::SurvivorProposal> proposals;
  for (const ParticipantId& shop : cast.ids(0, cast.honest())) {
    Ids u2 = targets;
    append(u2, cast.colluders());
    if (std::ranges::find(u2, shop) == u2.end()) u2.push_back(shop);
    fill(u2, others, play.view.descriptor.s_min, left_out);
    proposals.emplace(shop, play.proposal(play.u1(), u2));
  }
  ask_all(cast, play, knowledge, proposals);
  std::vector<Knowledge::Masked> inputs;
  std::vector<std::int64_t> plain(play.view.descriptor.codec.vector_length);
  for (std::size_t i = 0; i < size; ++i) {
    inputs.push_back({&play.uploads.at(targets[i]), play.sharers(play.u1())});
    const auto own = cast.plain(i);
    for (std::size_t k = 0; k < plain.size(); ++k) plain[k] += own[k];
  }
  expect(cast, proposals, knowledge.open(inputs), plain, "below-threshold");
  finish(cast, play);
}

/// Everybody in this process.
template <class Attack>
void in_process(Attack attack, std::size_t n, std::size_t colluders) {
  Adversary adversary;
  const Shops shops{adversary, n};
  std::vector<Party*> parties;
  shops.join(parties);
  attack(Cast{adversary, std::move(parties), colluders}, protocol::RoundId{1});
}

/// Eight shops of which the program is one: first the one that the attack is about, then one of
/// those that are asked for shares.
template <class Attack>
void on_the_program(Attack attack) {
  for (const std::size_t place : {0U, 2U}) {
    Scene scene;
    std::vector<Party*> parties;
    scene.shops.join(parties);
    parties.insert(parties.begin() + static_cast<std::ptrdiff_t>(place), &scene.victim);
    attack(Cast{scene.adversary, std::move(parties), 1}, protocol::RoundId{1});
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split_attacks_test)

BOOST_AUTO_TEST_SUITE(split_u1_isolation)

BOOST_AUTO_TEST_CASE(of_8_shops_none_colludes) { in_process(split_u1, 8, 0); }
BOOST_AUTO_TEST_CASE(of_8_shops_one_colludes) { in_process(split_u1, 8, 1); }
#ifndef GUILDSUM_ATTACKS_UNCHECKED  // the program is what is shipped: it checks
BOOST_AUTO_TEST_CASE(of_8_shops_one_is_the_program) { on_the_program(split_u1); }
#endif
BOOST_AUTO_TEST_CASE(of_10_shops_none_colludes) { in_process(split_u1, 10, 0); }
BOOST_AUTO_TEST_CASE(of_10_shops_one_colludes) { in_process(split_u1, 10, 1); }
#ifndef GUILDSUM_ATTACKS_UNCHECKED  // the others show that the attack bites
BOOST_AUTO_TEST_CASE(of_100_shops_none_colludes) { in_process(split_u1, 100, 0); }
#endif
BOOST_AUTO_TEST_CASE(of_100_shops_ten_collude) { in_process(split_u1, 100, 10); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(split_u2_majorities)

BOOST_AUTO_TEST_CASE(of_8_shops_none_colludes) { in_process(split_u2, 8, 0); }
BOOST_AUTO_TEST_CASE(of_8_shops_one_colludes) { in_process(split_u2, 8, 1); }
#ifndef GUILDSUM_ATTACKS_UNCHECKED  // the program is what is shipped: it checks
BOOST_AUTO_TEST_CASE(of_8_shops_one_is_the_program) { on_the_program(split_u2); }
#endif
BOOST_AUTO_TEST_CASE(of_10_shops_none_colludes) { in_process(split_u2, 10, 0); }
BOOST_AUTO_TEST_CASE(of_10_shops_one_colludes) { in_process(split_u2, 10, 1); }
#ifndef GUILDSUM_ATTACKS_UNCHECKED  // the others show that the attack bites
BOOST_AUTO_TEST_CASE(of_100_shops_none_colludes) { in_process(split_u2, 100, 0); }
#endif
BOOST_AUTO_TEST_CASE(of_100_shops_ten_collude) { in_process(split_u2, 100, 10); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
