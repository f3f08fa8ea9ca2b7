#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/net/http.hpp"
#include "base/net/server.hpp"
#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/x509.hpp"
#include "models/sum_task.hpp"
#include "models/task_plan.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/messages.hpp"
#include "protocol/roster.hpp"

namespace guildsum::attacks {

using protocol::ParticipantId;

/// The keys and statements of a coordinator that cheats: it is the federation's certificate
/// authority, coordinator and registrar in one, and signs whatever a test asks for.
class Adversary {
 public:
  Adversary();

  [[nodiscard]] const protocol::FederationId& federation() const noexcept { return federation_; }
  [[nodiscard]] const crypto::Signer& coordinator() const noexcept { return coordinator_; }
  [[nodiscard]] const crypto::Signer& registrar() const noexcept { return registrar_; }
  [[nodiscard]] protocol::Roster& roster() noexcept { return roster_; }
  [[nodiscard]] Random& random() noexcept { return random_; }
  [[nodiscard]] const std::string& purpose() const noexcept { return purpose_; }
  [[nodiscard]] const std::string& catalogue() const noexcept { return catalogue_; }

  /// No item list from here on: what `round_template` describes is about the rows of a private
  /// vocabulary, under `key`. Before the first shop joins.
  void publish_nothing() { catalogue_.clear(); }
  struct PrivateItems {
    protocol::Digest key;         ///< SHA-256("vocab-key" || K), as it is claimed
    protocol::Digest vocabulary;  ///< root of the rows; zero for the histogram itself
  };
  /// What the next rounds are about. With a published list `items` says nothing.
  void ask_for(const models::TaskPlan& plan, const PrivateItems& items = {});
  /// The task as the next round starts from it.
  [[nodiscard]] std::unique_ptr<models::SumTask> task() const;
  /// The next rounds are of the step after this sum, in the same lineage.
  void go_on(std::span<const std::int64_t> sum, std::uint32_t survivors);

  /// What the descriptors from here on name as the transcript before them.
  void chain_to(const protocol::Digest& transcript) { chain_ = transcript; }

  void admit(const ParticipantId& shop, const std::string& name);
  /// Entries after `from` and a signed head that is valid for an hour.
  [[nodiscard]] protocol::RosterUpdate roster_after(std::uint64_t from) const;

  [[nodiscard]] net::TlsServerConfig server_tls();
  /// A join token of the real form; the adversary keeps its secret and checks nothing later.
  [[nodiscard]] std::string join_token(const std::string& name, const std::string& url);
  /// What a redeemed token gives: a certificate for the request and a place on the roster.
  [[nodiscard]] protocol::EnrolReply enrol(const protocol::EnrolRequest& request);

  /// A popularity round over the item list, or what was asked for, complete but for what follows
  /// from the check-ins.
  [[nodiscard]] protocol::RoundDescription round_template(protocol::RoundId round) const;

 private:
  SystemRandom random_;
  SystemClock clock_;
  crypto::CertificateAuthority authority_;
  crypto::Signer coordinator_;
  crypto::Signer registrar_;
  protocol::FederationId federation_;
  protocol::Roster roster_;
  std::string catalogue_;
  std::string purpose_ = "popular items of all shops";
  std::unique_ptr<models::SumTask> task_;
  protocol::BlobId first_root_;  ///< of task_ at its start
  PrivateItems private_items_;
  protocol::Digest chain_;
  std::uint64_t steps_ = 0;
};

/// Puts the digests of its parts into the descriptor, recomputes n, k, c, t, q and s_min from the
/// check-ins and `c`, and signs. Check-ins are sorted into cohort order first.
void complete(protocol::RoundDescription& description, std::uint32_t c);
/// Signs the descriptor as it stands.
void sign(protocol::RoundDescription& description, const Adversary& adversary);

}  // namespace guildsum::attacks
