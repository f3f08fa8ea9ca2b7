#include <functional>

#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// The roster between rounds: the coordinator names another head and serves a chain to it.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::RosterUpdate;

constexpr std::int64_t kFarFuture = 4'102'444'800'000;  // 2100-01-01

/// Announces a round under the head of `other` and serves `update`; the victim must not check in.
std::string shown(Scene& scene, const protocol::Digest& head, const RosterUpdate& update) {
  Play play = scene.play();
  scene.wire.serve_roster(update);
  auto invitation = play.invitation();
  invitation.roster_head = head;
  scene.victim.invite(invitation);
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.posted(play.round(), "check-in").empty());
  return code;
}

protocol::ParticipantId new_identity(Scene& scene) {
  const crypto::Signer signer{crypto::generate_signing_key(scene.adversary.random())};
  return protocol::identity_of(signer.verify_key());
}

/// A chain that shares its first `common` entries with the true one and goes its own way then.
protocol::Roster other_chain(Scene& scene, std::uint64_t common, std::uint64_t length) {
  const auto& federation = scene.adversary.federation();
  protocol::Roster chain{federation, scene.adversary.registrar().verify_key()};
  for (std::uint64_t i = 0; i < common; ++i) {
    chain.append(scene.adversary.roster().entries()[i]).value();
  }
  while (chain.sequence() < length) {
    const auto entry = protocol::sign_roster_entry(chain, federation, protocol::RosterChange::join,
                                                   new_identity(scene),
                                                   "other-" + std::to_string(chain.sequence()),
                                                   protocol::Epoch{1}, scene.adversary.registrar());
    chain.append(entry).value();
  }
  return chain;
}

