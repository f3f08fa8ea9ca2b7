#include "simulations/page/html.hpp"

#include <algorithm>
#include <cstdio>

#include "base/cli/format.hpp"

namespace guildsum::simulations::page {
namespace {

namespace json = boost::json;

// Colours of lines are those that people with any kind of colour vision tell apart (Okabe and Ito
// 2008), darkened or lightened for the page's background.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#4a5260;--rule:#c9ced6;--page:#fff;"
    "--a:#0b62b0;--b:#b8500a;--c:#4a5260;--d:#0a7a5a;--bad:#b3261e;--good:#1a7f37}"
    "*{box-sizing:border-box}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:var(--ink);background:var(--page)}h1{font-size:1.6rem;line-height:1.25;"
    "overflow-wrap:anywhere}h2{font-size:1.15rem;margin-top:2rem;"
    "border-bottom:1px solid var(--rule)}"
    ".wide{overflow-x:auto;margin:.5rem 0}table{border-collapse:collapse}"
    "th,td{text-align:left;padding:.2rem .9rem .2rem 0;font-variant-numeric:tabular-nums;"
    "vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}"
    "td:first-child{white-space:nowrap}td code{white-space:normal}"
    "th{color:var(--soft);font-weight:600}tbody tr+tr{border-top:1px solid var(--rule)}"
    "code{overflow-wrap:anywhere;font-size:.9rem}.verdict{font-size:1.1rem}"
    ".alarm{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}"
    "figure{margin:.75rem 0;max-width:32rem}svg{display:block;width:100%;height:auto}"
    "svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .soft{fill:var(--soft)}"
    "svg .inverse{fill:var(--page)}"
    ".legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.9rem;margin-bottom:.3rem}"
    ".legend svg{width:2rem;display:inline-block;vertical-align:middle;margin-right:.35rem}"
    ".axis{stroke:var(--rule);stroke-width:1}.error{stroke:var(--ink);stroke-width:1}"
    ".l{fill:none;stroke-width:2}.s0{stroke:var(--a)}.s1{stroke:var(--b);stroke-dasharray:7 3}"
    ".s2{stroke:var(--c);stroke-dasharray:2 3}.s3{stroke:var(--d);stroke-dasharray:9 3 2 3}"
    ".f0{fill:var(--a)}.f1{fill:var(--b)}.f2{fill:var(--c)}.f3{fill:var(--d)}"
    ".bad{fill:var(--bad)}.hollow{fill:var(--page);stroke:var(--b);stroke-width:2}"
    "details{margin:.5rem 0}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a7b0be;--rule:#3a414d;"
    "--page:#14171c;--a:#7ab4f0;--b:#f0a060;--c:#b4bcc8;--d:#5fd0a8;--bad:#ff8a80;"
    "--good:#7ee2a0}}"
    "@media print{:root{--ink:#000;--soft:#333;--rule:#999;--page:#fff;--a:#0b62b0;--b:#b8500a;"
    "--c:#4a5260;--d:#0a7a5a;--bad:#b3261e;--good:#1a7f37}body{margin:0;max-width:none;"
    "font-size:10pt}.wide{overflow:visible}table{font-size:8pt}"
    "th,td{padding-right:.6rem}figure,tr,h2{break-inside:avoid}h2{break-after:avoid}"
    "figure{max-width:13cm}}";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string in_words(std::string_view key) {
  std::string words{key};
  std::ranges::replace(words, '_', ' ');
  return escaped(words);
}

std::string text_of(const json::value& value) {
  if (const auto* text = value.if_string()) return escaped({text->data(), text->size()});
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_null()) return "-";
  if (value.is_double()) {
    char buffer[32];
    const int length = std::snprintf(buffer, sizeof buffer, "%.4g", value.get_double());
    return {buffer, static_cast<std::size_t>(length)};
  }
  if (value.is_int64() && value.get_int64() < 0) return std::to_string(value.get_int64());
  if (value.is_number()) return cli::format_count(value.to_number<std::uint64_t>());
  return escaped(json::serialize(value));
}

std::string section(std::string_view heading, std::string_view content) {
  return "<section><h2>" + std::string{heading} + "</h2>" + std::string{content} + "</section>\n";
}

std::string cell(const json::value& value) {
  return (value.is_number() ? "<td class=\"n\">" : "<td>") + text_of(value) + "</td>";
}

std::string text_cell(std::string_view text, std::string_view kind) {
  const std::string start =
      kind.empty() ? std::string{"<td>"} : "<td class=\"" + std::string{kind} + "\">";
  return start + escaped(text) + "</td>";
}

std::string number_cell(std::string_view text) {
  return "<td class=\"n\">" + escaped(text) + "</td>";
}

std::string table(const std::vector<Column>& columns, const std::vector<std::string>& rows) {
  std::string out = "<div class=\"wide\"><table><thead><tr>";
  for (const Column& column : columns) {
    out += std::string{column.number ? "<th class=\"n\">" : "<th>"} + escaped(column.title) +
           "</th>";
  }
  out += "</tr></thead><tbody>";
  for (const std::string& row : rows) out += "<tr>" + row + "</tr>";
  return out + "</tbody></table></div>";
}

std::string members(const json::object& object) {
  std::string rows;
  for (const auto& member : object) {
    if (member.value().is_structured()) continue;
    rows += "<tr><th>" + in_words(member.key()) + "</th>" + cell(member.value()) + "</tr>";
  }
  return "<div class=\"wide\"><table>" + rows + "</table></div>";
}

std::string document(std::string_view title, std::string_view body) {
  const std::string name = escaped(title);
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
         "<title>" +
         name + "</title><style>" + std::string{kStyle} + "</style></head><body><main><h1>" + name +
         "</h1>\n" + std::string{body} + "</main></body></html>\n";
}

}  // namespace guildsum::simulations::page
