#include <set>

#include "coordinator/complaints.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "tests/attacks/guild.hpp"

// Complaints about key shares as a weapon: one shop accuses honest ones, to keep them out.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

constexpr std::size_t kQuarrelAttempts = 6;

/// What complaints of one shop came to.
struct Quarrel {
  std::size_t completed = 0;    ///< attempts with the exact sum of all who uploaded
  std::size_t worst = 0;        ///< most attempts that one honest shop was left out of
  bool liar_in_the_end = true;  ///< the liar still takes part
};
using LeaveOut = std::function<std::set<ParticipantId>(
    const std::vector<coordinator::PairComplaint>&, const std::vector<coordinator::RoundKey>&)>;

/// A well signed complaint of `liar` about shares that were in order.
protocol::Complaint lie(const Guild& guild, const HonestCoordinator& attempt, LocalShop& liar,
                        const ParticipantId& about) {
  const auto& round = std::get<coordinator::CollectingMaskedInputs>(attempt.phase()).round;
  const auto& cohort = round.described.view.cohort;
  const auto dealer = *cohort.position_of(about);
  protocol::Complaint message;
  message.sender = liar.id();
  message.rd = round.described.view.rd;
  message.dealer = about;
  message.ciphertext = round.ciphertext_digests[dealer.value()][protocol::ciphertext_index(
      dealer, *cohort.position_of(liar.id()))];
  protocol::sign(message, guild.keys.federation(), liar.signer());
  return message;
}

/// In one attempt: the lie is taken once, and only about what its dealer sent to the liar.
void complain_once(Guild& guild, HonestCoordinator& attempt, const ParticipantId& about,
                   const ParticipantId& other) {
  const auto honest = lie(guild, attempt, guild.cheat(), about);
  auto unsent = honest;
  unsent.ciphertext.mutable_view()[0] ^= std::byte{1};
  protocol::sign(unsent, guild.keys.federation(), guild.cheat().signer());
  BOOST_TEST(attempt.submit(coordinator::Event{unsent}) == "digest-mismatch");
  auto in_anothers_name = honest;
  in_anothers_name.sender = other;
  BOOST_TEST(attempt.submit(coordinator::Event{in_anothers_name}) != "");
  BOOST_TEST(attempt.submit(coordinator::Event{honest}) == "");
  const auto second = lie(guild, attempt, guild.cheat(), other);
  BOOST_TEST(attempt.submit(coordinator::Event{second}) == "conflicting-message");
}

/// Attempt after attempt: who takes part follows from `leave_out`, the liar complains each time
/// about the next one of the others.
Quarrel quarrel(const LeaveOut& leave_out) {
  Guild guild;
  Quarrel played;
  std::vector<coordinator::PairComplaint> complaints;
  std::vector<coordinator::RoundKey> attempts;
  std::map<ParticipantId, std::size_t> missed;
  for (std::uint64_t number = 1; number <= kQuarrelAttempts; ++number) {
    const auto out = leave_out(complaints, attempts);
    std::vector<LocalShop*> members;
    for (LocalShop* shop : guild.all()) {
      if (!out.contains(shop->id()))
        members.push_back(shop);
      else if (shop != &guild.cheat())
        played.worst = std::max(played.worst, ++missed[shop->id()]);
    }
    played.liar_in_the_end = !out.contains(guild.cheat().id());
    if (members.size() < protocol::kSurvivorsFloor + (played.liar_in_the_end ? 1 : 0)) break;
    HonestCoordinator attempt{guild.keys, members, protocol::RoundId{number}};
    attempts.push_back({protocol::RoundId{number}, protocol::Attempt{}});
    std::vector<ParticipantId> honest;
    for (LocalShop* shop : members) {
      if (shop != &guild.cheat()) honest.push_back(shop->id());
    }
    attempt.bend_upload = [&](LocalShop& shop, Upload upload) -> std::optional<Upload> {
      if (&shop != &guild.cheat()) return upload;
      const auto& about = honest[number % honest.size()];
      complain_once(guild, attempt, about, honest[(number + 1) % honest.size()]);
      complaints.push_back({attempts.back(), shop.id(), about});
      return std::nullopt;
    };
    attempt.run();
    const bool exact = attempt.sum && attempt.sum->values == attempt.plain_sum();
    if (attempt.phase_name() == "completed" && exact) ++played.completed;
    for (const ParticipantId& id : honest) BOOST_TEST(attempt.counted(id));
  }
  return played;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(complaint_attacks_test)

BOOST_AUTO_TEST_CASE(complaint_veto) {
  // Instead of uploading, one shop complains about another one in each attempt in which it takes
  // part: with the rule of this coordinator it removes itself.
  const Quarrel played = quarrel(
      [](const auto& complaints, const auto& attempts) { return left_out(complaints, attempts); });
  BOOST_TEST(played.completed == kQuarrelAttempts);
  BOOST_TEST(played.worst == 1U);  // of the honest shops none is left out twice
  BOOST_TEST(played.liar_in_the_end == false);
  // It bites: if whoever is complained about had to go, one honest shop after the other would,
  // until too few are left.
  const Quarrel believed = quarrel([](const auto& complaints, const auto&) {
    std::set<ParticipantId> out;
    for (const coordinator::PairComplaint& complaint : complaints) out.insert(complaint.dealer);
    return out;
  });
  BOOST_TEST(believed.completed < kQuarrelAttempts);
  BOOST_TEST(believed.worst > 1U);
  BOOST_TEST(believed.liar_in_the_end == true);
}

BOOST_AUTO_TEST_SUITE_END()