RosterUpdate update_of(Scene& scene, const protocol::Roster& chain, std::uint64_t from) {
  RosterUpdate update;
  for (std::uint64_t i = from; i < chain.sequence(); ++i) {
    update.entries.push_back(chain.entries()[i]);
  }
  update.head = protocol::sign_roster_head(chain, scene.adversary.federation(), kFarFuture,
                                           scene.adversary.registrar());
  return update;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(roster_attacks_test)

BOOST_AUTO_TEST_CASE(roster_fork) {
  Scene scene;
  const auto known = scene.adversary.roster().sequence();
  // As long as the known chain, but another one from the third entry on.
  const auto same_length = other_chain(scene, 3, known);
  BOOST_TEST(shown(scene, same_length.head(), update_of(scene, same_length, 0)) == "roster-fork");
  BOOST_TEST(shown(scene, same_length.head(), update_of(scene, same_length, known)) ==
             "roster-fork");
  // Longer, with the entries that give it away left out.
  const auto longer = other_chain(scene, 3, known + 2);
  BOOST_TEST(shown(scene, longer.head(), update_of(scene, longer, 0)) == "roster-fork");
  BOOST_TEST(shown(scene, longer.head(), update_of(scene, longer, known)) == "roster-broken-link");
  // The true chain goes on after all this.
  scene.adversary.admit(new_identity(scene), "newcomer");
  scene.wire.serve_roster(scene.adversary.roster_after(known));
  Play play = scene.play();
  play.check_in();
  BOOST_TEST(play.description.check_ins.size() == kOtherShops + 1);
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(roster_rollback) {
  Scene scene;
  const auto known = scene.adversary.roster().sequence();
  const auto older = other_chain(scene, known - 2, known - 2);
  BOOST_TEST(shown(scene, older.head(), update_of(scene, older, 0)) == "roster-rollback");
  const auto empty = other_chain(scene, 0, 0);
  BOOST_TEST(shown(scene, empty.head(), update_of(scene, empty, 0)) == "roster-rollback");
  // An old head whose time has passed, and one that the coordinator signed instead of the
  // registrar.
  const auto longer = other_chain(scene, known, known + 1);
  auto expired = update_of(scene, longer, known);
  expired.head = protocol::sign_roster_head(longer, scene.adversary.federation(), 1'000,
                                            scene.adversary.registrar());
  BOOST_TEST(shown(scene, longer.head(), expired) == "roster-expired");
  auto forged = update_of(scene, longer, known);
  protocol::sign(forged.head, scene.adversary.federation(), scene.adversary.coordinator());
  BOOST_TEST(shown(scene, longer.head(), forged) == "roster-bad-signature");
  auto forged_entry = update_of(scene, longer, known);
  protocol::sign(forged_entry.entries.front(), scene.adversary.federation(),
                 scene.adversary.coordinator());
  BOOST_TEST(shown(scene, longer.head(), forged_entry) == "roster-bad-signature");
  // A name that is taken, and an identity whose key signs everything.
  auto twin = scene.adversary.roster();
  auto taken = update_of(scene, longer, known);
  taken.entries = {protocol::sign_roster_entry(
      twin, scene.adversary.federation(), protocol::RosterChange::join, new_identity(scene),
      "shop-0", protocol::Epoch{1}, scene.adversary.registrar())};
  BOOST_TEST(shown(scene, longer.head(), taken) == "roster-duplicate");
  auto small = update_of(scene, longer, known);
  small.entries = {protocol::sign_roster_entry(
      twin, scene.adversary.federation(), protocol::RosterChange::join, protocol::ParticipantId{},
      "small", protocol::Epoch{1}, scene.adversary.registrar())};
  BOOST_TEST(shown(scene, longer.head(), small) == "roster-broken-link");
}

namespace {

/// Beside the victim; so few that with the invented ones the roster has ten members, one of
/// whom a shop assumes corrupt.
constexpr std::size_t kFew = 4;

/// Members that the coordinator, being the registrar as well, invents.
std::vector<std::unique_ptr<LocalShop>> invent(Adversary& adversary, std::size_t count,
                                               const std::string& prefix) {
  const auto length = adversary.round_template(protocol::RoundId{1}).descriptor.codec.vector_length;
  std::vector<std::unique_ptr<LocalShop>> shops;
  for (std::size_t i = 0; i < count; ++i) {
    shops.push_back(std::make_unique<LocalShop>(adversary, prefix + std::to_string(i),
                                                std::vector<std::int64_t>(length)));
  }
  return shops;
}

/// A round of this epoch with these members, described to the victim.
Play asked_in_epoch(Scene& scene, std::uint64_t round, std::uint64_t epoch,
                    const std::vector<std::unique_ptr<LocalShop>>& more) {
  std::vector<Party*> members{&scene.victim};
  scene.shops.join(members);
  for (const auto& shop : more) members.push_back(shop.get());
  scene.adversary.chain_to(scene.wire.end_last_round());
  Play play{scene.adversary, std::move(members), protocol::RoundId{round}};
  auto& d = play.description.descriptor;
  d.epoch = protocol::Epoch{epoch};
  d.state.lineage = protocol::lineage_of(d.epoch, d.state.model_root);
  play.check_in();
  play.view = protocol::RoundView::of(play.description).value();
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  return play;
}

void expect_refused(Scene& scene, const Play& play) {
  BOOST_TEST(scene.refusal(play) == "policy-refused");
  BOOST_TEST(scene.wire.posted(play.round(), "shares").empty());
}

void expect_shared(Scene& scene, const Play& play) {
  BOOST_TEST(scene.wire.wait_for(play.round(), "shares").has_value());
  play.abort(scene.victim);
}

}  // namespace

BOOST_AUTO_TEST_CASE(sybil_roster) {
  {
    Scene scene{"[policy]\nnew_members_max = 2\n", kFew};
    expect_shared(scene, asked_in_epoch(scene, 1, 1, {}));
    // Two new ones are what the owner allows; the third entry names an epoch of the past.
    auto sybils = invent(scene.adversary, 2, "sybil-");
    expect_shared(scene, asked_in_epoch(scene, 2, 2, sybils));
    for (auto& shop : invent(scene.adversary, 3, "more-")) sybils.push_back(std::move(shop));
    expect_refused(scene, asked_in_epoch(scene, 3, 3, sybils));
    expect_refused(scene, asked_in_epoch(scene, 4, 9, sybils));
    scene.victim.crash();
    scene.victim.serve();
    expect_refused(scene, asked_in_epoch(scene, 5, 10, sybils));
  }
  // It bites: without the rule they are in.
  Scene open{std::string{}, kFew};
  expect_shared(open, asked_in_epoch(open, 1, 1, {}));
  expect_shared(open, asked_in_epoch(open, 2, 2, invent(open.adversary, 3, "sybil-")));
}

BOOST_AUTO_TEST_SUITE_END()
