#include "participant/settlement.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/memory_log.hpp"
#include "live_round.hpp"
#include "protocol/errors.hpp"
#include "tests/support/temp_dir.hpp"

// What becomes of a contribution whose attempt the shop did not see the end of.
namespace {

using namespace guildsum;
using namespace guildsum::participant;
using guildsum::simulations::LiveRound;
using protocol::ProtocolErrc;

/// A coordinator that says one thing about every attempt.
class OneAnswer final : public Remote {
 public:
  explicit OneAnswer(Result<Bytes> answer, Result<Bytes> survivors = none())
      : answer_{std::move(answer)}, survivors_{std::move(survivors)} {}
  Result<Bytes> outcome(const AttemptId&) override { return answer_; }
  Result<Bytes> survivors(const AttemptId&) override { return survivors_; }
  Result<Bytes> ends(const AttemptId&) override { return none(); }

  Result<protocol::RosterUpdate> roster(std::uint64_t) override { return none(); }
  Result<std::optional<protocol::RoundInvitation>> invitation(const std::optional<AttemptId>&,
                                                              std::chrono::milliseconds) override {
    return none();
  }
  Result<std::optional<protocol::CheckIn>> last_check_in() override { return none(); }
  Result<std::optional<PhaseMessage>> phase(protocol::RoundId, std::uint32_t,
                                            std::chrono::milliseconds) override {
    return none();
  }
  Result<> send(const AttemptId&, protocol::MessageType, const Bytes&) override { return none(); }
  Result<protocol::UploadStatus> begin_upload(const AttemptId&, const Bytes&) override {
    return none();
  }
  Result<protocol::UploadStatus> upload_chunk(const AttemptId&, std::uint32_t,
                                              const Bytes&) override {
    return none();
  }
  Result<Bytes> blob(const protocol::BlobId&, std::uint64_t) override { return none(); }

 private:
  static Error none() { return {BaseErrc::not_found, "only outcomes are answered"}; }
  Result<Bytes> answer_;
  Result<Bytes> survivors_;
};

/// Six shops certified a sum, and three of them answered 3b: one too few to open it, one too many
/// for an abandon certificate. Shop 0 lost sight of it, shop 5 had uploaded nothing.
struct Unopened {
  LiveRound round{6, 3};
  test::TempDir dir;
  MemoryLog log;
  std::vector<Journal> journals;
  Spool spool = *Spool::open(dir.path() / "spool");

  Unopened() {
    round.shop(5).uploads = false;
    for (std::uint32_t i = 0; i < 6; ++i) round.check_in(i);
    round.deliver_until<coordinator::CollectingMaskedInputs>();
    for (std::uint32_t i = 0; i < 6; ++i) round.deliver(i);
    round.submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(round.phase().index())});
    round.deliver_until<coordinator::Unmasking>();
    const auto description =
        std::get<coordinator::Unmasking>(round.phase()).round.proposed.shared.described.description;
    BOOST_TEST_REQUIRE(spool.keep_description(description).has_value());
    for (std::uint32_t i = 1; i < 4; ++i) {
      while (round.deliver(i)) {
      }
    }
    round.submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(round.phase().index())});
    for (const std::uint32_t shop : {0U, 5U}) keep_journal(shop, description.descriptor);
  }
  void keep_journal(std::uint32_t shop, const protocol::RoundDescriptor& d) {
    journals.push_back(*Journal::open(dir.path() / ("journal-" + std::to_string(shop)), log));
    for (const JournalRecord& record : round.shop(shop).journal) {
      BOOST_TEST_REQUIRE(journals.back().append(record).has_value());
    }
    const RoundClosed closed{d.round, d.attempt, protocol::round_digest(d), false, true, {}};
    BOOST_TEST_REQUIRE(journals.back().append(closed).has_value());
    BOOST_TEST(journals.back().state().history.unsettled().size() == 1U);
  }
  const coordinator::Aborted& aborted() { return std::get<coordinator::Aborted>(round.phase()); }
  const ContributionHistory& settle(std::size_t journal, std::uint32_t shop,
                                    const protocol::UnopenedRound& unopened) {
    OneAnswer remote{protocol::encode(aborted().message), protocol::encode(unopened)};
    BOOST_TEST(
        settle_contributions(journals[journal], round.shop(shop).context.self, spool, remote, log)
            .has_value());
    return journals[journal].state().history;
  }
};

