#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Small invented shops: who bought what, and the files that say so.
namespace guildsum::test {

/// One order line: (customer, item).
using Purchase = std::pair<std::string, std::string>;

/// `customers` customers of one shop who each bought some of `items` items; popular items more
/// often. The same arguments give the same purchases; no pair occurs twice.
[[nodiscard]] std::vector<Purchase> invent_purchases(std::uint32_t shop, std::uint32_t customers,
                                                     std::uint32_t items);
/// Takes each customer's last item out of `purchases`, which lists customer after customer.
[[nodiscard]] std::vector<Purchase> take_last_items(std::vector<Purchase>& purchases);
/// "item-007"
[[nodiscard]] std::string item_name(std::uint32_t item);

/// Header customer,item,time,quantity,order; one line per purchase. Beside it `consent.csv`, in
/// which each of the customers says yes.
void write_orders(const std::filesystem::path& file, const std::vector<Purchase>& purchases);
/// Header customer,purpose,state,decided_at,notice_version: these customers say yes to both
/// purposes.
void write_consents(const std::filesystem::path& file, const std::vector<Purchase>& purchases);
/// Header item_id,title; the published item list.
void write_catalogue(const std::filesystem::path& file, std::uint32_t items);
/// Replaces the file's content.
void write_text(const std::filesystem::path& file, std::string_view text);

/// How many different customers bought each item, in catalogue order: the vector that a shop
/// contributes to the popularity sum.
[[nodiscard]] std::vector<std::int64_t> customers_per_item(const std::vector<Purchase>& purchases,
                                                           std::uint32_t items);

}  // namespace guildsum::test
