#include "participant/source/mapping.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include "base/suggest.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using UsualNames = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kCustomerNames{"customerid", "customer", "userid",
                                                         "user",       "clientid", "buyerid"};
constexpr std::array<std::string_view, 7> kItemNames{"itemid",    "item",    "stockcode", "sku",
                                                     "productid", "product", "gtin"};
constexpr std::array<std::string_view, 10> kTimeNames{
    "ts",        "time",        "timestamp", "datetime",  "date",
    "createdat", "invoicedate", "orderdate", "eventtime", "purchasedat"};
constexpr std::array<std::string_view, 3> kQuantityNames{"quantity", "qty", "pieces"};
constexpr std::array<std::string_view, 6> kOrderNames{"orderid", "order",    "invoiceno",
                                                      "invoice", "basketid", "eventid"};

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == ' ' || c == '-') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::optional<std::size_t> position_of(const std::vector<std::string>& header, UsualNames names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find(header, name, folded);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

std::string listed(const std::vector<std::string>& header) {
  std::string out;
  for (const std::string& name : header) out += (out.empty() ? "\"" : ", \"") + name + "\"";
  return out;
}

/// The column for one role; nothing if it is optional and absent.
Result<std::optional<std::size_t>> find_column(std::string_view role, const std::string& wanted,
                                               const std::vector<std::string>& header,
                                               UsualNames names, bool required) {
  if (!wanted.empty()) {
    const auto found = std::ranges::find(header, wanted);
    if (found != header.end())
      return std::optional{static_cast<std::size_t>(found - header.begin())};
    return Error{ParticipantErrc::missing_column,
                 "mapping." + std::string{role} + " = \"" + wanted + "\" is not in the header" +
                     did_you_mean(wanted, header) + "; the columns are " + listed(header)};
  }
  const auto found = position_of(header, names);
  if (found || !required) return found;
  return Error{ParticipantErrc::missing_column, "no column for the " + std::string{role} +
                                                    ": set mapping." + std::string{role} +
                                                    " to one of " + listed(header)};
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "2", "-1", "0.5", and "0,5"; but "1,000" may be one or a thousand, and is neither.
std::optional<double> parse_quantity(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string with_point;
  const std::size_t comma = text.find(',');
  if (comma != std::string_view::npos && text.size() - comma != 4) {
    with_point = text;
    with_point[comma] = '.';
    if (text.find('.') == std::string_view::npos) text = with_point;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Result<ColumnMap> ColumnMap::resolve(const Mapping& mapping,
                                     const std::vector<std::string>& header) {
  ColumnMap map;
  map.columns_ = header.size();
  const auto note = [&](std::string_view role, std::optional<std::size_t> column) {
    if (column) map.used_.emplace_back(role, header[*column]);
    return column;
  };
  GS_TRY(const auto customer,
         find_column("customer", mapping.customer, header, kCustomerNames, true));
  GS_TRY(const auto item, find_column("item", mapping.item, header, kItemNames, true));
  GS_TRY(const auto time, find_column("time", mapping.time, header, kTimeNames, false));
  GS_TRY(const auto quantity,
         find_column("quantity", mapping.quantity, header, kQuantityNames, false));
  GS_TRY(const auto order, find_column("order", mapping.order, header, kOrderNames, false));
  map.customer_ = *note("customer", customer);
  map.item_ = *note("item", item);
  map.time_ = note("time", time);
  map.quantity_ = note("quantity", quantity);
  map.order_ = note("order", order);
  return map;
}

bool ColumnMap::spans_lines(const std::vector<std::string>& fields) const {
  const auto spans = [&](std::optional<std::size_t> column) {
    return column && *column < fields.size() &&
           fields[*column].find_first_of("\r\n") != std::string::npos;
  };
  return spans(customer_) || spans(item_) || spans(time_) || spans(quantity_) || spans(order_);
}

std::variant<ColumnMap::Accepted, RejectReason> ColumnMap::read(
    const std::vector<std::string>& fields, bool allow_email) const {
  if (fields.size() != columns_) return RejectReason::wrong_field_count;
  Accepted row;
  row.event.customer = trimmed(fields[customer_]);
  if (row.event.customer.empty()) return RejectReason::no_customer;
  if (!allow_email && row.event.customer.find('@') != std::string::npos) {
    return RejectReason::email_as_customer;
  }
  row.event.item = trimmed(fields[item_]);
  if (row.event.item.empty()) return RejectReason::no_item;
  if (time_) {
    const std::string_view time = trimmed(fields[*time_]);
    if (time.empty()) return RejectReason::no_time;
    const auto parsed = parse_time(time);
    if (!parsed) return RejectReason::bad_time;
    row.event.time = parsed->time;
    row.time_format = parsed->format;
  }
  if (quantity_) {
    const auto quantity = parse_quantity(trimmed(fields[*quantity_]));
    if (!quantity) return RejectReason::bad_quantity;
    if (*quantity <= 0) return RejectReason::not_a_purchase;
    row.event.quantity = *quantity;
  }
  if (order_) row.event.order = trimmed(fields[*order_]);
  return row;
}

}  // namespace guildsum::participant
