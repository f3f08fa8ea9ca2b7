#pragma once

#include <mutex>
#include <optional>

#include "participant/remote/remote.hpp"
#include "participant/serving/status.hpp"

namespace guildsum::participant {

/// Passes every call on and notes whether the coordinator answers; what `status` shows as online.
class ObservedRemote final : public Remote {
 public:
  ObservedRemote(Remote& inner, const Clock& clock) : inner_{inner}, clock_{clock} {}

  [[nodiscard]] Result<protocol::RosterUpdate> roster(std::uint64_t from) override {
    return note(inner_.roster(from));
  }
  [[nodiscard]] Result<std::optional<protocol::RoundInvitation>> invitation(
      const std::optional<AttemptId>& after, std::chrono::milliseconds wait) override {
    return note(inner_.invitation(after, wait));
  }
  [[nodiscard]] Result<std::optional<protocol::CheckIn>> last_check_in() override {
    return note(inner_.last_check_in());
  }
  [[nodiscard]] Result<std::optional<PhaseMessage>> phase(protocol::RoundId round,
                                                          std::uint32_t after,
                                                          std::chrono::milliseconds wait) override {
    return note(inner_.phase(round, after, wait));
  }
  [[nodiscard]] Result<Bytes> outcome(const AttemptId& attempt) override {
    return note(inner_.outcome(attempt));
  }
  [[nodiscard]] Result<Bytes> survivors(const AttemptId& attempt) override {
    return note(inner_.survivors(attempt));
  }
  [[nodiscard]] Result<Bytes> ends(const AttemptId& from) override {
    return note(inner_.ends(from));
  }
  [[nodiscard]] Result<> send(const AttemptId& attempt, protocol::MessageType type,
                              const Bytes& frame) override {
    return note(inner_.send(attempt, type, frame));
  }
  [[nodiscard]] Result<protocol::UploadStatus> begin_upload(const AttemptId& attempt,
                                                            const Bytes& frame) override {
    return note(inner_.begin_upload(attempt, frame));
  }
  [[nodiscard]] Result<protocol::UploadStatus> upload_chunk(const AttemptId& attempt,
                                                            std::uint32_t index,
                                                            const Bytes& chunk) override {
    return note(inner_.upload_chunk(attempt, index, chunk));
  }
  [[nodiscard]] Result<Bytes> blob(const protocol::BlobId& id, std::uint64_t limit_bytes) override {
    return note(inner_.blob(id, limit_bytes));
  }

  /// Fills in `online`, `last_contact_ms` and `last_error`. Any thread.
  void describe(LiveState& state) const {
    const std::lock_guard lock{mutex_};
    state.online = online_;
    state.last_contact_ms = last_contact_ms_;
    state.last_error = last_error_;
  }

 private:
  template <class T>
  Result<T> note(Result<T> result);

  Remote& inner_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  bool online_ = false;
  std::int64_t last_contact_ms_ = 0;
  std::string last_error_;
};

/// Whether the error means that the coordinator said no to what was asked, rather than that nobody
/// answered, or that this shop is not let in at all.
[[nodiscard]] bool is_an_answer(const Error& error) noexcept;

/// What went wrong, for the shop's owner; for a certificate that is not accepted with the way back.
[[nodiscard]] std::string explain_contact(const Error& error);

template <class T>
Result<T> ObservedRemote::note(Result<T> result) {
  const bool answered = result.has_value() || is_an_answer(result.error());
  const std::lock_guard lock{mutex_};
  online_ = answered;
  if (answered) last_contact_ms_ = clock_.wall_now().time_since_epoch().count();
  last_error_ = result.has_value() ? std::string{} : explain_contact(result.error());
  return result;
}

}  // namespace guildsum::participant
