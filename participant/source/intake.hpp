#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "models/vocabulary.hpp"
#include "participant/config.hpp"
#include "participant/source/csv_source.hpp"
#include "participant/store/purchase_store.hpp"

namespace guildsum::participant {

/// What reading all sources, and the hold-out file, found.
struct IntakeReport {
  std::vector<SourceSummary> sources;
  std::optional<SourceSummary> holdout;
  RejectReport rejects;
  RejectReport holdout_rejects;
  std::uint64_t added = 0;  ///< Purchases that the store did not have.
};

/// Reads every configured source into the store. `vocabulary`: rows with other items are counted as
/// `not_in_catalogue`; none takes every item. Reading again adds only what is new; the hold-out is
/// replaced.
[[nodiscard]] Result<IntakeReport> take_in(const Config& config,
                                           const models::Vocabulary* vocabulary,
                                           PurchaseStore& store);
[[nodiscard]] inline Result<IntakeReport> take_in(const Config& config,
                                                  const models::Vocabulary& vocabulary,
                                                  PurchaseStore& store) {
  return take_in(config, &vocabulary, store);
}

/// Reads without keeping anything: for `check-data`. Without a vocabulary items are not checked.
/// The first `preview` accepted events of each source are handed out.
struct CheckedEvent {
  PurchaseEvent event;
  RowPlace place;
};
struct CheckReport {
  IntakeReport intake;
  std::vector<CheckedEvent> first;
};
[[nodiscard]] Result<CheckReport> check_sources(const Config& config,
                                                const models::Vocabulary* vocabulary,
                                                std::size_t preview);

/// The hold-out file as a source: the mapping and form of the first source.
[[nodiscard]] std::optional<SourceConfig> holdout_source(const Config& config);

/// For `status`, `check-data` and the store.
[[nodiscard]] boost::json::object to_json(const SourceSummary& summary);
/// {"bad_time": {"rows": 3, "meaning": ..., "examples": ["orders.csv:17", ...]}, ...}
[[nodiscard]] boost::json::object to_json(const RejectReport& rejects);

}  // namespace guildsum::participant
