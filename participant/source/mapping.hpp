#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "participant/source/event.hpp"
#include "participant/source/reject_report.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::participant {

/// Which column of a source means what. An empty name lets `ColumnMap::resolve` look for a usual
/// one.
struct Mapping {
  std::string customer;
  std::string item;
  std::string time;      ///< Optional in the file: the moment is then unknown (1970).
  std::string quantity;  ///< Optional in the file: every row counts as one piece then.
  std::string order;     ///< Optional in the file.
};

/// A mapping applied to one file's header.
class ColumnMap {
 public:
  /// Named columns must exist; unnamed ones are found by their usual names ("CustomerID",
  /// "customer_id", "user_id", ... whatever case, spaces and underscores).
  /// @return ParticipantErrc::missing_column naming the key, and the nearest column for a typing
  /// error.
  [[nodiscard]] static Result<ColumnMap> resolve(const Mapping& mapping,
                                                 const std::vector<std::string>& header);

  /// The row as an event with the format of its time, or why it is none. E-mail addresses as
  /// customer ids are refused unless `allow_email`.
  struct Accepted {
    PurchaseEvent event;
    std::optional<TimeFormat> time_format;  ///< None without a column for the time.
  };
  [[nodiscard]] std::variant<Accepted, RejectReason> read(const std::vector<std::string>& fields,
                                                          bool allow_email) const;

  /// Whether a field in use holds a line end. `fields` are as many as the header has.
  [[nodiscard]] bool spans_lines(const std::vector<std::string>& fields) const;

  /// The columns in use: {"customer", "CustomerID"}, ... for people.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& used() const noexcept {
    return used_;
  }

 private:
  std::size_t columns_ = 0;
  std::size_t customer_ = 0;
  std::size_t item_ = 0;
  std::optional<std::size_t> time_;
  std::optional<std::size_t> quantity_;
  std::optional<std::size_t> order_;
  std::vector<std::pair<std::string, std::string>> used_;
};

}  // namespace guildsum::participant