/// Shop 0 uploaded and then lost sight of the round, which five others abandoned.
struct LostSight {
  LiveRound round{6, 3};
  test::TempDir dir;
  MemoryLog log;
  Journal journal = *Journal::open(dir.path() / "journal", log);
  Spool spool = *Spool::open(dir.path() / "spool");

  LostSight() {
    for (std::uint32_t i = 0; i < 6; ++i) round.check_in(i);
    round.deliver_until<coordinator::Certifying>();
    const auto description =
        std::get<coordinator::Certifying>(round.phase()).round.shared.described.description;
    BOOST_TEST_REQUIRE(spool.keep_description(description).has_value());
    round.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
    for (std::uint32_t i = 1; i < 6; ++i) round.deliver(i);
    for (const JournalRecord& record : round.shop(0).journal) {
      BOOST_TEST_REQUIRE(journal.append(record).has_value());
    }
    const auto& d = description.descriptor;
    const RoundClosed closed{d.round, d.attempt, protocol::round_digest(d), false, true, {}};
    BOOST_TEST_REQUIRE(journal.append(closed).has_value());
    BOOST_TEST(unsettled() == 1U);
  }
  std::size_t unsettled() const { return journal.state().history.unsettled().size(); }
  const protocol::RoundAborted& aborted() {
    return std::get<coordinator::Aborted>(round.phase()).message;
  }
  void settle(Result<Bytes> answer) {
    OneAnswer remote{std::move(answer)};
    BOOST_TEST(
        settle_contributions(journal, round.shop(0).context.self, spool, remote, log).has_value());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(settlement_test)

BOOST_AUTO_TEST_CASE(a_certificate_frees_the_step_for_good) {
  LostSight shop;
  shop.settle(protocol::encode(shop.aborted()));
  BOOST_TEST(shop.unsettled() == 0U);
  BOOST_TEST(shop.log.count("contribution.released") == 1U);
  const Journal again = *Journal::open(shop.dir.path() / "journal", shop.log);
  BOOST_TEST(again.state().history.unsettled().empty());
}

BOOST_AUTO_TEST_CASE(anything_else_frees_nothing) {
  LostSight shop;
  protocol::RoundAborted bare = shop.aborted();
  bare.certificate.clear();
  protocol::RoundAborted short_one = shop.aborted();
  short_one.certificate.pop_back();
  shop.settle(protocol::encode(bare));
  shop.settle(protocol::encode(short_one));
  shop.settle(to_bytes("no message"));
  shop.settle(Error{ProtocolErrc::wrong_round});
  BOOST_TEST(shop.unsettled() == 1U);
  BOOST_TEST(shop.log.count("contribution.unsettled") == 4U);
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_is_not_there_is_asked_again_before_the_next_check_in) {
  LostSight shop;
  const auto answered = [&](Result<Bytes> outcome, Result<Bytes> survivors) {
    OneAnswer remote{std::move(outcome), std::move(survivors)};
    return *settle_contributions(shop.journal, shop.round.shop(0).context.self, shop.spool, remote,
                                 shop.log);
  };
  const Error away{BaseErrc::unreachable, "away"};
  const Error none{ProtocolErrc::wrong_phase};
  BOOST_TEST(!answered(away, away));
  BOOST_TEST(!answered(none, away));
  BOOST_TEST(answered(none, none));
  BOOST_TEST(shop.unsettled() == 1U);
  BOOST_TEST(answered(protocol::encode(shop.aborted()), away));
  BOOST_TEST(shop.unsettled() == 0U);
}

BOOST_AUTO_TEST_CASE(without_the_kept_description_no_certificate_is_believed) {
  LostSight shop;
  BOOST_TEST_REQUIRE(shop.spool.sweep({}).has_value());
  shop.settle(protocol::encode(shop.aborted()));
  BOOST_TEST(shop.unsettled() == 1U);
}

BOOST_AUTO_TEST_CASE(compaction_keeps_what_is_unsettled) {
  LostSight shop;
  BOOST_TEST_REQUIRE(shop.journal.append(LineageApproved{"ease"}).has_value());
  BOOST_TEST_REQUIRE(shop.journal.compact().has_value());
  const Journal again = *Journal::open(shop.dir.path() / "journal", shop.log);
  BOOST_TEST_REQUIRE(again.state().history.unsettled().size() == 1U);
  BOOST_TEST((again.state().history.unsettled()[0].rd == shop.aborted().rd));
  BOOST_TEST(again.state().history.approvals().contains("ease"));
}

BOOST_AUTO_TEST_CASE(a_certified_round_that_did_not_open_is_held_for_its_repair) {
  Unopened scene;
  BOOST_TEST_REQUIRE(scene.aborted().unopened.has_value());
  const ContributionHistory& history = scene.settle(0, 0, *scene.aborted().unopened);
  BOOST_TEST_REQUIRE(history.unsettled().size() == 1U);
  const auto repair = history.repair_of(history.unsettled()[0].state);
  BOOST_TEST_REQUIRE(repair.has_value());
  BOOST_TEST(repair->survivors.size() == 5U);
  BOOST_TEST(scene.log.count("contribution.certified") == 1U);
  // Asked again, it is known already.
  (void)scene.settle(0, 0, *scene.aborted().unopened);
  BOOST_TEST(scene.log.count("contribution.certified") == 1U);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_does_not_name_the_shop_frees_it) {
  Unopened scene;
  BOOST_TEST(scene.settle(1, 5, *scene.aborted().unopened).unsettled().empty());
  BOOST_TEST(scene.log.count("contribution.released") == 1U);
}

BOOST_AUTO_TEST_CASE(a_shop_that_came_back_under_another_key_is_not_freed_by_not_being_named) {
  Unopened scene;
  OneAnswer remote{protocol::encode(scene.aborted().message),
                   protocol::encode(*scene.aborted().unopened)};
  const protocol::ParticipantId new_key{};
  BOOST_TEST_REQUIRE(
      settle_contributions(scene.journals[0], new_key, scene.spool, remote, scene.log).has_value());
  const ContributionHistory& history = scene.journals[0].state().history;
  BOOST_TEST_REQUIRE(history.unsettled().size() == 1U);
  BOOST_TEST(scene.log.count("contribution.released") == 0U);
  // The sum's repair is only for those it names.
  const auto repair = history.repair_of(history.unsettled()[0].state);
  BOOST_TEST_REQUIRE(repair.has_value());
  BOOST_TEST((std::ranges::find(repair->survivors, new_key) == repair->survivors.end()));
}

BOOST_AUTO_TEST_CASE(a_certificate_with_anything_wrong_changes_nothing) {
  Unopened scene;
  auto short_one = *scene.aborted().unopened;
  short_one.certificate.signatures.pop_back();
  auto smaller = *scene.aborted().unopened;
  smaller.proposal.headers.pop_back();
  for (const auto& unopened : {short_one, smaller}) {
    const ContributionHistory& history = scene.settle(0, 0, unopened);
    BOOST_TEST_REQUIRE(history.unsettled().size() == 1U);
    BOOST_TEST(!history.repair_of(history.unsettled()[0].state).has_value());
  }
  BOOST_TEST(scene.log.count("contribution.unsettled") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
