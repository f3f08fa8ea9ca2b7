#include "simulations/model_kind.hpp"

#include <array>
#include <string>
#include <utility>

#include "base/errors.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::array kKinds{
    std::pair{ModelKind::popularity, "popularity"},
    std::pair{ModelKind::knn, "knn"},
    std::pair{ModelKind::ease, "ease"},
    std::pair{ModelKind::ials, "ials"},
    std::pair{ModelKind::blend, "blend"},
    std::pair{ModelKind::buy_again, "buy-again"},
    std::pair{ModelKind::title, "title"},
    std::pair{ModelKind::transitions, "transitions"},
    std::pair{ModelKind::bpr, "bpr"},
    std::pair{ModelKind::softmax, "softmax"},
};
constexpr std::array kModes{std::pair{TrainingMode::centralised, "centralised"},
                            std::pair{TrainingMode::federated, "federated"},
                            std::pair{TrainingMode::alone, "alone"}};

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) noexcept {
  for (const auto& [entry, word] : table) {
    if (entry == value) return word;
  }
  return "unknown";
}

/// "a, b or c"
template <class Table>
std::string words_of(const Table& table) {
  std::string words;
  for (std::size_t k = 0; k < table.size(); ++k) {
    if (k > 0) words += k + 1 == table.size() ? " or " : ", ";
    words += table[k].second;
  }
  return words;
}

template <class Value, class Table>
Result<Value> parse(const Table& table, const char* what, std::string_view text) {
  for (const auto& [entry, word] : table) {
    if (text == word) return entry;
  }
  return Error{BaseErrc::invalid_argument,
               std::string{what} + " '" + std::string{text} + "': use " + words_of(table)};
}

}  // namespace

std::string_view to_string(ModelKind kind) noexcept { return word_of(kKinds, kind); }
std::string_view to_string(TrainingMode mode) noexcept { return word_of(kModes, mode); }

Result<ModelKind> parse_model_kind(std::string_view text) {
  return parse<ModelKind>(kKinds, "model", text);
}

Result<TrainingMode> parse_training_mode(std::string_view text) {
  return parse<TrainingMode>(kModes, "mode", text);
}

std::string_view model_kind_words() noexcept {
  static const std::string words = [] {
    std::string joined;
    for (const auto& [kind, word] : kKinds)
      joined += (joined.empty() ? "" : "|") + std::string{word};
    return joined;
  }();
  return words;
}

}  // namespace guildsum::simulations
