#include "protocol/checks.hpp"
#include "protocol/digests.hpp"

// Stand-ins for the checks of phase 3a that check nothing. They are linked into one test program
// only, under names of their own, together with a copy of participant/round/survivors.cpp that
// calls them: the machine as it would be without survivor certificates.
namespace guildsum::protocol {

Result<Survivors> read_survivors(const SurvivorProposal& proposal, const RoundView&,
                                 std::span<const MemberDigest>) {
  Survivors survivors;
  survivors.members = survivors_list(proposal.headers);
  survivors.digest = survivors_digest(survivors.members);
  return survivors;
}

Result<Survivors> check_survivor_proposal(const SurvivorProposal& proposal, const RoundView& round,
                                          std::span<const MemberDigest> own_sharers,
                                          const MaskedInput&, const DescriptionPolicy&) {
  return read_survivors(proposal, round, own_sharers);
}

Result<> check_certificate(const SurvivorCertificate&, const RoundView&, const Digest&,
                           const Survivors&) {
  return {};
}

}  // namespace guildsum::protocol
