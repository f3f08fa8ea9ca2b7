#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guildsum::participant {

/// One product under one id in every shop that sells it.
///
/// Sources: GS1 General Specifications, sections 1.4 (prefixes) and 7.9 (check digit).

/// A GTIN-8, -12, -13 or -14 as 14 digits with zeros in front; spaces and hyphens are left out.
/// Nothing for another length, another character, a wrong check digit, or zeros only. An ISBN of 13
/// digits is a GTIN-13.
[[nodiscard]] std::optional<std::string> normalised_gtin(std::string_view text);

/// Whether the number (of 14 digits) is given out by each company for itself, or for coupons and
/// receipts: it means something else in the next shop.
[[nodiscard]] bool is_restricted_gtin(std::string_view gtin14) noexcept;

/// "acme tools|x-100": both in lower case (ASCII), blanks of the brand single, those of the part
/// number left out. Other signs stay, so that no two numbers of a brand fall into one. Nothing if
/// either is empty or holds '|' or a control character, or the brand begins with "local:".
[[nodiscard]] std::optional<std::string> brand_and_part(std::string_view brand,
                                                        std::string_view part_number);

struct ProductFields {
  std::string_view gtin;
  std::string_view brand;
  std::string_view part_number;  ///< The manufacturer's (MPN).
  std::string_view shop;         ///< Who gave out `local`.
  std::string_view local;        ///< The shop's own id.
};

/// The GTIN unless it is restricted, else brand and part number, else "local:SHOP:ID". Nothing if
/// there is a GTIN that is none: a mistyped one must not become another product's or a new one.
[[nodiscard]] std::optional<std::string> product_id(const ProductFields& fields);

}  // namespace guildsum::participant
