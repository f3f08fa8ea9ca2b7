#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/descriptor.hpp"
#include "simulations/faults/fault_plan.hpp"
#include "simulations/faults/virtual_time.hpp"

namespace guildsum::simulations {

/// The coordinator's ledger on a disk that fails as the plan says. From a crash on nothing is
/// written any more.
class FaultyLedger final : public coordinator::Ledger {
 public:
  /// All must outlive it. `transactions` counts over all lives of the coordinator.
  FaultyLedger(coordinator::Ledger& behind, FaultPlan& plan, const EventQueue& queue,
               std::uint64_t& transactions) noexcept
      : behind_{behind}, plan_{plan}, queue_{queue}, transactions_{transactions} {}

  Result<> read(const std::function<Result<>(coordinator::LedgerReader&)>& body) override {
    return behind_.read(body);
  }
  Result<> change(const std::function<Result<>(coordinator::LedgerWriter&)>& body) override;

  /// Faults begin.
  void arm() noexcept { armed_ = true; }
  /// The program crashes over a transaction, and is down for so long.
  [[nodiscard]] const std::optional<milliseconds>& crash() const noexcept { return crash_; }

 private:
  coordinator::Ledger& behind_;
  FaultPlan& plan_;
  const EventQueue& queue_;
  std::uint64_t& transactions_;
  bool armed_ = false;
  std::optional<milliseconds> crash_;
};

/// Blobs as they are, but for a defect that a test asks for: a published sum lacks the own place of
/// shop `missing`.
class BlobsWithDefect final : public coordinator::Blobs {
 public:
  BlobsWithDefect(std::unique_ptr<coordinator::Blobs> behind, std::optional<std::uint32_t> missing,
                  protocol::CodecParameters codec)
      : behind_{std::move(behind)}, missing_{missing}, codec_{codec} {}
  Result<std::unique_ptr<Writer>> create() override { return behind_->create(); }
  Result<coordinator::BlobId> put(ByteView bytes) override;
  Result<bool> contains(const coordinator::BlobId& id) const override {
    return behind_->contains(id);
  }
  Result<std::uint64_t> size(const coordinator::BlobId& id) const override {
    return behind_->size(id);
  }
  Result<Bytes> read(const coordinator::BlobId& id, std::uint64_t offset,
                     std::size_t length) const override {
    return behind_->read(id, offset, length);
  }
  Result<Bytes> load(const coordinator::BlobId& id, std::uint64_t limit) const override {
    return behind_->load(id, limit);
  }
  Result<> remove(const coordinator::BlobId& id) override { return behind_->remove(id); }

 private:
  std::unique_ptr<coordinator::Blobs> behind_;
  std::optional<std::uint32_t> missing_;
  protocol::CodecParameters codec_;
};

}  // namespace guildsum::simulations
