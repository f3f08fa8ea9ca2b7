#include "simulations/event_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "models/errors.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::uint32_t kUsersMax = 100'000'000;
constexpr std::uint32_t kItemsMax = 10'000'000;
constexpr std::size_t kFieldsMax = 4;
constexpr double kSecondsMax = 1e15;  // Far beyond any date, exact as a double.
constexpr std::string_view kSeparators = "\t,";

struct Fields {
  std::array<std::string_view, kFieldsMax> text;
  std::size_t count = 0;  // May be above kFieldsMax: then the rest is not kept.
};

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \r"), text.size());
  text.remove_prefix(first);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

Fields split_fields(std::string_view line) {
  Fields fields;
  while (true) {
    const auto end = std::min(line.find_first_of(kSeparators), line.size());
    if (fields.count < kFieldsMax) fields.text[fields.count] = trimmed(line.substr(0, end));
    ++fields.count;
    if (end == line.size()) return fields;
    line.remove_prefix(end + 1);
  }
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && rest == text.data() + text.size() && !text.empty();
}

/// One line of the file; the error is the reason alone.
class Line {
 public:
  Line(std::string_view file, std::size_t number) : file_{file}, number_{number} {}
  [[nodiscard]] Result<> read(const Fields& fields, UserPurchases& rows) const {
    if (fields.count < 2 || fields.count > kFieldsMax) {
      return error("a line is `user item [timestamp] [weight]`");
    }
    std::uint32_t user = 0;
    models::PastPurchase purchase;
    if (!parse(fields.text[0], user) || user >= kUsersMax) return wrong(fields.text[0], "user");
    if (!parse(fields.text[1], purchase.item) || purchase.item >= kItemsMax) {
      return wrong(fields.text[1], "item");
    }
    if (fields.count > 2 && !fields.text[2].empty()) {
      double seconds = 0;
      if (!parse(fields.text[2], seconds) || !(std::abs(seconds) <= kSecondsMax)) {
        return wrong(fields.text[2], "timestamp");
      }
      purchase.seconds = static_cast<std::int64_t>(seconds);
    }
    if (fields.count > 3 && !fields.text[3].empty()) {
      if (!parse(fields.text[3], purchase.quantity) || !std::isfinite(purchase.quantity) ||
          purchase.quantity <= 0) {
        return wrong(fields.text[3], "weight above 0");
      }
    }
    if (rows.size() <= user) rows.resize(std::size_t{user} + 1);
    rows[user].push_back(purchase);
    return {};
  }

 private:
  [[nodiscard]] Error error(const std::string& reason) const {
    return {models::ModelsErrc::malformed,
            std::string{file_} + ":" + std::to_string(number_) + ": " + reason};
  }
  [[nodiscard]] Error wrong(std::string_view text, const std::string& what) const {
    return error("'" + std::string{text.substr(0, 40)} + "' is no " + what);
  }
  std::string_view file_;
  std::size_t number_;
};

}  // namespace

bool is_event_file(std::string_view text) noexcept {
  return text.substr(0, text.find('\n')).find_first_of(kSeparators) != std::string_view::npos;
}

Result<> add_events(std::string_view text, std::string_view file, UserPurchases& rows) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(line).empty()) continue;
    const auto fields = split_fields(line);
    std::uint32_t user = 0;
    if (number == 1 && !parse(fields.text[0], user)) continue;  // The header.
    GS_CHECK((Line{file, number}.read(fields, rows)));
  }
  return {};
}

}  // namespace guildsum::simulations
