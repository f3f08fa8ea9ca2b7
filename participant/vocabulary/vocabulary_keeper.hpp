#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/presence.hpp"
#include "models/released.hpp"
#include "models/vocabulary.hpp"
#include "participant/agent_paths.hpp"
#include "participant/vocabulary/key_machine.hpp"
#include "participant/vocabulary/vocabulary_view.hpp"

namespace guildsum::participant {

/// Rows that were computed from a verified histogram, with what is needed to find them again.
struct VerifiedRows {
  protocol::Digest key;     ///< digest of the key under which they were counted
  protocol::RoundId round;  ///< whose histogram it was; models of earlier rounds mean other rows
  Bytes plan;               ///< canonical bytes
  Bytes checkpoint;
};

/// The key of the private vocabulary and the shared rows, on disk and in memory. The key is a file
/// of its own with mode 0600, never logged and never sent. Thread safe.
class VocabularyKeeper {
 public:
  /// Loads what there is. A key whose record was not completed before a crash is not used: the
  /// shop is then without one until the next agreement.
  /// @return BaseErrc::corrupt, crypto's file_permissions_too_open.
  [[nodiscard]] static Result<std::unique_ptr<VocabularyKeeper>> open(const AgentPaths& paths);

  /// Durable when it returns; replaces the key before and forgets the rows under it.
  [[nodiscard]] Result<> keep_key(HeldKey key);
  /// Durable when it returns. ModelsErrc::malformed when plan and checkpoint are no vocabulary.
  [[nodiscard]] Result<> keep_rows(const VerifiedRows& rows);

  [[nodiscard]] VocabularyView view() const;
  /// Of the key that the shop has.
  [[nodiscard]] std::optional<AgreementId> newest() const;
  /// The shared rows under the present key; nothing before its histogram.
  [[nodiscard]] std::optional<models::VocabularyModel> shared() const;
  /// The round whose histogram led to `shared`.
  [[nodiscard]] protocol::RoundId shared_since() const;
  [[nodiscard]] protocol::BlobId shared_root() const;

  /// Where each of these ids is counted under the present key, among `slots` (a power of two).
  /// @return ProtocolErrc::vocabulary_key_equivocation without a key.
  [[nodiscard]] Result<std::vector<models::HeldItem>> places_of(std::span<const std::string> ids,
                                                                std::uint32_t slots) const;

 private:
  explicit VocabularyKeeper(AgentPaths paths) : paths_{std::move(paths)} {}
  [[nodiscard]] Result<> load();
  [[nodiscard]] Result<> save_record() const;
  [[nodiscard]] Result<> take_rows(const VerifiedRows& rows);

  AgentPaths paths_;
  mutable std::mutex mutex_;
  std::optional<HeldKey> key_;
  protocol::Digest digest_;
  std::optional<VerifiedRows> rows_;
  std::optional<models::VocabularyModel> model_;
  protocol::BlobId root_;
};

}  // namespace guildsum::participant
