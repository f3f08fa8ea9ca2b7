#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "coordinator/opening.hpp"
#include "coordinator/round/round_machine.hpp"
#include "coordinator/uploads.hpp"
#include "tests/attacks/local_shop.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::attacks {

/// The production coordinator in this process (round machine, uploads, opening), which the shops of
/// a test attack. The keys are those of an `Adversary` that does not misuse them here.
class HonestCoordinator {
 public:
  /// What a shop sends, before it arrives: changed, or swallowed (nothing).
  using Bend = std::function<std::optional<Bytes>(LocalShop&, protocol::MessageType, Bytes)>;
  using BendUpload = std::function<std::optional<Upload>(LocalShop&, Upload)>;

  HonestCoordinator(Adversary& keys, std::vector<LocalShop*> shops,
                    protocol::RoundId round = protocol::RoundId{1});

  /// Lives the round until it is over, or in this phase; a phase whose shops have all fallen silent
  /// meets its deadline at once.
  void run(std::string_view until = {});
  [[nodiscard]] std::string_view phase_name() const { return coordinator::phase_name(*phase_); }
  [[nodiscard]] const coordinator::Phase& phase() const { return *phase_; }
  /// Hands over one message as if it had just arrived.
  /// @return the code of the refusal; empty when it was taken, "repeated" when it was known.
  std::string submit(coordinator::Event event);
  std::string submit(protocol::MessageType type, const Bytes& frame);
  [[nodiscard]] std::string begin_upload(const protocol::MaskedInputUpload& upload);
  [[nodiscard]] std::string put_chunk(const ParticipantId& shop, std::uint32_t index,
                                      ByteView chunk);
  /// Why the round ended without a sum, if it did.
  [[nodiscard]] std::optional<protocol::AbortReason> aborted() const;
  [[nodiscard]] std::vector<ParticipantId> named() const;  ///< whom the abort names
  [[nodiscard]] bool counted(const ParticipantId& shop) const;
  /// The plain sum of the inputs that were counted.
  [[nodiscard]] std::vector<std::int64_t> plain_sum() const;

  Bend bend;
  BendUpload bend_upload;
  std::map<ParticipantId, std::string> refused;  ///< the first refusal of each shop's messages
  std::vector<coordinator::RecordFault> faults;
  std::optional<coordinator::OpenedSum> sum;

 private:
  [[nodiscard]] bool exchange();
  [[nodiscard]] bool deliver(LocalShop& shop);
  [[nodiscard]] bool take_messages(LocalShop& shop);
  [[nodiscard]] bool take_upload(LocalShop& shop);
  void take(coordinator::Step step);
  void open();

  Adversary& keys_;
  std::vector<LocalShop*> shops_;
  coordinator::RoundPlan plan_;
  coordinator::RoundContext context_;
  test::TempDir dir_;
  std::unique_ptr<coordinator::Uploads> uploads_;
  std::optional<coordinator::Phase> phase_;
  std::optional<coordinator::OpenSum> pending_;
  std::map<std::pair<ParticipantId, protocol::MessageType>, bool> taken_;
  std::map<ParticipantId, bool> uploaded_;
};

}  // namespace guildsum::attacks
