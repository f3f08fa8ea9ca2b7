#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "participant/round/round_machine.hpp"
#include "protocol/messages.hpp"
#include "simulations/faults/lying_coordinator.hpp"
#include "simulations/faults/mask_span.hpp"
#include "simulations/faults/virtual_time.hpp"

namespace guildsum::simulations {

/// A property that was found broken.
struct Violation {
  std::string invariant;   ///< "I1" ... "I10"
  std::int64_t at_ms = 0;  ///< of virtual time
  std::string what;
};

/// Why an invariant has nothing to check here; empty where it is checked.
struct Invariant {
  std::string_view id;
  std::string_view says;
  std::string_view not_applicable;
};
[[nodiscard]] const std::array<Invariant, 10>& invariants() noexcept;

/// Watches everything that is sent, signed, written and opened, and knows what no party knows: the
/// plain inputs. Each call is one step of the simulation.
class InvariantChecker {
 public:
  InvariantChecker(const EventQueue& queue, std::vector<protocol::ParticipantId> shops);

  /// How published sums are read.
  std::function<Result<Bytes>(const protocol::BlobId&)> read_sum;
  /// What the coordinator tries: honest shops then sign what only it is to blame for.
  std::optional<CoordinatorLie> lie;
  /// The input that this shop was given for this step [length]. With it the checker remembers only
  /// inputs that differ from theirs, and its memory does not grow with shops x parameters.
  std::function<std::vector<std::int64_t>(std::uint32_t shop, std::uint64_t step,
                                          std::size_t length)>
      given_input;
  /// Where the simulated disks lie: no report names it.
  std::string hidden_path;
  std::uint32_t survivors_min = 5;
  std::uint32_t cohort_min = 5;

  // What shops do.
  void on_masked(std::uint32_t shop, const protocol::RoundDescription& round,
                 const std::vector<protocol::MemberDigest>& sharers,
                 const std::vector<participant::MaskTerm>& masks,
                 const std::vector<std::int64_t>& values);
  void on_signed(std::uint32_t shop, protocol::MessageType type, ByteView frame);
  void on_journal(std::uint32_t shop, const participant::JournalRecord& record);

  /// A certificate showed this shop that its input is in no sum of rd.
  void on_freed(std::uint32_t shop, const protocol::RoundDigest& rd);

  // What reaches the coordinator, and what it makes of it.
  void on_received(std::uint32_t shop, protocol::MessageType type, ByteView frame);
  /// `name`: what the message is about; the same one may be accepted again with the same bytes.
  void on_accepted(std::uint32_t shop, protocol::MessageType type, const std::string& name,
                   ByteView frame);
  void on_input(std::uint32_t shop, const protocol::RoundDigest& rd);

  // What the coordinator says.
  void on_phase_message(std::uint32_t number, ByteView frame);

  /// When nothing happens any more.
  void at_the_end();
  void report(std::string_view invariant, std::string what);

  [[nodiscard]] const std::vector<Violation>& violations() const noexcept { return violations_; }
  [[nodiscard]] std::uint64_t checks() const noexcept { return checks_; }
  [[nodiscard]] std::uint64_t sums() const noexcept { return sums_; }
  /// Over all sums that opened: shops in them, and shops that shared keys.
  [[nodiscard]] std::uint64_t counted() const noexcept { return counted_; }

 private:
  using Id = protocol::ParticipantId;
  /// A mask by the number of its seed.
  struct Term {
    std::uint32_t seed = 0;
    bool subtract = false;
  };
  /// Who revealed a share of one secret, by shop.
  struct Holders {
    std::vector<bool> has;
    std::uint32_t count = 0;
  };
  struct Row {
    std::vector<Term> masks;
    std::vector<std::int64_t> values;
    bool as_given = false;  ///< `values` are those of `given_input`
    bool received = false;
  };
  /// One attempt, by rd.
  struct Attempt {
    std::optional<protocol::RoundDescription> description;
    std::map<Id, Row> rows;
    std::map<Id, std::uint32_t> self_seeds;
    /// By the two shops' numbers, the smaller one first.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> pair_seeds;
    std::map<std::pair<protocol::ShareKind, std::uint32_t>, Holders> revealed;
    bool opened = false;  ///< a secret has reached its threshold
    std::map<protocol::Digest, std::vector<Id>> survivors;  ///< H(U2) -> U2
    std::map<protocol::Digest, std::set<Id>> signatures;    ///< H(U2) -> who signed
    std::set<std::pair<protocol::Digest, protocol::Digest>> signed_lists;
    std::set<protocol::Digest> results_voted_for;
    std::set<std::uint32_t> voters;
    std::optional<protocol::RoundResult> result;
  };

  Attempt& attempt(const protocol::RoundDigest& rd) { return attempts_[rd]; }
  void describe(const protocol::RoundDescription& description);
  void check_result(const protocol::RoundResult& result);
  [[nodiscard]] std::vector<std::int64_t> values_of(const Attempt& attempt, const Id& shop,
                                                    std::size_t length) const;
  void check_sum(const Attempt& attempt, const std::vector<Id>& members,
                 std::span<const std::int64_t> sum);
  void add_knowledge(const Attempt& attempt, MaskKnowledge& known) const;
  void check_readable(const Attempt& attempt);
  /// I2: all sums of one step that somebody can read have the same members, or their difference is
  /// the input of a few.
  void check_members(const Attempt& attempt, const std::vector<Id>& members);
  void check_closed();
  void on_certificate(const protocol::SurvivorCertificate& certificate);
  /// True when the share is the one that opens its secret.
  bool reveal(Attempt& attempt, std::uint32_t shop, const protocol::RevealedShare& share);
  [[nodiscard]] std::uint32_t number_of(const participant::MaskTerm& term);
  [[nodiscard]] std::uint32_t index_of(const Id& shop) const;
  [[nodiscard]] std::string name(const Id& shop) const;
  [[nodiscard]] std::string name(const protocol::RoundDigest& rd) const;

  const EventQueue& queue_;
  std::vector<Id> shops_;
  std::map<Id, std::uint32_t> index_;  ///< in `shops_`
  std::map<std::string, std::uint32_t> seeds_;  ///< their numbers
  std::map<protocol::RoundDigest, Attempt> attempts_;
  /// (lineage, step kind, step number) -> U2 of its first sum that was published or can be read.
  std::map<std::tuple<protocol::Digest, std::string, std::uint64_t>, std::vector<Id>> steps_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> check_ins_;  ///< by shop and counter
  std::map<std::string, Bytes> accepted_;
  std::vector<std::pair<std::uint32_t, participant::RoundClosed>> closed_;
  std::vector<std::pair<std::uint32_t, protocol::RoundDigest>> freed_;
  std::set<std::string> reported_;
  std::vector<Violation> violations_;
  std::uint64_t checks_ = 0;
  std::uint64_t sums_ = 0;
  std::uint64_t counted_ = 0;
};

}  // namespace guildsum::simulations
