#include "participant/store/purchase_store.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kBatchRows = 20'000;

std::int64_t milliseconds_of(Clock::Wall time) { return time.time_since_epoch().count(); }

/// Statements that find or make the rows a purchase refers to, with what they found before.
class Names {
 public:
  static Result<Names> prepare(sqlite::Database& database) {
    Names names;
    GS_TRY(names.insert_customer_,
           database.prepare("INSERT OR IGNORE INTO customer(pseudonym) VALUES (?)"));
    GS_TRY(names.find_customer_, database.prepare("SELECT id FROM customer WHERE pseudonym = ?"));
    GS_TRY(names.insert_item_, database.prepare("INSERT OR IGNORE INTO item(item_id) VALUES (?)"));
    GS_TRY(names.find_item_, database.prepare("SELECT id FROM item WHERE item_id = ?"));
    return names;
  }
  Result<std::int64_t> customer(const Pseudonym& pseudonym) {
    return id_of(customers_, pseudonym.hex(), pseudonym, *insert_customer_, *find_customer_);
  }
  Result<std::int64_t> item(const std::string& item_id) {
    return id_of(items_, item_id, item_id, *insert_item_, *find_item_);
  }

 private:
  using Known = std::unordered_map<std::string, std::int64_t>;
  template <class Value>
  static Result<std::int64_t> id_of(Known& known, const std::string& key, const Value& value,
                                    sqlite::Statement& insert, sqlite::Statement& find) {
    if (const auto found = known.find(key); found != known.end()) return found->second;
    GS_CHECK(insert.bind(value).run());
    GS_CHECK(find.bind(value).step());
    const std::int64_t id = find.integer(0);
    find.reset();
    known.emplace(key, id);
    return id;
  }

  std::optional<sqlite::Statement> insert_customer_;
  std::optional<sqlite::Statement> find_customer_;
  std::optional<sqlite::Statement> insert_item_;
  std::optional<sqlite::Statement> find_item_;
  Known customers_;
  Known items_;
};

/// Rows of one table by customer, in the order of `ids`.
struct CustomerRows {
  std::vector<std::vector<models::ItemIndex>> rows;
  std::uint64_t events = 0;
};

Result<CustomerRows> read_rows(sqlite::Database& database, std::string_view sql,
                               const std::vector<std::optional<models::ItemIndex>>& index_of_item,
                               const std::unordered_map<std::int64_t, std::size_t>& row_of) {
  CustomerRows out;
  out.rows.resize(row_of.size());
  GS_TRY(auto select, database.prepare(sql));
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    const auto item = static_cast<std::size_t>(select.integer(1));
    if (item >= index_of_item.size() || !index_of_item[item]) continue;
    const auto row = row_of.find(select.integer(0));
    if (row == row_of.end()) continue;
    out.rows[row->second].push_back(*index_of_item[item]);
    ++out.events;
  }
}

/// Position in `vocabulary` by the store's id of an item.
Result<std::vector<std::optional<models::ItemIndex>>> indexes_of_items(
    sqlite::Database& database, const models::Vocabulary& vocabulary) {
  std::vector<std::optional<models::ItemIndex>> index_of_item;
  GS_TRY(auto items, database.prepare("SELECT id, item_id FROM item"));
  while (true) {
    GS_TRY(const bool more, items.step());
    if (!more) return index_of_item;
    const auto id = static_cast<std::size_t>(items.integer(0));
    if (index_of_item.size() <= id) index_of_item.resize(id + 1);
    index_of_item[id] = vocabulary.find(items.text(1));
  }
}

crypto::Digest digest_of(const models::Interactions& bought, const models::Interactions& held_out) {
  Bytes bytes;
  const auto add = [&](const models::Interactions& data) {
    for (std::size_t u = 0; u < data.customers(); ++u) {
      append(bytes, std::as_bytes(data.row(u)));
      bytes.push_back(std::byte{0xFF});
    }
    bytes.push_back(std::byte{0xFE});
  };
  add(bought);
  add(held_out);
  return crypto::sha256(bytes);
}

}  // namespace

