#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/fwd.hpp>

#include "participant/source/mapping.hpp"

namespace guildsum::participant {

/// A mapping applied to the objects of one JSON Lines file.
///
/// A named member may be nested: "customer.id" is the member `id` of the member `customer`, or a
/// member of that very name. Unnamed ones are looked for in each object by their usual names
/// ("user_id", "customerId", ...), at its top only.
class MemberMap {
 public:
  explicit MemberMap(const Mapping& mapping) : mapping_{mapping} {}

  /// The object as an event, or why it is none. Ids are texts or whole numbers: 1 and "1" are the
  /// same, and 1.0 is none. A member that is null is as an empty text.
  [[nodiscard]] ReadRow read(const boost::json::object& object, bool allow_email);

  /// The members in use: {"customer", "user.id"}, ... for people. At most `kNamesMax` for a role.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> used() const;

  /// After the last object.
  /// @return ParticipantErrc::missing_column for a role that the mapping names, or that every event
  /// needs, and no object had: nothing was accepted then. Nothing without an object.
  [[nodiscard]] Result<> finish() const;

 private:
  static constexpr std::size_t kNamesMax = 4;

  const Mapping& mapping_;
  std::array<std::vector<std::string>, kRoles> found_;
  std::vector<std::string> first_members_;  ///< Of the first object, with paths of nested ones.
  std::uint64_t objects_ = 0;
};

}  // namespace guildsum::participant
