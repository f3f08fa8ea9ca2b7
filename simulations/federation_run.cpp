#include "simulations/federation_run.hpp"

#include <algorithm>
#include <bit>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "participant/agent_paths.hpp"
#include "participant/store/activity_store.hpp"
#include "participant/store/model_store.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {
namespace {

using coordinator::LedgerReader;
using coordinator::RoundStatus;

constexpr std::uint32_t kRowsMax = 100'000;
constexpr std::uint64_t kBlobBytesMax = 1ULL << 30;

coordinator::DataDirectory coordinator_of(const std::filesystem::path& run) {
  return {run / "coordinator"};
}

/// A blob of the coordinator's directory. Not through `open_directory_blobs`, which tidies up and
/// therefore wants to be alone.
Result<Bytes> read_blob(const std::filesystem::path& run, const protocol::BlobId& id) {
  const std::string hex = id.hex();
  const auto path = coordinator_of(run).blobs() / hex.substr(0, 2) / hex;
  GS_TRY(Bytes bytes, read_file(path, kBlobBytesMax));
  if (protocol::blob_id(bytes) != id) return Error{BaseErrc::corrupt, path.string()};
  return bytes;
}

struct WantedEvaluation {
  std::string_view role;
  std::string_view kind;  ///< empty: any
  models::Quality ShopRun::* place;
};
constexpr WantedEvaluation kWanted[] = {
    {"popularity", "", &ShopRun::popularity},
    {"alone", "", &ShopRun::alone},
    {"federated", "ease", &ShopRun::ease},
    {"federated", "ials", &ShopRun::ials},
};

Result<ShopRun> read_shop(const coordinator::ShopRow& row, const std::filesystem::path& directory) {
  ShopRun shop{.name = row.name, .identity = row.identity, .directory = directory};
  const participant::AgentPaths paths{directory};
  const SystemClock clock;
  GS_TRY(const auto store, participant::Store::open(paths.store(), clock));
  GS_TRY(const auto models, participant::ModelStore::open(*store, paths.checkpoints()));
  participant::ActivityStore activity{*store};
  GS_TRY(shop.bytes_up, activity.bytes_up());
  GS_TRY(const auto evaluations, models->evaluations());
  for (const WantedEvaluation& wanted : kWanted) {
    const auto found = std::ranges::find_if(evaluations, [&](const auto& record) {
      return record.role == wanted.role && (wanted.kind.empty() || record.kind == wanted.kind);
    });
    if (found == evaluations.end()) {
      return Error{BaseErrc::not_found, shop.name + " has not evaluated the model \"" +
                                            std::string{wanted.role} + " " +
                                            std::string{wanted.kind} + "\" yet"};
    }
    shop.*wanted.place = found->quality;
  }
  return shop;
}

Result<std::vector<ShopRun>> read_shops(LedgerReader& rows,
                                        const std::filesystem::path& directory) {
  GS_TRY(const auto shops, rows.shops());
  std::vector<ShopRun> result;
  for (const auto& row : shops) {
    const auto agent = directory / ("shop-" + row.name) / "data";
    std::error_code ignored;
    if (!std::filesystem::exists(participant::AgentPaths{agent}.store(), ignored)) continue;
    GS_TRY(ShopRun shop, read_shop(row, agent));
    result.push_back(std::move(shop));
  }
  std::ranges::sort(result, {}, &ShopRun::name);
  return result;
}

/// The members of an attempt in cohort order: who checked in before the round was described.
Result<std::vector<protocol::ParticipantId>> cohort_of(LedgerReader& rows,
                                                       const coordinator::RoundKey& key) {
  GS_TRY(const auto events, rows.events(key));
  std::vector<protocol::ParticipantId> members;
  for (const auto& row : events) {
    if (row.kind != 0) continue;  // The first alternative of `coordinator::Event` is the check-in.
    GS_TRY(const auto event, coordinator::decode_event(row.bytes));
    if (const auto* check_in = std::get_if<protocol::CheckIn>(&event)) {
      members.push_back(check_in->sender);
    }
  }
  std::ranges::sort(members);
  return members;
}

Result<std::string> name_of(LedgerReader& rows, const protocol::ParticipantId& identity) {
  GS_TRY(const auto row, rows.shop(identity));
  if (!row) return Error{BaseErrc::not_found, "shop " + identity.hex()};
  return row->name;
}

Result<SumRun> read_sum(LedgerReader& rows, const coordinator::RoundRow& row) {
  SumRun sum{.round = row.key.round, .attempt = row.key.attempt};
  GS_TRY(const auto plan, coordinator::decode_plan(row.plan));
  GS_TRY(const auto outcome, protocol::decode<protocol::RoundResult>(row.outcome));
  GS_TRY(const auto cohort, cohort_of(rows, row.key));
  sum.codec = plan.descriptor.codec;
  sum.task_kind = plan.descriptor.task_kind;
  sum.sum = outcome.sum;
  for (const auto& secret : outcome.secrets) {
    if (secret.member.value() >= cohort.size()) {
      return Error{BaseErrc::corrupt, "round " + std::to_string(row.key.round.value()) +
                                          " reveals a secret of nobody in its cohort"};
    }
    GS_TRY(std::string name, name_of(rows, cohort[secret.member.value()]));
    (secret.kind == protocol::ShareKind::self_seed ? sum.survivors : sum.recovered)
        .push_back(std::move(name));
  }
  return sum;
}

Result<std::vector<SumRun>> read_sums(LedgerReader& rows) {
  GS_TRY(auto rounds, rows.recent_rounds(kRowsMax));
  std::ranges::reverse(rounds);
  std::vector<SumRun> sums;
  for (const auto& row : rounds) {
    if (row.status != RoundStatus::completed) continue;
    GS_TRY(SumRun sum, read_sum(rows, row));
    sums.push_back(std::move(sum));
  }
  return sums;
}

Result<std::optional<ReleasedRun>> newest_model(LedgerReader& rows,
                                                const std::filesystem::path& run,
                                                std::string_view kind) {
  GS_TRY(const auto models, rows.models());
  const auto newest = std::find_if(models.rbegin(), models.rend(),
                                   [&](const auto& row) { return row.kind == kind; });
  if (newest == models.rend()) return std::optional<ReleasedRun>{};
  GS_TRY(auto plan, models::TaskPlan::parse(newest->plan));
  GS_TRY(Bytes checkpoint, read_blob(run, newest->checkpoint));
  return std::optional<ReleasedRun>{ReleasedRun{plan, std::move(checkpoint)}};
}

/// The vector as `outbox.keep_plain` leaves it: little-endian 64-bit integers.
Result<> add_plain(const ShopRun& shop, const SumRun& sum, std::vector<std::int64_t>& total) {
  static_assert(std::endian::native == std::endian::little, "the file is little-endian");
  const auto path =
      participant::AgentPaths{shop.directory}.outbox() /
      (std::to_string(sum.round.value()) + "." + std::to_string(sum.attempt.value()) + ".plain");
  GS_TRY(const Bytes bytes, read_file(path, kBlobBytesMax));
  if (bytes.size() != total.size() * sizeof(std::int64_t)) {
    return Error{BaseErrc::corrupt, path.string() + " has another length than the sum"};
  }
  for (std::size_t i = 0; i < total.size(); ++i) {
    total[i] += load_le<std::int64_t>(ByteView{bytes}.subspan(i * sizeof(std::int64_t), 8));
  }
  return {};
}

}  // namespace

