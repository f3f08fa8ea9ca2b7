#include "participant/vocabulary/key_driver.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/memory_log.hpp"
#include "protocol/errors.hpp"
#include "store_setup.hpp"
#include "tests/support/agreement_room.hpp"

namespace guildsum::participant {
namespace {

using coordinator::AgreementPhase;
using coordinator::KeyAgreement;
using testing::AgreementRoom;

/// The coordinator's machine behind the agent's interface; it can fall silent.
class RoomRemote final : public AgreementRemote {
 public:
  RoomRemote(KeyAgreement& agreement, protocol::ParticipantId shop)
      : agreement_{agreement}, shop_{shop} {}

  Result<std::optional<PhaseMessage>> agreement(const SeenAgreement& seen) override {
    if (silent) return Error{BaseErrc::unreachable, "test"};
    if (said) return std::exchange(said, std::nullopt);
    const bool same = seen.id == agreement_.plan().id;
    const auto message = agreement_.message_for(shop_, same ? seen.number : 0);
    if (!message) return std::optional<PhaseMessage>{};
    return std::optional{PhaseMessage{message->number, message->frame}};
  }
  Result<> send_agreement(protocol::MessageType type, const Bytes& frame) override {
    ++sends;
    if (silent || loses_sends) return Error{BaseErrc::unreachable, "test"};
    sent.push_back(frame);
    GS_CHECK(agreement_.take(AgreementRoom::sent({type, frame})));
    return {};
  }
  void watch_agreements(const SeenAgreement& seen) override { watched = seen; }

  bool silent = false;
  bool loses_sends = false;
  std::optional<PhaseMessage> said;  ///< instead of what the agreement has to say
  std::vector<Bytes> sent;
  int sends = 0;
  SeenAgreement watched;

 private:
  KeyAgreement& agreement_;
  protocol::ParticipantId shop_;
};

struct Setup : testing::StoreSetup {
  Setup() {
    if (make_private_directory(paths.dir).has_error()) std::abort();
    keeper = VocabularyKeeper::open(paths).value();
    evidence = EvidenceStore::open(paths.evidence()).value();
    driver.emplace(KeyDriverParts{remote, *keeper, activity, *evidence, room.random, log});
  }
  [[nodiscard]] AgreementRoom::Shop& own() { return *room.shops[0]; }
  bool turn() {
    const auto context = [this] {
      return AgreementContext{room.federation, own().id(),  own().signer,
                              room.roster,     room.policy, keeper->newest()};
    };
    const auto synced = [this](const protocol::VocabularyInvitation&) -> Result<> {
      ++syncs;
      return {};
    };
    return driver->turn(context, synced).value();
  }
  /// The other shops answer what waits for them.
  void others() {
    for (std::size_t i = 1; i < room.shops.size(); ++i) {
      auto& shop = *room.shops[i];
      const auto seen = seen_by(shop.phase, {});
      const bool same = seen.id == agreement.plan().id;
      const auto message = agreement.message_for(shop.id(), same ? seen.number : 0);
      if (!message) continue;
      if (const auto answer = room.tell(shop, *message)) agreement.take(*answer).value();
    }
  }

  AgreementRoom room{4};
  KeyAgreement agreement{room.plan(3), room.roster};
  AgentPaths paths{dir / "agent"};
  std::unique_ptr<VocabularyKeeper> keeper;
  ActivityStore activity{*store};
  std::unique_ptr<EvidenceStore> evidence;
  MemoryLog log;
  RoomRemote remote{agreement, room.shops[0]->id()};
  std::optional<KeyDriver> driver;
  int syncs = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_driver_test)

BOOST_AUTO_TEST_CASE(an_agreement_ends_with_a_durable_key) {
  Setup setup;
  for (int phase = 0; phase < 3; ++phase) {
    BOOST_TEST(setup.turn());
    setup.others();
  }
  BOOST_TEST((setup.agreement.phase() == AgreementPhase::agreed));
  BOOST_TEST((setup.keeper->view().key == setup.agreement.key()));
  BOOST_TEST((VocabularyKeeper::open(setup.paths).value()->view().key == setup.agreement.key()));
  BOOST_TEST(setup.syncs == 1);
  BOOST_TEST(setup.turn());
  BOOST_TEST((setup.remote.watched.id == setup.agreement.plan().id));
}

BOOST_AUTO_TEST_CASE(a_message_that_was_lost_goes_out_again_with_the_same_bytes) {
  Setup setup;
  setup.remote.loses_sends = true;
  BOOST_TEST(!setup.turn());
  BOOST_TEST(setup.remote.sends == 1);
  setup.remote.loses_sends = false;
  BOOST_TEST(setup.turn());
  BOOST_TEST(setup.remote.sends == 2);
  setup.others();
  BOOST_TEST((setup.agreement.phase() == AgreementPhase::contributions));
}

BOOST_AUTO_TEST_CASE(silence_is_waited_for) {
  Setup setup;
  setup.remote.silent = true;
  BOOST_TEST(setup.turn());
  BOOST_TEST(setup.remote.sends == 0);
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_recorded_and_kept) {
  Setup setup;
  BOOST_TEST(setup.turn());
  setup.others();
  const auto message = setup.agreement.message_for(setup.own().id(), 1);
  auto offers = protocol::decode<protocol::VocabularyOffers>(message->frame).value();
  offers.offers.pop_back();
  offers.offers.pop_back();
  setup.remote.said = PhaseMessage{2, protocol::encode(offers)};
  (void)setup.turn();
  const auto refusals = setup.activity.refusals(5).value();
  BOOST_REQUIRE_EQUAL(refusals.size(), 1u);
  BOOST_TEST((refusals[0].code == "too-few" || refusals[0].code == "not-a-member"));
  BOOST_TEST(!std::filesystem::is_empty(setup.paths.evidence()));
  BOOST_TEST(setup.keeper->view().key.is_zero());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_message_lead_nowhere) {
  Setup setup;
  setup.remote.said = PhaseMessage{1, to_bytes("nonsense")};
  BOOST_TEST(!setup.turn());
  BOOST_TEST(setup.activity.refusals(5).value().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
