#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/net/server.hpp"
#include "participant/agent_files.hpp"
#include "participant/remote/coordinator_client.hpp"
#include "participant/remote/observed_remote.hpp"
#include "participant/round_driver.hpp"
#include "participant/serving/local_api.hpp"
#include "participant/serving/model_worker.hpp"
#include "participant/vocabulary/key_driver.hpp"

namespace guildsum::participant {

/// The running agent: reads the sources once, answers the loopback API, keeps models fresh and
/// takes part in rounds, each in threads of its own.
class Agent {
 public:
  /// `files` and the others must outlive the agent.
  Agent(const Config& config, AgentFiles& files, const Clock& clock, Random& random, Log& log);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Opens the journal, reads the sources, opens the API and writes endpoints.json; then the rounds
  /// begin. Nothing is left running when it fails.
  [[nodiscard]] Result<> start();
  /// Ends rounds and API in order. A round in progress stays in the journal and is resumed.
  void stop();
  /// Set when the agent cannot keep its promises any more and stopped by itself.
  [[nodiscard]] std::optional<Error> failure() const;
  /// Called once from the round thread when `failure` is set.
  std::function<void()> on_failure;

 private:
  [[nodiscard]] Result<> read_sources();
  [[nodiscard]] Result<> read_consents();
  [[nodiscard]] std::shared_ptr<const ShopData> permitted_data();
  [[nodiscard]] Result<> open_api();
  [[nodiscard]] LiveState live_state() const;
  void run_rounds();
  [[nodiscard]] Result<> one_turn(RoundDriver& driver);
  [[nodiscard]] Result<> wait_and_ask_again();
  [[nodiscard]] Result<> answer(RoundDriver& driver, const protocol::RoundInvitation& open);
  [[nodiscard]] Result<> pass(const protocol::RoundInvitation& invitation, const Error& reason);
  /// Private vocabulary: takes part in key agreements; false when nothing came of what was said.
  [[nodiscard]] Result<bool> agree_on_keys(KeyDriver& keys);
  /// The purchases over the rows that a verified histogram led to.
  void share_rows();
  [[nodiscard]] bool is_spent(const protocol::RoundInvitation& invitation) const;
  [[nodiscard]] Result<> refuse_spent(const protocol::RoundInvitation& invitation);
  void log_registrar() const;
  /// Once for each attempt; the operator need not hear it.
  void report_refusal(const AttemptId& attempt, const Error& reason);
  /// A coordinator that shows an old roster for ever is found out when its head expires.
  [[nodiscard]] bool needs_roster(const protocol::Digest& named) const;
  [[nodiscard]] Result<> check_journal(const AttemptId& attempt);
  /// What the descriptor of an attempt must continue; nothing before this shop's first round.
  [[nodiscard]] std::optional<Result<protocol::Digest>> past_of(const AttemptId& attempt);
  [[nodiscard]] Result<> sync_roster(const AttemptId& attempt);
  [[nodiscard]] RoundContext context();
  void fail(const Error& error);

  const Config& config_;
  AgentFiles& files_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  ParticipantPolicy policy_;
  StopFlag stop_;
  ThreadPool pool_{1};
  ModelShelf shelf_;
  ModelWorker worker_;
  std::optional<CoordinatorClient> client_;
  std::optional<ObservedRemote> remote_;
  std::optional<protocol::Roster> roster_;
  VocabularyView vocabulary_;  ///< As the round going on sees it.
  std::int64_t roster_expires_ms_ = 0;  ///< Of the head that roster_ was verified with.
  std::optional<Journal> journal_;
  std::optional<Spool> spool_;
  std::optional<KeptInputs> kept_;
  std::optional<CountedStates> states_;
  std::unique_ptr<EvidenceStore> evidence_;
  std::unique_ptr<SeenRounds> seen_;
  std::optional<LocalApi> api_;
  std::unique_ptr<net::Server> server_;
  mutable std::mutex mutex_;
  bool in_round_ = false;
  std::optional<Error> failure_;
  Backoff backoff_;
  int unsettled_tries_ = 0;  ///< Invitations in a row of whose past nobody told.
  std::optional<AttemptId> passed_;         ///< The newest attempt that needs no look any more.
  bool reached_ = false;                    ///< The last call for an invitation was answered.
  std::optional<AttemptId> offered_again_;  ///< The spent attempt that was offered last.
  std::optional<AttemptId> reported_;       ///< The newest attempt whose refusal was reported.
  std::thread rounds_;
};

}  // namespace guildsum::participant
