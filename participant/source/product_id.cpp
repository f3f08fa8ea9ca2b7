#include "participant/source/product_id.hpp"

#include <algorithm>

namespace guildsum::participant {
namespace {

constexpr std::size_t kGtinDigits = 14;
constexpr std::string_view kLocal = "local:";

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Weights 3 and 1 by turns, 1 for the check digit: the sum is a multiple of ten.
bool has_check_digit(std::string_view digits) noexcept {
  int sum = 0;
  int weight = 1;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    sum += weight * (*digit - '0');
    weight = 4 - weight;
  }
  return sum % 10 == 0;
}

bool cannot_be_joined(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return c == '|' || code == 0x7F || (code < 0x20 && c != '\t');
  });
}

std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_blank(c)) {
      out.push_back(lower(c));
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_blank(c)) out.push_back(lower(c));
  }
  return out;
}

}  // namespace

std::optional<std::string> normalised_gtin(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9' || digits.size() == kGtinDigits) return std::nullopt;
    digits.push_back(c);
  }
  const std::size_t length = digits.size();
  if (length != 8 && length != 12 && length != 13 && length != 14) return std::nullopt;
  if (!has_check_digit(digits)) return std::nullopt;
  if (digits.find_first_not_of('0') == std::string::npos) return std::nullopt;
  return std::string(kGtinDigits - length, '0') + digits;
}

bool is_restricted_gtin(std::string_view gtin14) noexcept {
  if (gtin14.size() != kGtinDigits) return true;
  if (gtin14.starts_with("000000")) {
    // A GTIN-8: prefixes 0xx and 2xx.
    return gtin14[6] == '0' || gtin14[6] == '2';
  }
  const std::string_view prefix = gtin14.substr(1, 3);
  const std::string_view front = prefix.substr(0, 2);
  const bool in_store = front == "02" || front == "04" || prefix.front() == '2';
  const bool coupon = front == "05" || front == "98" || front == "99";
  return in_store || coupon;
}

std::optional<std::string> brand_and_part(std::string_view brand, std::string_view part_number) {
  if (cannot_be_joined(brand) || cannot_be_joined(part_number)) return std::nullopt;
  const std::string name = with_single_blanks(brand);
  const std::string number = without_blanks(part_number);
  // A brand of that name would pass for a shop's own id.
  if (name.empty() || number.empty() || name.starts_with(kLocal)) return std::nullopt;
  return name + "|" + number;
}

std::optional<std::string> product_id(const ProductFields& fields) {
  if (!fields.gtin.empty()) {
    auto gtin = normalised_gtin(fields.gtin);
    if (!gtin || !is_restricted_gtin(*gtin)) return gtin;
  }
  if (auto joined = brand_and_part(fields.brand, fields.part_number)) return joined;
  return std::string{kLocal} + std::string{fields.shop} + ":" + std::string{fields.local};
}

}  // namespace guildsum::participant
