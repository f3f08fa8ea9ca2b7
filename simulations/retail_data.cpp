#include "simulations/retail_data.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/gzip.hpp"
#include "models/csv.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{4} << 30;
constexpr std::array<std::string_view, 8> kHeader{"InvoiceNo",  "StockCode",   "Description",
                                                  "Quantity",   "InvoiceDate", "UnitPrice",
                                                  "CustomerID", "Country"};
enum Column { invoice, stock_code, description, quantity, time, price, customer, country };

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Five digits and up to two letters.
bool is_product(std::string_view code) {
  constexpr std::size_t kDigits = 5;
  constexpr std::size_t kLettersMax = 2;
  if (code.size() < kDigits || code.size() > kDigits + kLettersMax) return false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i < kDigits ? !is_digit(code[i]) : !is_letter(code[i])) return false;
  }
  return true;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

/// Counts the record, and keeps it if it is a purchase by a known customer.
Result<> add(const models::CsvReader& reader, std::vector<std::string>& fields, RetailData& data) {
  if (fields.size() != kHeader.size()) {
    return reader.error("has " + std::to_string(fields.size()) + " fields, not 8");
  }
  const auto amount = number<long>(fields[quantity]);
  const auto unit_price = number<double>(fields[price]);
  if (!amount) return reader.error("quantity '" + fields[quantity] + "' is no number");
  if (!unit_price || !std::isfinite(*unit_price)) {
    return reader.error("price '" + fields[price] + "' is no number");
  }
  auto& counts = data.counts;
  ++counts.rows;
  if (fields[customer].empty()) {
    ++counts.no_customer;
  } else if (fields[invoice].starts_with('C') || *amount <= 0) {
    ++counts.returns;
  } else if (*unit_price <= 0) {
    ++counts.no_price;
  } else if (!is_product(fields[stock_code])) {
    ++counts.not_a_product;
  } else {
    ++counts.used;
    data.purchases.push_back({std::move(fields[invoice]), std::move(fields[stock_code]),
                              trimmed(fields[description]), std::move(fields[quantity]),
                              std::move(fields[time]), std::move(fields[price]),
                              std::move(fields[customer]), std::move(fields[country])});
  }
  return {};
}

}  // namespace

Result<RetailData> parse_retail(std::string_view text, std::string_view file) {
  models::CsvReader reader{text, file};
  GS_TRY(const auto header, reader.next());
  if (!header || !std::equal(header->begin(), header->end(), kHeader.begin(), kHeader.end())) {
    return reader.error(
        "the header must be "
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
  }
  RetailData data;
  while (true) {
    GS_TRY(auto fields, reader.next());
    if (!fields) return data;
    GS_CHECK(add(reader, *fields, data));
  }
}

Result<RetailData> read_retail(const std::filesystem::path& path) {
  GS_TRY(const std::string text, read_plain_or_gzip(path, kTextBytesMax));
  return parse_retail(text, path.string());
}

}  // namespace guildsum::simulations
