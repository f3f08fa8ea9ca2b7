#pragma once

#include <filesystem>

namespace guildsum::participant {

/// What lies where in the agent's private directory (mode 0700, files 0600).
struct AgentPaths {
  std::filesystem::path dir;

  [[nodiscard]] std::filesystem::path lock() const { return dir / "lock"; }
  [[nodiscard]] std::filesystem::path store() const { return dir / "store.sqlite"; }
  [[nodiscard]] std::filesystem::path journal() const { return dir / "journal"; }
  [[nodiscard]] std::filesystem::path spool() const { return dir / "spool"; }
  [[nodiscard]] std::filesystem::path kept_inputs() const { return dir / "kept"; }
  [[nodiscard]] std::filesystem::path counted_states() const { return dir / "counted"; }
  [[nodiscard]] std::filesystem::path outbox() const { return dir / "outbox"; }
  [[nodiscard]] std::filesystem::path evidence() const { return dir / "evidence"; }
  [[nodiscard]] std::filesystem::path seen() const { return dir / "seen"; }
  [[nodiscard]] std::filesystem::path checkpoints() const { return dir / "models"; }
  [[nodiscard]] std::filesystem::path rejects() const { return dir / "rejects.csv"; }
  [[nodiscard]] std::filesystem::path endpoints() const { return dir / "endpoints.json"; }
  [[nodiscard]] std::filesystem::path approvals() const { return dir / "approvals"; }
  [[nodiscard]] std::filesystem::path keys() const { return dir / "keys"; }
  [[nodiscard]] std::filesystem::path identity_key() const { return keys() / "identity.key"; }
  [[nodiscard]] std::filesystem::path tls_key() const { return keys() / "tls.key"; }
  [[nodiscard]] std::filesystem::path customer_key() const { return keys() / "customers.key"; }
  [[nodiscard]] std::filesystem::path vocabulary_key() const { return keys() / "vocabulary.key"; }
  [[nodiscard]] std::filesystem::path vocabulary() const { return dir / "vocabulary.json"; }
  [[nodiscard]] std::filesystem::path vocabulary_rows() const { return dir / "vocabulary.rows"; }
  [[nodiscard]] std::filesystem::path kept_inputs_key() const { return keys() / "kept.key"; }
  [[nodiscard]] std::filesystem::path counted_states_key() const { return keys() / "counted.key"; }
  [[nodiscard]] std::filesystem::path federation() const { return dir / "federation.json"; }
  [[nodiscard]] std::filesystem::path enrolment() const { return dir / "enrolment.gsum"; }
  [[nodiscard]] std::filesystem::path roster() const { return dir / "roster.gsum"; }
};

}  // namespace guildsum::participant
