#include "participant/source/member_map.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <variant>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace guildsum::participant {
namespace {

namespace bj = boost::json;

constexpr std::size_t kFieldBytesMax = 64 * 1024;
constexpr std::size_t kMembersListed = 40;

struct Member {
  const bj::value* value = nullptr;
  std::string_view name;
};
using Members = std::array<Member, kRoles>;

const bj::value* find(const bj::object& object, std::string_view path) {
  if (const bj::value* whole = object.if_contains(path)) return whole;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos;
       dot = path.find('.', dot + 1)) {
    const bj::value* outer = object.if_contains(path.substr(0, dot));
    const bj::object* inner = outer == nullptr ? nullptr : outer->if_object();
    if (inner == nullptr) continue;
    if (const bj::value* found = find(*inner, path.substr(dot + 1))) return found;
  }
  return nullptr;
}

Members members_of(const bj::object& object, const Mapping& mapping) {
  Members out;
  std::array<std::size_t, kRoles> ranks{};
  for (std::size_t i = 0; i < kRoles; ++i) {
    const std::string& name = named(mapping, static_cast<Role>(i));
    if (!name.empty()) out[i] = {find(object, name), name};
  }
  for (const auto& member : object) {
    const auto usual = usual_name(member.key());
    if (!usual || !named(mapping, usual->role).empty()) continue;
    const auto i = static_cast<std::size_t>(usual->role);
    if (out[i].value != nullptr && ranks[i] <= usual->rank) continue;
    out[i] = {&member.value(), member.key()};
    ranks[i] = usual->rank;
  }
  return out;
}

/// The reason for a value of a form that the role cannot have.
RejectReason wrong_form(Role role) {
  if (role == Role::time) return RejectReason::bad_time;
  return role == Role::quantity ? RejectReason::bad_quantity : RejectReason::bad_id;
}

/// The value as a source of text would write it.
std::variant<std::string, RejectReason> text_of(Role role, const bj::value& value) {
  if (value.is_null()) return std::string{};
  if (const bj::string* text = value.if_string()) {
    const std::string_view view{text->data(), text->size()};
    if (view.size() > kFieldBytesMax) return RejectReason::field_too_large;
    if (view.find_first_of(std::string_view{"\0\r\n", 3}) != std::string_view::npos) {
      return RejectReason::control_character;
    }
    return std::string{view};
  }
  if (const auto* whole = value.if_int64()) return std::to_string(*whole);
  if (const auto* whole = value.if_uint64()) return std::to_string(*whole);
  const auto* number = value.if_double();
  if (number == nullptr || role != Role::quantity) return wrong_form(role);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr;
  return std::string{digits.data(), end};
}

void list_members(const bj::object& object, const std::string& prefix,
                  std::vector<std::string>& out) {
  for (const auto& member : object) {
    if (out.size() >= kMembersListed) return;
    std::string name = prefix + std::string{std::string_view{member.key()}};
    if (const bj::object* inner = member.value().if_object()) {
      list_members(*inner, name + ".", out);
    } else {
      out.push_back(std::move(name));
    }
  }
}

}  // namespace

ReadRow MemberMap::read(const bj::object& object, bool allow_email) {
  if (++objects_ == 1) list_members(object, {}, first_members_);
  const Members members = members_of(object, mapping_);
  std::array<std::string, kRoles> texts;
  RowFields fields;
  std::optional<RejectReason> refused;
  for (std::size_t i = 0; i < kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    if (members[i].value == nullptr) {
      const bool needed = !named(mapping_, role).empty() && !is_required(role);
      if (needed && !refused) refused = RejectReason::missing_member;
      continue;
    }
    auto& names = found_[i];
    if (names.size() < kNamesMax && std::ranges::find(names, members[i].name) == names.end()) {
      names.emplace_back(members[i].name);
    }
    auto text = text_of(role, *members[i].value);
    if (const auto* reason = std::get_if<RejectReason>(&text)) {
      if (!refused) refused = *reason;
      continue;
    }
    texts[i] = std::get<std::string>(std::move(text));
    fields[i] = texts[i];
  }
  if (refused) return *refused;
  return read_row(fields, allow_email, mapping_.shop);
}

std::vector<std::pair<std::string, std::string>> MemberMap::used() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < kRoles; ++i) {
    for (const std::string& name : found_[i]) {
      out.emplace_back(to_string(static_cast<Role>(i)), name);
    }
  }
  return out;
}

Result<> MemberMap::finish() const {
  if (objects_ == 0) return {};
  for (std::size_t i = 0; i < kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    const bool needed = is_required(role) || !named(mapping_, role).empty();
    if (needed && found_[i].empty()) {
      return missing_field(role, mapping_, first_members_,
                           {.thing = "member", .place = "in any object"});
    }
  }
  return {};
}

}  // namespace guildsum::participant
