#pragma once

#include "base/memory_log.hpp"
#include "participant/serving/model_shelf.hpp"
#include "tests/support/training_setup.hpp"

namespace guildsum::participant::testing {

/// A shop with customers, and models of its federation.
struct ServingSetup : TrainingSetup {
  ServingSetup() : TrainingSetup{"popularity"} {
    PurchaseStore::Import import{purchases, false};
    for (const auto& [customer, item] : std::vector<std::pair<std::string, std::string>>{
             {"ann", "tea"}, {"ann", "cup"}, {"bob", "tea"}, {"carl", "pot"}, {"dora", "tea"}}) {
      GS_REQUIRE_DONE(import.add(event(customer, item), "a.csv"));
    }
    GS_REQUIRE_DONE(import.finish());
    everybody_consents();
  }
  [[nodiscard]] ShopData load() { return purchases.load(vocabulary()).value(); }
  void put_data() { shelf.put_data(std::make_shared<const ShopData>(load())); }
  /// Trains a model of this kind to its end and keeps it.
  ModelRecord release(std::string_view kind, std::uint64_t version) {
    TrainingSetup training{kind};
    while (!training.task->finished()) training.step(training.sum());
    ModelRecord record;
    record.kind = kind;
    record.version = protocol::ModelVersion{version};
    record.root = training.root();
    record.plan = training.plan.canonical_bytes();
    record.round = protocol::RoundId{version};
    GS_REQUIRE_DONE(models_kept->keep_checkpoint(record.root, training.task->checkpoint()));
    GS_REQUIRE_DONE(models_kept->keep_model(record));
    return record;
  }
  ServedModel build(const ModelRecord& record) {
    return build_model(record, *models_kept, load(), serving, vocabulary()).value();
  }

  ServingConfig serving;
  ModelShelf shelf{vocabulary(), "auto"};
};

}  // namespace guildsum::participant::testing