Result<FederationRun> read_run(const std::filesystem::path& directory) {
  const SystemClock clock;
  std::error_code ignored;
  const auto ledger_path = coordinator_of(directory).ledger();
  if (!std::filesystem::exists(ledger_path, ignored)) {
    return Error{BaseErrc::not_found, ledger_path.string()};
  }
  GS_TRY(const auto ledger, coordinator::open_sqlite_ledger(ledger_path, clock));
  FederationRun run;
  run.directory = directory;
  GS_CHECK(ledger->read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(run.shops, read_shops(rows, directory));
    GS_TRY(run.sums, read_sums(rows));
    GS_TRY(run.ease, newest_model(rows, directory, "ease"));
    GS_TRY(const auto ials, newest_model(rows, directory, "ials"));
    if (ials) run.ials = ials->plan;
    return {};
  }));
  return run;
}

Result<SumComparison> compare_with_plain(const FederationRun& run, const SumRun& sum) {
  GS_TRY(const Bytes packed, read_blob(run.directory, sum.sum));
  GS_TRY(const auto opened, protocol::unpack_sum(sum.codec, packed));
  std::vector<std::int64_t> plain(opened.size(), 0);
  for (const std::string& name : sum.survivors) {
    const auto shop = std::ranges::find(run.shops, name, &ShopRun::name);
    if (shop == run.shops.end()) return Error{BaseErrc::not_found, "directory of shop " + name};
    GS_CHECK(add_plain(*shop, sum, plain));
  }
  return SumComparison{plain == opened, opened.size()};
}

}  // namespace guildsum::simulations
