#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/histories.hpp"
#include "models/interactions.hpp"
#include "models/vocabulary.hpp"
#include "participant/source/event.hpp"
#include "participant/store/pseudonym.hpp"
#include "participant/store/store.hpp"
#include "protocol/ids.hpp"

namespace guildsum::participant {

/// The purchases of a shop with a private vocabulary over the rows that it shares with others.
struct SharedPurchases {
  protocol::BlobId root;    ///< Of the vocabulary's checkpoint.
  protocol::RoundId since;  ///< Models of earlier rounds mean other rows.
  std::vector<std::optional<models::ItemIndex>> row_of_item;  ///< [own items]
  std::vector<std::optional<models::ItemIndex>> item_of_row;  ///< [rows]; none: another shop's.
  models::Interactions bought;                                ///< [customers x rows]
};

/// The shop's purchases as models see them: of customers who said yes to training, and of nobody
/// else. Row u of `bought` and of `held_out` is the same customer.
struct ShopData {
  models::Interactions bought;             ///< [customers x items of the published or own list]
  models::Interactions held_out;           ///< Later purchases, for evaluation only.
  std::vector<std::int64_t> customer_ids;  ///< [customers] id in the store
  std::unordered_map<std::int64_t, std::size_t> row_of;  ///< By id in the store.
  std::uint64_t events = 0;                              ///< Purchases behind `bought`.
  std::uint64_t without_consent = 0;  ///< Customers with purchases who are left out.
  std::uint64_t consent_version = 0;  ///< `ConsentLedger::version()` that this was read at.
  crypto::Digest digest;  ///< Changes when `bought` or `held_out` do.
  /// With a private vocabulary, once rows are shared.
  std::shared_ptr<const SharedPurchases> shared;

  /// What models over the shared items are made from.
  [[nodiscard]] const models::Interactions& in_common() const noexcept {
    return shared ? shared->bought : bought;
  }
};

/// Customers and what they bought. Thread safe.
class PurchaseStore {
 public:
  PurchaseStore(Store& store, Pseudonymizer& pseudonyms) : store_{store}, pseudonyms_{pseudonyms} {}

  /// Adds events in batches of one transaction. Reading the same file again adds nothing: an event
  /// is known by customer, item, time, order and how many equal ones came before it in its file.
  class Import {
   public:
    Import(PurchaseStore& store, bool holdout) : store_{store}, holdout_{holdout} {}
    [[nodiscard]] Result<> add(const PurchaseEvent& event, const std::string& file);
    /// Writes what is pending; call once at the end.
    [[nodiscard]] Result<> finish();
    [[nodiscard]] std::uint64_t added() const noexcept { return added_; }

   private:
    struct Row {
      Pseudonym customer;
      std::string item;
      std::int64_t at_ms = 0;
      Bytes order_tag;
      std::uint32_t occurrence = 0;
      double quantity = 1;
    };
    [[nodiscard]] Result<> flush();
    PurchaseStore& store_;
    bool holdout_;
    std::string file_;
    std::unordered_map<std::string, std::uint32_t> seen_;  ///< Equal events of the current file.
    std::vector<Row> pending_;
    std::uint64_t added_ = 0;
  };

  /// Forgets the hold-out purchases, before they are read again.
  [[nodiscard]] Result<> clear_holdout();
  /// The store's id of a customer by the shop's own id.
  [[nodiscard]] Result<std::optional<std::int64_t>> find_customer(std::string_view id);
  /// Whether this customer's purchases may be ranked from: she said yes to recommendations.
  [[nodiscard]] Result<bool> may_recommend(std::string_view id);
  /// All that is known now of one customer, by the shop's own id, in order of time: purchases of
  /// items that `vocabulary` has. Empty for a stranger, and for who did not say yes to
  /// recommendations.
  [[nodiscard]] Result<std::vector<models::PastPurchase>> history_of(
      std::string_view id, const models::Vocabulary& vocabulary);
  /// Ids of all items that were ever read, ascending.
  [[nodiscard]] Result<std::vector<std::string>> item_ids();
  /// All purchases of items that `vocabulary` has.
  [[nodiscard]] Result<ShopData> load(const models::Vocabulary& vocabulary);
  /// When the customers of `data` bought what `vocabulary` has: rows by `data.customer_ids`, each
  /// purchase once and in no order. Held-out purchases are not among them.
  [[nodiscard]] Result<std::vector<std::vector<models::PastPurchase>>> histories(
      const models::Vocabulary& vocabulary, const ShopData& data);
  /// Keeps the private factors of the customers [customers x factors] that go with a model version.
  [[nodiscard]] Result<> keep_factors(const std::vector<std::int64_t>& customer_ids,
                                      std::uint64_t version, std::span<const float> factors);

  /// The summary (JSON) of the last reading of a source.
  [[nodiscard]] Result<> keep_source(std::string_view name, std::string_view summary_json);
  [[nodiscard]] Result<std::map<std::string, std::string>> sources();

 private:
  Store& store_;
  Pseudonymizer& pseudonyms_;
};

}  // namespace guildsum::participant
