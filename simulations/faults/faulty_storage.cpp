#include "simulations/faults/faulty_storage.hpp"

#include "base/errors.hpp"
#include "protocol/packed_sum.hpp"

namespace guildsum::simulations {
namespace {

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

Result<coordinator::BlobId> BlobsWithDefect::put(ByteView bytes) {
  if (!missing_ || bytes.size() != (codec_.vector_length * codec_.ring_bits + 7) / 8) {
    return behind_->put(bytes);
  }
  GS_TRY(auto sum, protocol::unpack_sum(codec_, bytes));
  sum[*missing_] = 0;
  return behind_->put(protocol::pack_sum(codec_, sum));
}

}  // namespace guildsum::simulations