Result<> PurchaseStore::Import::add(const PurchaseEvent& event, const std::string& file) {
  if (file != file_) {
    file_ = file;
    seen_.clear();
  }
  Row row{.customer = store_.pseudonyms_.customer(event.customer),
          .item = event.item,
          .at_ms = milliseconds_of(event.time),
          .order_tag = store_.pseudonyms_.order_tag(event.order),
          .occurrence = 0,
          .quantity = event.quantity};
  std::string key{as_text(row.customer.view())};
  key.append(as_text(row.order_tag)).append(std::to_string(row.at_ms)).append("/").append(row.item);
  row.occurrence = seen_[key]++;
  pending_.push_back(std::move(row));
  return pending_.size() >= kBatchRows ? flush() : Result<>{};
}

Result<> PurchaseStore::Import::finish() { return flush(); }

Result<> PurchaseStore::Import::flush() {
  const auto session = store_.store_.session();
  GS_TRY(auto transaction, sqlite::Transaction::begin(*session));
  GS_TRY(auto names, Names::prepare(*session));
  GS_TRY(auto insert,
         session->prepare(holdout_ ? "INSERT OR IGNORE INTO holdout(customer, item) VALUES (?, ?)"
                                   : "INSERT OR IGNORE INTO interaction(customer, item, at_ms, "
                                     "order_tag, occurrence, quantity) VALUES (?, ?, ?, ?, ?, ?)"));
  std::uint64_t added = 0;
  for (const Row& row : pending_) {
    GS_TRY(const auto customer, names.customer(row.customer));
    GS_TRY(const auto item, names.item(row.item));
    if (holdout_) {
      GS_CHECK(insert.bind(customer, item).run());
    } else {
      GS_CHECK(insert.bind(customer, item, row.at_ms, row.order_tag, row.occurrence, row.quantity)
                   .run());
    }
    added += static_cast<std::uint64_t>(session->changed_rows());
  }
  GS_CHECK(transaction.commit());
  pending_.clear();
  added_ += added;
  return {};
}

Result<> PurchaseStore::clear_holdout() { return store_.session()->execute("DELETE FROM holdout"); }

Result<std::optional<std::int64_t>> PurchaseStore::find_customer(std::string_view id) {
  const Pseudonym pseudonym = pseudonyms_.customer(id);
  const auto session = store_.session();
  GS_TRY(auto find, session->prepare("SELECT id FROM customer WHERE pseudonym = ?"));
  GS_TRY(const bool found, find.bind(pseudonym).step());
  if (!found) return std::optional<std::int64_t>{};
  return std::optional{find.integer(0)};
}

Result<bool> PurchaseStore::may_recommend(std::string_view id) {
  const Pseudonym pseudonym = pseudonyms_.customer(id);
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT 1 FROM consent_in_force "
                                       "WHERE pseudonym = ? AND purpose = 2 AND state = 1"));
  return select.bind(pseudonym).step();
}

Result<std::vector<models::PastPurchase>> PurchaseStore::history_of(
    std::string_view id, const models::Vocabulary& vocabulary) {
  const Pseudonym pseudonym = pseudonyms_.customer(id);
  const auto session = store_.session();
  GS_TRY(auto select,
         session->prepare("SELECT item.item_id, interaction.at_ms, quantity FROM customer "
                          "JOIN consent_in_force AS c ON c.pseudonym = customer.pseudonym "
                          "AND c.purpose = 2 AND c.state = 1 "
                          "JOIN interaction ON interaction.customer = customer.id "
                          "JOIN item ON item.id = interaction.item "
                          "WHERE customer.pseudonym = ?"));
  select.bind(pseudonym);
  std::vector<models::PastPurchase> history;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) break;
    const auto item = vocabulary.find(select.text(0));
    if (!item) continue;
    history.push_back({*item, select.integer(1) / 1000, static_cast<float>(select.number(2))});
  }
  std::ranges::sort(history, {}, [](const models::PastPurchase& purchase) {
    return std::pair{purchase.seconds, purchase.item};
  });
  return history;
}

Result<std::vector<std::string>> PurchaseStore::item_ids() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT item_id FROM item ORDER BY item_id"));
  std::vector<std::string> ids;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return ids;
    ids.emplace_back(select.text(0));
  }
}

