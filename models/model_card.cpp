#include "models/model_card.hpp"

#include <array>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

namespace json = boost::json;

struct Section {
  const char* key;
  const char* heading;
  std::array<const char*, 3> members;  ///< That must be there; unused ones are null.
};

constexpr std::array kSections{
    Section{"model", "Model", {"kind", "version", "settings"}},
    Section{"intended_use", "What it is for", {"primary", "users", "not_for"}},
    Section{"data", "Whose data it comes from", {"shops", "customers", "items"}},
    Section{"training", "How it was trained", {"procedure", "secure_sums"}},
    Section{"contributors", "Contributors", {"shops", "minimum"}},
    Section{"lineage", "Lineage", {"parent", "root"}},
    Section{"quality", "How good it is", {"protocol", "ndcg_at_20", "ndcg_error"}},
    Section{"groups", "For whom", {"groups", "ndcg_at_10", "coverage_at_20"}},
    Section{"differential_privacy", "Differential privacy", {"enabled"}},
    Section{"main_parameters", "What decides the order", {}},
    Section{"limits", "Limits", {}},
};

Error gap(const std::string& path, const char* what) {
  return {ModelsErrc::malformed, "the model card's " + path + " is " + what};
}

/// Refuses anything empty in `value`.
Result<> check_filled(const json::value& value, const std::string& path) {
  if (value.is_null()) return gap(path, "empty");
  if (const auto* text = value.if_string()) {
    if (text->empty()) return gap(path, "empty");
  }
  if (const auto* list = value.if_array()) {
    if (list->empty()) return gap(path, "empty");
    for (std::size_t k = 0; k < list->size(); ++k) {
      GS_CHECK(check_filled((*list)[k], path + "[" + std::to_string(k) + "]"));
    }
  }
  if (const auto* object = value.if_object()) {
    if (object->empty()) return gap(path, "empty");
    for (const auto& member : *object) {
      GS_CHECK(check_filled(member.value(), path + "." + std::string{member.key()}));
    }
  }
  return {};
}

