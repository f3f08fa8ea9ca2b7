#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/descriptor.hpp"
#include "protocol/errors.hpp"
#include "protocol/unopened_round.hpp"

namespace guildsum::participant {

/// A contribution whose attempt ended without a sum that this shop saw, and without an abandon
/// certificate: it counts until the certificate is there.
struct UnsettledContribution {
  protocol::RoundDigest rd;
  protocol::RoundId round;
  protocol::Attempt attempt;
  protocol::StateRoot state;
  protocol::Digest request{};  ///< `request_digest`: what the kept vector answers; zero if unknown
  /// A survivor certificate that names this shop, and what it proves; nothing before one was seen.
  std::optional<protocol::CertifiedSet> certified{};
};

/// A certified sum that did not open, as this shop helps to repair it: with the very vector that it
/// contributed, and only over the very shops.
struct Repair {
  protocol::RoundDigest origin;  ///< whose vector is kept
  protocol::Digest request;
  std::vector<protocol::ParticipantId> survivors;  ///< the only U2 that may be signed, ascending
};

/// The state that this shop's next contribution to a cumulative step is the difference to: its
/// values of the last sum of the lineage that it is counted in, kept under that round's digest.
struct DeltaBase {
  std::uint64_t step_number = 0;
  protocol::RoundDigest rd;
  friend bool operator==(const DeltaBase&, const DeltaBase&) = default;
};

/// Whether a contribution to this state by a shop that is counted nowhere in the lineage would be
/// all of its data among the others' changes, which may be none.
[[nodiscard]] bool joins_deltas(const protocol::StateRoot& state) noexcept;
/// What the owner approves before this shop takes part in a lineage of the state's step kind that
/// is new to it: "ease" for one that begins, "ease-join" for one of deltas.
[[nodiscard]] std::string approval_for(const std::string& task_kind,
                                       const protocol::StateRoot& state);

/// Which sums this shop is counted in: at most one per (lineage, step kind, step number), and a
/// second lineage of a step kind only with the owner's approval (docs/protocol.md section 6,
/// docs/decisions/0009-lineages.md). Two sums over the same data with different shops in them
/// differ by one shop's data.
class ContributionHistory {
 public:
  struct Step {
    protocol::Digest lineage;
    std::string step_kind;
    auto operator<=>(const Step&) const = default;
  };
  /// Nothing, or why this shop must not contribute to a sum of this state: repeated_step,
  /// certificate_withheld (a later certificate may allow it), new_lineage (the owner may allow it).
  /// For a cumulative step also certificate_withheld where it is not certain whether this shop is
  /// counted in an earlier one, and delta_base_lost where its state of then is not known.
  [[nodiscard]] std::optional<protocol::ProtocolErrc> forbids(
      const std::string& task_kind, const protocol::StateRoot& state) const;

  /// An attempt of this state would be a repair: the first attempt that this shop may be counted in
  /// is certified. The survivors are the certified ones without the dealers that are proven at
  /// fault in any attempt of the step.
  [[nodiscard]] std::optional<Repair> repair_of(const protocol::StateRoot& state) const;

  /// When this shop put its input of `rd` together, by its own clock; nothing where the journal
  /// does not say.
  [[nodiscard]] std::optional<std::int64_t> contributed_ms(const protocol::RoundDigest& rd) const;

  /// What this shop's contribution to `state` is the difference to; nothing before it is counted in
  /// the lineage, and for steps that are not cumulative. Only where `forbids` allows the step.
  [[nodiscard]] std::optional<DeltaBase> delta_base(const protocol::StateRoot& state) const;

