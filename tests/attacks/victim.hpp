#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include <boost/json.hpp>

#include "tests/attacks/wire.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::attacks {

/// The shop under attack: the program guildsum-participant as it is shipped, in a process of its
/// own with its own directory, joined through a token and talking to the adversary over TLS.
class Victim final : public Party {
 public:
  /// Joins and serves. `settings` are further lines of participant.toml.
  Victim(Adversary& adversary, Wire& wire, const std::string& settings = {});
  ~Victim() override;

  [[nodiscard]] protocol::ParticipantId id() const override { return id_; }
  void invite(const protocol::RoundInvitation& invitation) override;
  void tell(PhaseNumber number, Bytes frame) override;
  [[nodiscard]] std::optional<Bytes> sent(protocol::MessageType type) override;
  [[nodiscard]] std::vector<Bytes> all_sent(protocol::MessageType type) override;
  [[nodiscard]] std::optional<Upload> uploaded() override;
  [[nodiscard]] std::string refusal() override { return refusal(round_); }
  /// The code of the newest refusal of this round, from the program's own status.
  [[nodiscard]] std::string refusal(protocol::RoundId round);

  /// What GET /v1/status says.
  [[nodiscard]] boost::json::object status() const;
  /// Waits until the newest round of the program is in this phase ("masking", "abandoned", ...).
  [[nodiscard]] bool reaches(const std::string& phase);
  /// The unmasked vector of the attempt, which the program keeps for this test.
  [[nodiscard]] std::vector<std::int64_t> input() const;
  [[nodiscard]] std::string log_text() const;
  /// Waits until the log holds `text` this many times.
  [[nodiscard]] bool logs(const std::string& text, std::size_t times) const;
  [[nodiscard]] std::filesystem::path journal() const { return dir_ / "agent/journal"; }
  /// Where the program keeps what it refused.
  [[nodiscard]] std::filesystem::path evidence(const std::string& name) const {
    return dir_ / ("agent/evidence/" + name);
  }
  /// How many vectors it keeps for repairs.
  [[nodiscard]] std::size_t kept_inputs() const;
  /// Runs the program with another command, beside the one that serves; its exit code.
  [[nodiscard]] int run(const std::vector<std::string>& arguments) const;
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  /// Other purchases in its file, which the next process reads.
  void sell_more() const;
  /// The same with this many customers in all; customer k bought items 0 to k.
  void sell_to(int customers) const;
  /// Its values at the sums that deltas are against.
  [[nodiscard]] std::filesystem::path counted_states() const { return dir_ / "agent/counted"; }
  /// kill -9, and another process over the same directory.
  void crash();
  void serve();

 private:
  void join(const std::string& token);
  void stop() noexcept;

  Wire& wire_;
  test::TempDir dir_;
  protocol::ParticipantId id_;
  protocol::RoundId round_;
  pid_t pid_ = 0;
};

}  // namespace guildsum::attacks
