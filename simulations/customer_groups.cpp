#include "simulations/customer_groups.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "models/errors.hpp"
#include "models/fairness.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kNameBytesMax = 64;

struct Band {
  const char* name;
  std::size_t items_min;
};
constexpr std::array kBands{Band{"under 10 items", 0}, Band{"10 to 29 items", 10},
                            Band{"30 to 99 items", 30}, Band{"100 items and more", 100}};

struct Line {
  std::size_t user = 0;
  std::string_view group;
};

/// What is wrong with the line, or nothing.
std::string_view parse_line(std::string_view text, std::size_t users, Line& line) {
  const auto first_tab = text.find('\t');
  if (first_tab == std::string_view::npos) return "needs a user, a tab and a group";
  const auto number = text.substr(0, first_tab);
  const auto [end, failure] =
      std::from_chars(number.data(), number.data() + number.size(), line.user);
  if (failure != std::errc{} || end != number.data() + number.size()) {
    return "does not begin with a user's index";
  }
  if (line.user >= users) return "names a user that is not in the data";
  line.group = text.substr(text.rfind('\t') + 1);
  if (line.group.empty()) return "has no group";
  if (line.group.size() > kNameBytesMax) return "has a group of more than 64 bytes";
  return {};
}

}  // namespace

CustomerGroups groups_by_activity(const models::Histories& histories) {
  CustomerGroups groups;
  for (const auto& band : kBands) groups.names.emplace_back(band.name);
  for (std::size_t user = 0; user < histories.customers(); ++user) {
    const auto items = models::distinct_items(histories.row(user)).size();
    const auto above = std::ranges::find_if(
        kBands, [items](const Band& band) { return band.items_min > items; });
    groups.group_of_user.push_back(static_cast<std::uint32_t>(above - kBands.begin() - 1));
  }
  return groups;
}

Result<CustomerGroups> parse_groups(std::string_view text, std::string_view file,
                                    std::size_t users) {
  std::vector<std::string_view> name_of_user(users);
  std::map<std::string_view, std::uint32_t> numbers;
  const auto error = [file](const std::string& place, std::string_view why) {
    return Error{models::ModelsErrc::malformed,
                 std::string{file} + place + " " + std::string{why}};
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    if (content.empty()) continue;
    const std::string place = ":" + std::to_string(number) + ":";
    Line line;
    if (const auto why = parse_line(content, users, line); !why.empty()) return error(place, why);
    if (!name_of_user[line.user].empty()) return error(place, "names a user a second time");
    name_of_user[line.user] = line.group;
    numbers.emplace(line.group, 0);
  }
  if (numbers.size() > models::kFairnessGroupsMax) return error(":", "has more than 1000 groups");
  CustomerGroups groups;
  for (auto& [name, number] : numbers) {
    number = static_cast<std::uint32_t>(groups.names.size());
    groups.names.emplace_back(name);
  }
  for (std::size_t user = 0; user < users; ++user) {
    if (name_of_user[user].empty()) {
      return error(":", "user " + std::to_string(user) + " has no group");
    }
    groups.group_of_user.push_back(numbers.at(name_of_user[user]));
  }
  return groups;
}

}  // namespace guildsum::simulations