Result<> check_privacy(const json::object& privacy) {
  const auto enabled = json::value_to<bool>(privacy.at("enabled"));
  for (const char* key : {"epsilon", "delta", "unit"}) {
    if (enabled && !privacy.contains(key)) {
      return gap(std::string{"differential_privacy."} + key, "missing");
    }
  }
  if (!enabled && !privacy.contains("reason")) return gap("differential_privacy.reason", "missing");
  return {};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// "ndcg_at_10" as people say it.
std::string in_words(std::string_view key) {
  std::string words{key};
  for (char& c : words) c = c == '_' ? ' ' : c;
  return escaped(words);
}

std::string number_text(double value) {
  constexpr std::size_t kLongest = 32;
  std::array<char, kLongest> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.4g", value);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string to_html(const json::value& value);

/// A table of objects with equal members: one row each.
std::string rows_of(const json::array& list) {
  std::string out = "<table><thead><tr>";
  for (const auto& member : list.front().as_object()) {
    out += "<th scope=\"col\">" + in_words(member.key()) + "</th>";
  }
  out += "</tr></thead><tbody>";
  for (const auto& row : list) {
    out += "<tr>";
    for (const auto& member : row.as_object()) {
      const bool alarm = member.key() == "served_badly" && member.value() == true;
      out += (alarm ? "<td class=\"alarm\">" : "<td>") + to_html(member.value()) + "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody></table>";
}

std::string list_of(const json::array& list) {
  if (list.front().is_object()) return rows_of(list);
  std::string out = "<ul>";
  for (const auto& entry : list) out += "<li>" + to_html(entry) + "</li>";
  return out + "</ul>";
}

std::string members_of(const json::object& object) {
  std::string out = "<dl>";
  for (const auto& member : object) {
    out += "<dt>" + in_words(member.key()) + "</dt><dd>" + to_html(member.value()) + "</dd>";
  }
  return out + "</dl>";
}

std::string to_html(const json::value& value) {
  if (const auto* text = value.if_string()) return escaped(*text);
  if (const auto* flag = value.if_bool()) return *flag ? "yes" : "no";
  if (const auto* real = value.if_double()) return number_text(*real);
  if (const auto* list = value.if_array()) return list_of(*list);
  if (const auto* object = value.if_object()) return members_of(*object);
  return guildsum::json::compact(value);
}

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1f24;background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;"
    "border-bottom:1px solid #c9ced6}dl{display:grid;grid-template-columns:minmax(9rem,max-content)"
    " 1fr;gap:.25rem 1.25rem}dt{color:#4a5260}dd{margin:0;overflow-wrap:anywhere}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .9rem .2rem 0;"
    "font-variant-numeric:tabular-nums;overflow-wrap:normal}.alarm{color:#b3261e;"
    "font-weight:600}th{color:#4a5260;font-weight:600}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#14171c}dt,th{color:#a7b0be}"
    ".alarm{color:#ff8a80}"
    "h2{border-color:#3a414d}}";

}  // namespace

Result<> check_model_card(const json::object& card) {
  for (const auto& section : kSections) {
    const auto* value = card.if_contains(section.key);
    if (value == nullptr) return gap(section.key, "missing");
    for (const char* member : section.members) {
      if (member == nullptr) break;
      const auto* object = value->if_object();
      if (object == nullptr || !object->contains(member)) {
        return gap(std::string{section.key} + "." + member, "missing");
      }
    }
    GS_CHECK(check_filled(*value, section.key));
  }
  const auto& privacy = card.at("differential_privacy").as_object();
  if (!privacy.at("enabled").is_bool()) return gap("differential_privacy.enabled", "no yes or no");
  return check_privacy(privacy);
}

std::string model_card_page(const json::object& card) {
  const auto& model = card.at("model").as_object();
  const auto title = "Model card: " + to_html(model.at("kind")) + ", version " +
                     to_html(model.at("version"));
  std::string page = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                     "<title>" +
                     title + "</title><style>" + std::string{kStyle} +
                     "</style></head><body><main><h1>" + title + "</h1>\n";
  for (const auto& section : kSections) {
    page += "<section><h2>" + std::string{section.heading} + "</h2>" +
            to_html(card.at(section.key)) + "</section>\n";
  }
  return page + "</main></body></html>\n";
}

std::string main_parameters_text(const TaskPlan& plan) {
  std::string text;
  switch (plan.kind) {
    case TaskKind::popularity:
      text = "Items are ordered by how many customers of all taking part shops bought them. "
             "Nothing about you is used.";
      return text;
    case TaskKind::ease:
      text = "Each of your purchases at this shop adds to items that customers of all taking part "
             "shops often bought together with it, and less to items that are bought by nearly "
             "everybody. All your purchases count alike.";
      break;
    case TaskKind::ials:
      text = "Your purchases at this shop are summed up in " + std::to_string(plan.ials.factors) +
             " numbers of taste, in which items that are bought by the same customers lie close. "
             "Items closest to your taste come first.";
      break;
    case TaskKind::bpr:
    case TaskKind::softmax:
      text = "Your purchases at this shop are summed up in " +
             std::to_string(plan.gradient.factors) +
             " numbers of taste, the sum of what is known of the items you bought. Items closest "
             "to it come first; items that many customers buy have a head start.";
      break;
    case TaskKind::transitions:
      text = "Your latest baskets at this shop count, the newest most. Items that customers of all "
             "taking part shops bought in the baskets after such a one come first.";
      break;
    case TaskKind::vocabulary:
    case TaskKind::evaluation:
      return "Recommends nothing.";
  }
  return text +
         " Your age, gender, address, search words and what you looked at are not used, and no "
         "payment changes the order. Your purchases stay at this shop. You can hide a purchase, "
         "which then counts no more, or turn personal recommendations off: then items are ordered "
         "by how many customers bought them.";
}

}  // namespace guildsum::models
