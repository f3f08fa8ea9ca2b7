#include "simulations/item_titles.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "models/errors.hpp"

namespace guildsum::simulations {

Result<std::vector<std::string>> parse_titles(std::string_view text, std::string_view file,
                                              std::uint32_t items) {
  std::vector<std::string> titles(items);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) continue;
    const auto code = line.find('\t');
    const auto title = code == std::string_view::npos ? code : line.find('\t', code + 1);
    std::uint32_t index = 0;
    const auto [rest, failure] =
        std::from_chars(line.data(), line.data() + std::min(code, line.size()), index);
    if (title == std::string_view::npos || failure != std::errc{} || rest != line.data() + code) {
      return Error{models::ModelsErrc::malformed, std::string{file} + ":" + std::to_string(number) +
                                                      ": a line is `index TAB code TAB title`"};
    }
    if (index < items) titles[index] = line.substr(title + 1);
  }
  return titles;
}

std::vector<models::ItemIndex> draw_withheld(const std::vector<std::string>& titles, double share,
                                             std::uint64_t seed) {
  SeededRandom random{seed};
  std::vector<models::ItemIndex> withheld;
  for (std::size_t item = 0; item < titles.size(); ++item) {
    std::array<std::byte, 8> raw;
    random.fill(raw);
    const double draw = static_cast<double>(load_le<std::uint64_t>(raw) >> 11) * 0x1.0p-53;
    if (draw < share && !titles[item].empty()) {
      withheld.push_back(static_cast<models::ItemIndex>(item));
    }
  }
  return withheld;
}

}  // namespace guildsum::simulations
