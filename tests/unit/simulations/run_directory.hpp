#pragma once

#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "participant/agent_paths.hpp"
#include "participant/store/model_store.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/wire.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::simulations::test {

/// A run directory with a real ledger, real agents' stores and the files between them, made without
/// any running process.
class RunDirectory {
 public:
  RunDirectory() {
    std::filesystem::create_directories(files().root);
    auto opened = coordinator::open_sqlite_ledger(files().ledger(), clock_);
    BOOST_REQUIRE(opened.has_value());
    ledger_ = std::move(*opened);
    coordinator::TaskRow task;
    task.epoch = kEpoch;
    task.kind = "popularity";
    change([&](auto& rows) { return rows.add_task(task); });
  }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] coordinator::DataDirectory files() const {
    return {directory_.path() / "coordinator"};
  }
  [[nodiscard]] std::filesystem::path agent(const std::string& name) const {
    return directory_.path() / ("shop-" + name) / "data";
  }

  /// The n-th shop's identity is the byte n, 32 times: ascending in n.
  [[nodiscard]] static protocol::ParticipantId identity(unsigned n) {
    std::array<std::byte, 32> bytes;
    bytes.fill(static_cast<std::byte>(n));
    return protocol::ParticipantId{bytes};
  }

  void add_shop(unsigned n, const std::string& name, bool evaluated = true) {
    coordinator::ShopRow row;
    row.identity = identity(n);
    row.name = name;
    row.certificate_pem = name;
    row.certificate = crypto::CertificateDigest{identity(n).view()};
    change([&](auto& rows) { return rows.put_shop(row); });
    std::filesystem::create_directories(agent(name) / "outbox");
    if (evaluated) evaluate(name);
  }

  /// Ring of 32 bits; `values` is what the round opened, `cohort` who checked in.
  void add_sum(std::uint64_t round, const std::vector<std::int64_t>& values,
               std::span<const unsigned> cohort, std::span<const unsigned> survivors) {
    coordinator::RoundRow row;
    row.key = {protocol::RoundId{round}, protocol::Attempt{0}};
    row.epoch = kEpoch;
    coordinator::RoundPlan plan;
    plan.descriptor.task_kind = "popularity";
    plan.descriptor.state.step_kind = "popularity.counts";
    plan.descriptor.codec.vector_length = values.size();
    row.plan = coordinator::encode_plan(plan);
    row.step_kind = "popularity.counts";
    change([&](auto& rows) { return rows.add_round(row); });
    std::uint64_t sequence = 0;
    for (const unsigned member : cohort) add_check_in(row.key, ++sequence, member);
    row.status = coordinator::RoundStatus::completed;
    row.outcome = protocol::encode(result_of(values, plan, cohort, survivors));
    change([&](auto& rows) { return rows.end_round(row); });
  }

  void keep_plain(const std::string& name, std::uint64_t round,
                  const std::vector<std::int64_t>& values) {
    const auto path =
        participant::AgentPaths{agent(name)}.outbox() / (std::to_string(round) + ".0.plain");
    const auto bytes = std::as_bytes(std::span{values});
    BOOST_REQUIRE(write_file_atomically(path, bytes).has_value());
  }

 private:
  static constexpr protocol::Epoch kEpoch{1};

  template <class Body>
  void change(const Body& body) {
    const auto changed =
        ledger_->change([&](coordinator::LedgerWriter& rows) { return body(rows); });
    BOOST_REQUIRE_MESSAGE(changed.has_value(),
                          (changed.has_error() ? changed.error().message() : std::string{}));
  }

  void add_check_in(const coordinator::RoundKey& key, std::uint64_t sequence, unsigned member) {
    protocol::CheckIn check_in;
    check_in.sender = identity(member);
    const coordinator::EventRow event{sequence, 0, coordinator::encode_event(check_in)};
    change([&](auto& rows) { return rows.add_event(key, event); });
  }

  protocol::RoundResult result_of(const std::vector<std::int64_t>& values,
                                  const coordinator::RoundPlan& plan,
                                  std::span<const unsigned> cohort,
                                  std::span<const unsigned> survivors) {
    const Bytes packed = protocol::pack_sum(plan.descriptor.codec, values);
    protocol::RoundResult result;
    result.sum = protocol::blob_id(packed);
    const std::string hex = result.sum.hex();
    std::filesystem::create_directories(files().blobs() / hex.substr(0, 2));
    BOOST_REQUIRE(
        write_file_atomically(files().blobs() / hex.substr(0, 2) / hex, packed).has_value());
    for (std::uint32_t position = 0; position < cohort.size(); ++position) {
      const bool survived = std::ranges::find(survivors, cohort[position]) != survivors.end();
      result.secrets.push_back(
          {protocol::CohortPosition{position},
           survived ? protocol::ShareKind::self_seed : protocol::ShareKind::mask_key,
           {}});
    }
    return result;
  }

  void evaluate(const std::string& name) {
    const participant::AgentPaths paths{agent(name)};
    auto store = participant::Store::open(paths.store(), clock_);
    BOOST_REQUIRE(store.has_value());
    auto models = participant::ModelStore::open(**store, paths.checkpoints());
    BOOST_REQUIRE(models.has_value());
    double quality = 0.1;
    for (const auto& [role, kind] :
         {std::pair{"popularity", "popularity"}, std::pair{"alone", "ease"},
          std::pair{"federated", "ease"}, std::pair{"federated", "ials"}}) {
      participant::EvaluationRecord record;
      record.role = role;
      record.kind = kind;
      record.quality.customers = 10;
      record.quality.ndcg_at_20 = quality += 0.1;
      BOOST_REQUIRE((*models)->keep_evaluation(record).has_value());
    }
  }

  guildsum::test::TempDir directory_;
  SystemClock clock_;
  std::unique_ptr<coordinator::Ledger> ledger_;
};

}  // namespace guildsum::simulations::test