  /// The sum of this step is open; what was unsettled of it is settled.
  /// @param rd  under which a survivor certificate names this shop; without it the state of a
  ///   cumulative step is lost
  void count(const protocol::StateRoot& state,
             const std::optional<protocol::RoundDigest>& rd = std::nullopt);
  /// The coordinator went on to `state`, and with it this shop: earlier steps of its lineage and
  /// all steps of other tasks that did not open are closed, that is counted as if they had. Of a
  /// cumulative step only what the same step kind overtakes: before, it may still be settled.
  void close_before(const protocol::StateRoot& state);
  /// A survivor certificate for `rd` was verified. One that does not name this shop frees it.
  void certify(const protocol::RoundDigest& rd, protocol::CertifiedSet set, bool names_this_shop);
  void keep_unsettled(UnsettledContribution contribution);
  /// What the unsettled contribution of `rd` answers, and the rest of its step's state.
  void hold(const protocol::RoundDigest& rd, const protocol::Digest& request,
            const protocol::BlobId& model_root, const protocol::BlobId& public_inputs);
  /// An abandon certificate for `rd` was verified.
  void release(const protocol::RoundDigest& rd);
  /// Lets one lineage that is new pass, as `approval_for` names it; the first one that is bound
  /// takes it.
  void approve(const std::string& approval);
  /// The input of `rd` was put together then. Times of rounds that are over, and neither unsettled
  /// nor a base, are forgotten.
  void contribute(const protocol::RoundDigest& rd, std::int64_t at_ms);
  /// This shop bound itself to a round of `task_kind` in this state's lineage.
  void bind(const std::string& task_kind, const protocol::StateRoot& state);

  /// This shop bound itself to a round of this epoch under this roster.
  void accept_roster(protocol::Epoch epoch, const protocol::Digest& head);
  /// The roster that this shop went by in the newest epoch before `epoch`; nothing if there was
  /// none. Who is not on it is new to this shop, whatever epoch the entry names.
  [[nodiscard]] std::optional<protocol::Digest> roster_before(protocol::Epoch epoch) const;
  struct AcceptedRoster {
    protocol::Epoch epoch;
    protocol::Digest head;
  };
  /// Of the last two epochs, the older one first.
  [[nodiscard]] const std::vector<AcceptedRoster>& accepted_rosters() const noexcept {
    return accepted_rosters_;
  }

  [[nodiscard]] const std::map<Step, std::uint64_t>& counted() const noexcept {
    return last_counted_;
  }
  [[nodiscard]] const std::vector<UnsettledContribution>& unsettled() const noexcept {
    return unsettled_;
  }
  [[nodiscard]] const std::set<std::string>& approvals() const noexcept { return approvals_; }
  /// The lineages that the owner approved beside the first one of their step kind, and those that
  /// this shop was approved to join later.
  [[nodiscard]] const std::set<protocol::Digest>& approved() const noexcept { return approved_; }
  [[nodiscard]] const std::set<protocol::Digest>& approved_joins() const noexcept {
    return approved_joins_;
  }
  /// The states that the next contributions are differences to, by lineage.
  [[nodiscard]] const std::map<Step, DeltaBase>& bases() const noexcept { return bases_; }
  void restore_base(Step step, DeltaBase base) { bases_[std::move(step)] = base; }
  void restore_approved(const protocol::Digest& lineage) { approved_.insert(lineage); }
  void restore_approved_join(const protocol::Digest& lineage) { approved_joins_.insert(lineage); }
  /// Rounds whose time is of use: those of bases and unsettled contributions.
  [[nodiscard]] std::map<protocol::RoundDigest, std::int64_t> contribution_times() const;

 private:
  [[nodiscard]] bool is_new_lineage(const protocol::StateRoot& state) const;
  [[nodiscard]] bool is_uncertain_before(const protocol::StateRoot& state) const;
  /// The newest step before `state` that this shop is counted in, with the round that shows it.
  struct Counted {
    std::uint64_t step_number = 0;  ///< 0: none
    std::optional<protocol::RoundDigest> rd;
  };
  [[nodiscard]] Counted counted_before(const protocol::StateRoot& state) const;

  /// As `count`; the base of this lineage stays.
  void count_beside(const protocol::StateRoot& state,
                    const std::optional<protocol::RoundDigest>& rd,
                    const protocol::Digest& lineage);

  std::map<Step, std::uint64_t> last_counted_;
  std::map<Step, DeltaBase> bases_;  ///< of cumulative steps: of the last counted one
  std::vector<UnsettledContribution> unsettled_;
  std::map<protocol::RoundDigest, std::int64_t> contributed_ms_;
  std::set<std::string> approvals_;            ///< as `approval_for` names them
  std::set<protocol::Digest> approved_;        ///< lineages
  std::set<protocol::Digest> approved_joins_;  ///< lineages
  std::vector<AcceptedRoster> accepted_rosters_;
};

}  // namespace guildsum::participant
