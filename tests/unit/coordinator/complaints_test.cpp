// Complaints about key shares separate two shops, and never give one shop power over the others.
#include "coordinator/complaints.hpp"

#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using protocol::RoundId;
using testing::ServiceSetup;

namespace {

ParticipantId shop(std::uint64_t number) { return testing::sample<ParticipantId>(number); }

RoundKey attempt(std::uint64_t round, std::uint32_t number = 0) {
  return {RoundId{round}, protocol::Attempt{number}};
}

std::vector<RoundKey> attempts_until(std::uint64_t last) {
  std::vector<RoundKey> keys;
  for (std::uint64_t round = 1; round <= last; ++round) keys.push_back(attempt(round));
  return keys;
}

/// A complaint of one shop of the running round about the shares that another one sent it.
protocol::Complaint complaint(ServiceSetup& setup, std::size_t from, std::size_t about) {
  const auto& dealt = std::get<protocol::ShareKeys>(setup.shops[about].sent.at(1));
  std::vector<ParticipantId> cohort;
  for (auto& each : setup.shops) cohort.push_back(each.applicant.id());
  std::ranges::sort(cohort);
  const auto position = [&](std::size_t index) {
    const auto at = std::ranges::find(cohort, setup.shops[index].applicant.id());
    return protocol::CohortPosition{static_cast<std::uint32_t>(at - cohort.begin())};
  };
  const auto index = protocol::ciphertext_index(position(about), position(from));
  protocol::Complaint message;
  message.sender = setup.shops[from].applicant.id();
  message.rd = dealt.rd;
  message.dealer = setup.shops[about].applicant.id();
  message.ciphertext = protocol::ciphertext_digest(dealt.shares[index].ciphertext);
  protocol::sign(message, setup.terms.federation, setup.shops[from].applicant.signer);
  return message;
}

/// Who checked in to this round, by index.
std::set<std::size_t> members_of(ServiceSetup& setup, std::uint64_t round) {
  std::set<std::size_t> members;
  const auto rows =
      setup.read([&](LedgerReader& reader) { return reader.events(attempt(round)); }).value();
  for (const EventRow& row : rows) {
    const Event event = decode_event(row.bytes).value();
    const auto* check_in = std::get_if<protocol::CheckIn>(&event);
    for (std::size_t i = 0; check_in != nullptr && i < setup.shops.size(); ++i) {
      if (setup.shops[i].applicant.id() == check_in->sender) members.insert(i);
    }
  }
  return members;
}

std::set<std::size_t> all_but(std::size_t out) {
  std::set<std::size_t> members{0, 1, 2, 3, 4, 5};
  members.erase(out);
  return members;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(complaints_test)

BOOST_AUTO_TEST_CASE(without_complaints_nobody_is_left_out) {
  BOOST_TEST(left_out({}, attempts_until(3)).empty());
}

BOOST_AUTO_TEST_CASE(a_pair_takes_turns_and_the_complainer_was_out_already) {
  const std::vector<PairComplaint> complaints{{attempt(2), shop(1), shop(2)}};
  using Out = std::set<ParticipantId>;
  BOOST_TEST((left_out(complaints, attempts_until(2)) == Out{shop(2)}));
  BOOST_TEST((left_out(complaints, attempts_until(3)) == Out{shop(1)}));
  BOOST_TEST((left_out(complaints, attempts_until(4)) == Out{shop(2)}));
  // Another attempt of the same round is a turn as well.
  auto attempts = attempts_until(2);
  attempts.push_back(attempt(2, 1));
  BOOST_TEST((left_out(complaints, attempts) == Out{shop(1)}));
}

BOOST_AUTO_TEST_CASE(whoever_quarrels_with_two_peers_is_out_and_frees_them) {
  std::vector<PairComplaint> complaints{{attempt(1), shop(1), shop(2)},
                                        {attempt(2), shop(1), shop(3)}};
  for (std::uint64_t last = 2; last < 6; ++last) {
    BOOST_TEST((left_out(complaints, attempts_until(last)) == std::set{shop(1)}));
  }
  // In whichever role: two complain about one.
  complaints = {{attempt(1), shop(2), shop(1)}, {attempt(1), shop(3), shop(1)}};
  BOOST_TEST((left_out(complaints, attempts_until(1)) == std::set{shop(1)}));
  // The same pair twice is one peer.
  complaints = {{attempt(1), shop(1), shop(2)}, {attempt(2), shop(2), shop(1)}};
  BOOST_TEST(left_out(complaints, attempts_until(2)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_shop_alone_never_keeps_another_out_for_good) {
  // Whatever shop 1 says, and when: another shop is out of at most every second attempt.
  for (std::uint64_t about = 2; about < 8; ++about) {
    std::vector<PairComplaint> complaints;
    std::map<ParticipantId, int> missed;
    for (std::uint64_t round = 1; round < 40; ++round) {
      const auto out = left_out(complaints, attempts_until(round - 1));
      for (const ParticipantId& id : out) ++missed[id];
      if (out.contains(shop(1))) continue;
      complaints.push_back({attempt(round), shop(1), shop(2 + (round * about) % 6)});
    }
    for (const auto& [id, times] : missed) BOOST_TEST((id == shop(1) || times <= 20));
  }
}

BOOST_AUTO_TEST_CASE(rounds_of_a_task_leave_the_pair_out_by_turns_also_after_a_restart) {
  ServiceSetup setup{6};
  setup.shops[1].stops_before_upload = true;
  setup.start_task("ials");
  setup.settle();
  BOOST_TEST(setup.phase_of_running_round() == "collecting-masked-inputs");
  GS_REQUIRE_DONE(setup.service->submit(RoundId{1}, complaint(setup, 1, 2)));
  setup.shops[1].silent = setup.shops[1].stops_before_upload = false;
  setup.run_until("certifying");
  setup.restart_service();
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  const auto rounds = setup.rounds();
  BOOST_TEST_REQUIRE(rounds.size() >= 4U);
  BOOST_TEST((members_of(setup, 1) == std::set<std::size_t>{0, 1, 2, 3, 4, 5}));
  for (std::uint64_t round = 2; round <= rounds.size(); ++round) {
    BOOST_TEST((members_of(setup, round) == all_but(round % 2 == 0 ? 2 : 1)), "round " << round);
  }
}

BOOST_AUTO_TEST_CASE(who_is_left_out_is_not_invited_and_cannot_check_in) {
  ServiceSetup setup{6};
  setup.shops[1].stops_before_upload = true;
  setup.start_task("ials");
  setup.settle();
  GS_REQUIRE_DONE(setup.service->submit(RoundId{1}, complaint(setup, 1, 2)));
  setup.shops[1].silent = setup.shops[1].stops_before_upload = false;
  setup.shops[0].silent = true;
  const auto check_in = std::get<protocol::CheckIn>(setup.shops[2].sent.at(0));
  while (setup.rounds().size() < 2) BOOST_REQUIRE(setup.turn() || setup.scheduler.run_next());
  setup.settle();
  BOOST_TEST(setup.phase_of_running_round() == "collecting-check-ins");
  const RoundKey before = attempt(1);
  BOOST_TEST(!setup.service->invitation_for(setup.shops[2].applicant.id(), before));
  BOOST_TEST(setup.service->invitation_for(setup.shops[0].applicant.id(), before).has_value());
  GS_CHECK_REFUSED(setup.service->submit(RoundId{2}, check_in), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(a_complaint_is_about_what_the_dealer_sent) {
  ServiceSetup setup{6};
  setup.shops[1].stops_before_upload = true;
  setup.start_task();
  setup.settle();
  auto other = complaint(setup, 1, 2);
  other.ciphertext.mutable_view()[0] ^= std::byte{1};
  protocol::sign(other, setup.terms.federation, setup.shops[1].applicant.signer);
  GS_CHECK_REFUSED(setup.service->submit(RoundId{1}, other), ProtocolErrc::digest_mismatch);
  GS_REQUIRE_DONE(setup.service->submit(RoundId{1}, complaint(setup, 1, 2)));
}

BOOST_AUTO_TEST_SUITE_END()
