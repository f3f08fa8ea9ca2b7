#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "participant/source/event.hpp"
#include "participant/source/reject_report.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::participant {

/// Which field of a source, a column or a member, means what. An empty name lets usual ones count.
struct Mapping {
  std::string customer;
  std::string item;
  std::string time;      ///< Optional in the source: the moment is then unknown (1970).
  std::string quantity;  ///< Optional in the source: every row counts as one piece then.
  std::string order;     ///< Optional in the source.
  // With one of these the item is its `product_id`, the same in every shop; they are never guessed.
  std::string gtin;   ///< May be empty in a row.
  std::string brand;  ///< May be empty in a row.
  std::string mpn;    ///< The manufacturer's part number; may be empty in a row.
  std::string shop;   ///< No field: who gives out ids that are no other shop's.
};

/// What a field of a row means.
enum class Role : std::uint8_t { customer, item, time, quantity, order, gtin, brand, mpn };
inline constexpr std::size_t kRoles = 8;
[[nodiscard]] std::string_view to_string(Role role) noexcept;
/// Whether no row can do without it.
[[nodiscard]] bool is_required(Role role) noexcept;
/// What the mapping names for the role; empty if nothing.
[[nodiscard]] const std::string& named(const Mapping& mapping, Role role) noexcept;

/// A usual name of a role in whatever case, spaces and underscores ("CustomerID", "user_id", ...).
/// A lower rank is preferred to a higher one.
struct UsualName {
  Role role = Role::customer;
  std::size_t rank = 0;
};
[[nodiscard]] std::optional<UsualName> usual_name(std::string_view name);

/// How a form of file calls its fields, for messages: "column", "in the header".
struct FieldWords {
  std::string_view thing;
  std::string_view place;
};
/// ParticipantErrc::missing_column naming the key, the nearest name for a typing error, and all
/// names that there are.
[[nodiscard]] Error missing_field(Role role, const Mapping& mapping,
                                  const std::vector<std::string>& names, FieldWords words);

/// The texts of one row by role; none where the source has no such field.
using RowFields = std::array<std::optional<std::string_view>, kRoles>;

struct AcceptedRow {
  PurchaseEvent event;
  std::optional<TimeFormat> time_format;  ///< None without a field for the time.
};
using ReadRow = std::variant<AcceptedRow, RejectReason>;

/// The row as an event with the format of its time, or why it is none, whatever the form of the
/// file. E-mail addresses as customer ids are refused unless `allow_email`. `shop` as in `Mapping`.
[[nodiscard]] ReadRow read_row(const RowFields& fields, bool allow_email, std::string_view shop);

/// A mapping applied to one CSV file's header.
class ColumnMap {
 public:
  /// Named columns must exist; unnamed ones are found by their usual names.
  /// @return ParticipantErrc::missing_column (`missing_field`).
  [[nodiscard]] static Result<ColumnMap> resolve(const Mapping& mapping,
                                                 const std::vector<std::string>& header);

  [[nodiscard]] ReadRow read(const std::vector<std::string>& fields, bool allow_email) const;

  /// Whether a field in use holds a line end.
  [[nodiscard]] bool spans_lines(const std::vector<std::string>& fields) const;

  /// The columns in use: {"customer", "CustomerID"}, ... for people.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& used() const noexcept {
    return used_;
  }

 private:
  std::size_t columns_ = 0;
  std::string shop_;
  std::array<std::optional<std::size_t>, kRoles> positions_{};
  std::vector<std::pair<std::string, std::string>> used_;
};

}  // namespace guildsum::participant