Result<ShopData> PurchaseStore::load(const models::Vocabulary& vocabulary) {
  const auto session = store_.session();
  ShopData data;
  // Before anything else: a decision that comes in between makes the data older than it is.
  GS_TRY(auto version, session->prepare("SELECT coalesce(max(id), 0) FROM consent"));
  GS_CHECK(version.step());
  data.consent_version = version.unsigned_integer(0);
  version.reset();
  GS_TRY(const auto index_of_item, indexes_of_items(*session, vocabulary));
  // Customers who appear only in the hold-out, or with unlisted items only, take no part, and
  // nobody who did not say yes.
  GS_TRY(auto customers,
         session->prepare("SELECT DISTINCT customer FROM interaction "
                          "JOIN customer ON customer.id = interaction.customer "
                          "JOIN consent_in_force AS c ON c.pseudonym = customer.pseudonym "
                          "AND c.purpose = 1 AND c.state = 1 ORDER BY customer"));
  while (true) {
    GS_TRY(const bool more, customers.step());
    if (!more) break;
    data.row_of.emplace(customers.integer(0), data.customer_ids.size());
    data.customer_ids.push_back(customers.integer(0));
  }
  GS_TRY(const auto bought,
         read_rows(*session, "SELECT customer, item FROM interaction", index_of_item, data.row_of));
  GS_TRY(const auto later,
         read_rows(*session, "SELECT customer, item FROM holdout", index_of_item, data.row_of));
  data.events = bought.events;
  GS_TRY(auto left_out, session->prepare("SELECT count(DISTINCT customer) FROM interaction"));
  GS_CHECK(left_out.step());
  // Another process may have written meanwhile.
  data.without_consent =
      std::max(left_out.unsigned_integer(0), data.customer_ids.size()) - data.customer_ids.size();
  GS_TRY(data.bought, models::Interactions::build(vocabulary.size(), bought.rows));
  GS_TRY(data.held_out, models::Interactions::build(vocabulary.size(), later.rows));
  data.digest = digest_of(data.bought, data.held_out);
  return data;
}

Result<std::vector<std::vector<models::PastPurchase>>> PurchaseStore::histories(
    const models::Vocabulary& vocabulary, const ShopData& data) {
  const auto session = store_.session();
  std::vector<std::vector<models::PastPurchase>> rows(data.customer_ids.size());
  GS_TRY(const auto index_of_item, indexes_of_items(*session, vocabulary));
  GS_TRY(auto select, session->prepare("SELECT customer, item, at_ms FROM interaction"));
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return rows;
    const auto item = static_cast<std::size_t>(select.integer(1));
    if (item >= index_of_item.size() || !index_of_item[item]) continue;
    const auto row = data.row_of.find(select.integer(0));
    if (row == data.row_of.end()) continue;
    rows[row->second].push_back({*index_of_item[item], select.integer(2) / 1000, 1.0F});
  }
}

Result<> PurchaseStore::keep_factors(const std::vector<std::int64_t>& customer_ids,
                                     std::uint64_t version, std::span<const float> factors) {
  const std::size_t width = customer_ids.empty() ? 0 : factors.size() / customer_ids.size();
  const auto session = store_.session();
  GS_TRY(auto transaction, sqlite::Transaction::begin(*session));
  GS_CHECK(session->execute("DELETE FROM customer_factors"));
  GS_TRY(auto insert,
         session->prepare(
             "INSERT INTO customer_factors(customer, version, factors) VALUES (?, ?, ?)"));
  for (std::size_t u = 0; u < customer_ids.size(); ++u) {
    const ByteView row = std::as_bytes(factors.subspan(u * width, width));
    GS_CHECK(insert.bind(customer_ids[u], version, row).run());
  }
  return transaction.commit();
}

Result<> PurchaseStore::keep_source(std::string_view name, std::string_view summary_json) {
  const auto session = store_.session();
  GS_TRY(
      auto insert,
      session->prepare("INSERT OR REPLACE INTO source(name, read_at, summary) VALUES (?, ?, ?)"));
  return insert.bind(name, milliseconds_of(store_.clock().wall_now()), summary_json).run();
}

Result<std::map<std::string, std::string>> PurchaseStore::sources() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT name, summary FROM source"));
  std::map<std::string, std::string> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    out.emplace(select.text(0), select.text(1));
  }
}

}  // namespace guildsum::participant
