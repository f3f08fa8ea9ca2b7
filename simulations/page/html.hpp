#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

/// Pages of reports: one file each, without scripts and without anything loaded from elsewhere.
namespace guildsum::simulations::page {

/// Text as HTML shows it; also for attributes in double quotes.
[[nodiscard]] std::string escaped(std::string_view text);
/// A key as words: "shops_counted" -> "shops counted".
[[nodiscard]] std::string in_words(std::string_view key);
/// A value for people, escaped: counts with separators, four digits of real numbers, yes and no.
[[nodiscard]] std::string text_of(const boost::json::value& value);

[[nodiscard]] std::string section(std::string_view heading, std::string_view content);
/// A cell; numbers stand at the right.
[[nodiscard]] std::string cell(const boost::json::value& value);
/// A cell of text, escaped here; `alarm` and `good` colour it.
[[nodiscard]] std::string text_cell(std::string_view text, std::string_view kind = {});
/// A number as it is written, at the right.
[[nodiscard]] std::string number_cell(std::string_view text);

struct Column {
  std::string title;
  bool number = true;
};
/// `rows`: cells, one string each. Wider than the screen it scrolls by itself.
[[nodiscard]] std::string table(const std::vector<Column>& columns,
                                const std::vector<std::string>& rows);
/// Key and value of each member that is neither object nor array.
[[nodiscard]] std::string members(const boost::json::object& object);

/// The whole page.
[[nodiscard]] std::string document(std::string_view title, std::string_view body);

}  // namespace guildsum::simulations::page
