#include "participant/source/mapping.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/suggest.hpp"
#include "participant/errors.hpp"
#include "participant/source/product_id.hpp"

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

struct RoleRule {
  std::string_view word;
  std::string Mapping::*name;
  UsualNames usual;
  bool required;
};
constexpr std::array<RoleRule, kRoles> kRules{{
    {"customer", &Mapping::customer, kCustomerNames, true},
    {"item", &Mapping::item, kItemNames, true},
    {"time", &Mapping::time, kTimeNames, false},
    {"quantity", &Mapping::quantity, kQuantityNames, false},
    {"order", &Mapping::order, kOrderNames, false},
    {"gtin", &Mapping::gtin, {}, false},
    {"brand", &Mapping::brand, {}, false},
    {"mpn", &Mapping::mpn, {}, false},
}};

const RoleRule& rule_of(Role role) noexcept { return kRules[static_cast<std::size_t>(role)]; }

std::unordered_map<std::string_view, UsualName> all_usual_names() {
  std::unordered_map<std::string_view, UsualName> names;
  for (std::size_t i = 0; i < kRoles; ++i) {
    for (std::size_t rank = 0; rank < kRules[i].usual.size(); ++rank) {
      names.emplace(kRules[i].usual[rank], UsualName{static_cast<Role>(i), rank});
    }
  }
  return names;
}

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == ' ' || c == '-') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::string listed(const std::vector<std::string>& header) {
  std::string out;
  for (const std::string& name : header) out += (out.empty() ? "\"" : ", \"") + name + "\"";
  return out;
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

std::string_view to_string(Role role) noexcept { return rule_of(role).word; }

bool is_required(Role role) noexcept { return rule_of(role).required; }

const std::string& named(const Mapping& mapping, Role role) noexcept {
  return mapping.*rule_of(role).name;
}

std::optional<UsualName> usual_name(std::string_view name) {
  static const auto names = all_usual_names();
  const auto found = names.find(folded(name));
  if (found == names.end()) return std::nullopt;
  return found->second;
}

Error missing_field(Role role, const Mapping& mapping, const std::vector<std::string>& names,
                    FieldWords words) {
  const std::string key = "mapping." + std::string{to_string(role)};
  const std::string thing{words.thing};
  const std::string& wanted = named(mapping, role);
  if (wanted.empty()) {
    return {ParticipantErrc::missing_column, "no " + thing + " for the " +
                                                 std::string{to_string(role)} + ": set " + key +
                                                 " to one of " + listed(names)};
  }
  return {ParticipantErrc::missing_column,
          key + " = \"" + wanted + "\" is not " + std::string{words.place} +
              did_you_mean(wanted, names) + "; the " + thing + "s are " + listed(names)};
}

ReadRow read_row(const RowFields& fields, bool allow_email, std::string_view shop) {
  const auto text = [&](Role role) -> std::optional<std::string_view> {
    const auto& field = fields[static_cast<std::size_t>(role)];
    if (!field) return std::nullopt;
    return trimmed(*field);
  };
  AcceptedRow row;
  row.event.customer = text(Role::customer).value_or("");
  if (row.event.customer.empty()) return RejectReason::no_customer;
  if (!allow_email && row.event.customer.find('@') != std::string::npos) {
    return RejectReason::email_as_customer;
  }
  row.event.item = text(Role::item).value_or("");
  if (row.event.item.empty()) return RejectReason::no_item;
  const auto gtin = text(Role::gtin);
  const auto brand = text(Role::brand);
  const auto part = text(Role::mpn);
  if (gtin || brand || part) {
    auto product = product_id({.gtin = gtin.value_or(""),
                               .brand = brand.value_or(""),
                               .part_number = part.value_or(""),
                               .shop = shop,
                               .local = row.event.item});
    if (!product) return RejectReason::bad_gtin;
    row.event.item = std::move(*product);
  }
  if (const auto time = text(Role::time)) {
    if (time->empty()) return RejectReason::no_time;
    const auto parsed = parse_time(*time);
    if (!parsed) return RejectReason::bad_time;
    row.event.time = parsed->time;
    row.time_format = parsed->format;
  }
  if (const auto pieces = text(Role::quantity)) {
    const auto quantity = parse_quantity(*pieces);
    if (!quantity) return RejectReason::bad_quantity;
    if (*quantity <= 0) return RejectReason::not_a_purchase;
    row.event.quantity = *quantity;
  }
  row.event.order = text(Role::order).value_or("");
  return row;
}

Result<ColumnMap> ColumnMap::resolve(const Mapping& mapping,
                                     const std::vector<std::string>& header) {
  ColumnMap map;
  map.columns_ = header.size();
  map.shop_ = mapping.shop;
  std::array<std::size_t, kRoles> ranks{};
  for (std::size_t column = 0; column < header.size(); ++column) {
    const auto usual = usual_name(header[column]);
    if (!usual || !named(mapping, usual->role).empty()) continue;
    const auto i = static_cast<std::size_t>(usual->role);
    if (map.positions_[i] && ranks[i] <= usual->rank) continue;
    map.positions_[i] = column;
    ranks[i] = usual->rank;
  }
  for (std::size_t i = 0; i < kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    const std::string& wanted = named(mapping, role);
    auto& position = map.positions_[i];
    if (!wanted.empty()) {
      const auto found = std::ranges::find(header, wanted);
      if (found != header.end()) position = static_cast<std::size_t>(found - header.begin());
    }
    if (position) {
      map.used_.emplace_back(to_string(role), header[*position]);
    } else if (!wanted.empty() || is_required(role)) {
      return missing_field(role, mapping, header, {.thing = "column", .place = "in the header"});
    }
  }
  return map;
}

bool ColumnMap::spans_lines(const std::vector<std::string>& fields) const {
  return std::ranges::any_of(positions_, [&](std::optional<std::size_t> column) {
    return column && *column < fields.size() &&
           fields[*column].find_first_of("\r\n") != std::string::npos;
  });
}

ReadRow ColumnMap::read(const std::vector<std::string>& fields, bool allow_email) const {
  if (fields.size() != columns_) return RejectReason::wrong_field_count;
  RowFields texts;
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (positions_[i]) texts[i] = fields[*positions_[i]];
  }
  return read_row(texts, allow_email, shop_);
}

}  // namespace guildsum::participant
