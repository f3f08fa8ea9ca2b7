#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/messages.hpp"
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

/// Which uploads have begun and lack chunks: what of them is on the disk is not durable yet.
class PartialUploads {
 public:
  /// Before a chunk goes in: it may be the last, and then all of them become durable.
  void on_chunk(const protocol::ParticipantId& shop) { shops_.erase(shop.hex()); }
  /// What the coordinator then said.
  void on_status(const protocol::ParticipantId& shop, const protocol::UploadStatus& status) {
    if (!status.complete && !status.missing_chunks.empty()) shops_.insert(shop.hex());
  }
  [[nodiscard]] bool contains(const std::string& file_name) const {
    return shops_.contains(file_name);
  }
  void clear() noexcept { shops_.clear(); }

 private:
  std::set<std::string> shops_;  // As their files are named.
};

/// Uploads that the coordinator acknowledged as complete, on a disk that may damage them later.
class CompleteUploads {
 public:
  /// The coordinator called this upload complete, for the first time or again. `path` holds it.
  [[nodiscard]] Result<> on_complete(FaultPlan& plan, milliseconds now, std::uint32_t shop,
                                     const std::filesystem::path& path);
  /// In place, under a program that has the file open: another byte (0), or the end cut off (1).
  [[nodiscard]] static Result<> damage(const std::filesystem::path& path, const FaultPlan& plan,
                                       const Fault& fault);

 private:
  std::map<std::uint32_t, std::set<std::filesystem::path>> known_;  ///< by shop
};

/// The coordinator's files as a crash leaves them.
class CrashedDisk {
 public:
  /// Reads the ledger's files while the program still has them open.
  explicit CrashedDisk(std::filesystem::path directory);
  /// Once it has not: what was not yet in the database file is in its write-ahead log, behind which
  /// a torn write leaves bytes of no meaning; files of partial uploads end early or in garbage.
  /// `crash` numbers the crashes of a run. BaseErrc::io_failed.
  [[nodiscard]] Result<> leave(const FaultPlan& plan, std::uint64_t crash,
                               const PartialUploads& uploads) const;
  /// Files of uploads that were torn so far, for tests.
  [[nodiscard]] static Result<std::uint64_t> tear_uploads(const std::filesystem::path& directory,
                                                          const FaultPlan& plan,
                                                          std::uint64_t crash,
                                                          const PartialUploads& uploads);

 private:
  std::filesystem::path directory_;
  Result<Bytes> database_;
  Result<Bytes> log_;
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
