#include "models/title_features.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace guildsum::models {
namespace {

bool is_letter(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) > 127;
}

/// Words, then pairs of neighbours ("red box").
std::vector<std::string> terms(std::string_view title) {
  auto found = title_words(title);
  const auto words = found.size();
  for (std::size_t k = 1; k < words; ++k) found.push_back(found[k - 1] + ' ' + found[k]);
  return found;
}

}  // namespace

std::vector<std::string> title_words(std::string_view title) {
  std::vector<std::string> words;
  bool inside = false;
  for (char c : title) {
    if (!is_letter(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    words.back().push_back(c);
  }
  return words;
}

TitleFeatures TitleFeatures::build(std::span<const std::string> titles) {
  std::map<std::string, std::uint32_t> frequency;
  for (const auto& title : titles) {
    const auto words = terms(title);
    for (const auto& word : std::set<std::string>(words.begin(), words.end())) ++frequency[word];
  }
  TitleFeatures features;
  const auto total = static_cast<double>(titles.size());
  for (const auto& [word, count] : frequency) {
    features.columns_.emplace(word, features.size());
    const double idf = std::log((total + 1.0) / (static_cast<double>(count) + 1.0)) + 1.0;
    features.idf_.push_back(static_cast<float>(idf));
  }
  return features;
}

SparseRow TitleFeatures::row(std::string_view title) const {
  std::map<std::uint32_t, float> values;
  for (const auto& term : terms(title)) {
    const auto found = columns_.find(term);
    if (found != columns_.end()) values[found->second] += idf_[found->second];
  }
  double squares = 0;
  for (const auto& [column, value] : values) {
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  SparseRow result;
  for (const auto& [column, value] : values) {
    result.emplace_back(column,
                        static_cast<float>(static_cast<double>(value) / std::sqrt(squares)));
  }
  return result;
}

}  // namespace guildsum::models
