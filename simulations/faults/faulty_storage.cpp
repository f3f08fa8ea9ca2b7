#include "simulations/faults/faulty_storage.hpp"

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "protocol/packed_sum.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

Error disk_failed() { return {BaseErrc::io_failed, "the simulated disk"}; }

}  // namespace

Result<> FaultyLedger::change(const std::function<Result<>(coordinator::LedgerWriter&)>& body) {
  if (!armed_) return behind_.change(body);
  if (crash_) return disk_failed();
  const std::uint64_t n = ++transactions_;
  if (const auto fault = plan_.at(FaultKind::ledger_failure, 0, n, queue_.now())) {
    if (fault->value == 1) GS_CHECK(behind_.change(body));
    return disk_failed();
  }
  if (const auto fault = plan_.at(FaultKind::coordinator_crash, 0, n, queue_.now())) {
    crash_ = milliseconds{static_cast<std::int64_t>(fault->value / 8)};
    if (fault->value % 8 == 1) GS_CHECK(behind_.change(body));
    return disk_failed();
  }
  return behind_.change(body);
}

Result<> CompleteUploads::on_complete(FaultPlan& plan, milliseconds now, std::uint32_t shop,
                                      const std::filesystem::path& path) {
  auto& known = known_[shop];
  if (!known.insert(path).second) return {};
  const auto fault = plan.at(FaultKind::upload_lost, shop, known.size(), now);
  return fault ? damage(path, plan, *fault) : Result<>{};
}

Result<> CompleteUploads::damage(const std::filesystem::path& path, const FaultPlan& plan,
                                 const Fault& fault) {
  std::error_code failure;
  const std::uint64_t size = std::filesystem::file_size(path, failure);
  if (failure || size == 0) return disk_failed();
  const std::uint64_t place = plan.draw(6, fault.shop, fault.at, size);
  if (fault.value == 1) {
    std::filesystem::resize_file(path, place, failure);
    return failure ? Result<>{disk_failed()} : Result<>{};
  }
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(static_cast<std::streamoff>(place));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(place));
  file.put(static_cast<char>(static_cast<unsigned char>(byte) ^ 0x10U));
  file.flush();
  return file.good() ? Result<>{} : Result<>{disk_failed()};
}

CrashedDisk::CrashedDisk(std::filesystem::path directory)
    : directory_{std::move(directory)},
      database_{read_file(directory_ / "ledger.sqlite", kFileBytesMax)},
      log_{read_file(directory_ / "ledger.sqlite-wal", kFileBytesMax)} {}

Result<> CrashedDisk::leave(const FaultPlan& plan, std::uint64_t crash,
                            const PartialUploads& uploads) const {
  GS_CHECK(tear_uploads(directory_ / "uploads", plan, crash, uploads));
  if (!database_ || !log_) return {};
  Bytes torn(plan.draw(1, crash, 0, 5000));
  SeededRandom garbage{plan.draw(2, crash, 0, 1U << 30)};
  garbage.fill(torn);
  Bytes log = *log_;
  append(log, torn);
  GS_CHECK(write_file_atomically(directory_ / "ledger.sqlite", *database_));
  return write_file_atomically(directory_ / "ledger.sqlite-wal", log);
}

Result<std::uint64_t> CrashedDisk::tear_uploads(const std::filesystem::path& directory,
                                                const FaultPlan& plan, std::uint64_t crash,
                                                const PartialUploads& uploads) {
  std::error_code failure;
  std::vector<std::filesystem::path> attempts;
  for (std::filesystem::directory_iterator entry{directory, failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry->is_directory(failure)) attempts.push_back(entry->path());
  }
  // Beside an older attempt nobody can tell whose upload is partial, and whose is not.
  if (failure || attempts.size() != 1) return std::uint64_t{0};
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry{attempts.front(), failure}, end;
       !failure && entry != end; entry.increment(failure)) {
    if (uploads.contains(entry->path().filename().string())) files.push_back(entry->path());
  }
  std::ranges::sort(files);  // A directory's order differs from machine to machine.
  std::uint64_t torn = 0;
  for (const auto& file : files) {
    GS_TRY(Bytes content, read_file(file, kFileBytesMax));
    if (content.empty()) continue;
    const std::size_t whole = content.size();
    content.resize(plan.draw(3, crash, torn, whole));
    if (plan.draw(4, crash, torn, 2) == 1) {
      Bytes tail(whole - content.size());
      SeededRandom garbage{plan.draw(5, crash, torn, 1U << 30)};
      garbage.fill(tail);
      append(content, tail);
    }
    GS_CHECK(write_file_atomically(file, content));
    ++torn;
  }
  return torn;
}

Result<coordinator::BlobId> BlobsWithDefect::put(ByteView bytes) {
  if (!missing_ || bytes.size() != (codec_.vector_length * codec_.ring_bits + 7) / 8) {
    return behind_->put(bytes);
  }
  GS_TRY(auto sum, protocol::unpack_sum(codec_, bytes));
  sum[*missing_] = 0;
  return behind_->put(protocol::pack_sum(codec_, sum));
}

}  // namespace guildsum::simulations
