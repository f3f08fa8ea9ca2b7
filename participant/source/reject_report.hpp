#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "participant/source/csv_reader.hpp"
#include "participant/source/jsonl_reader.hpp"

namespace guildsum::participant {

/// Why a row is not used. Nothing is dropped for a reason that is not in this list.
enum class RejectReason : std::uint8_t {
  unterminated_quote,
  text_after_quote,
  field_too_large,
  record_too_large,
  bad_encoding,
  control_character,
  wrong_field_count,
  no_customer,
  email_as_customer,  ///< A personal address is no id; allowed by `allow_email` only.
  no_item,
  no_time,
  bad_time,
  bad_quantity,
  not_a_purchase,    ///< Quantity 0 or below: a refund or a correction.
  not_in_catalogue,  ///< The item is not in the published list.
  not_json,          ///< JSON Lines: the line is not one JSON value.
  too_deep,          ///< JSON Lines: objects inside objects beyond the limit.
  duplicate_member,  ///< JSON Lines: an object names a member twice.
  not_an_object,     ///< JSON Lines: another value than an object.
  missing_member,    ///< JSON Lines: a member that the mapping names is not there.
  bad_gtin,          ///< No GTIN-8, -12, -13 or -14, or a wrong check digit.
  bad_id,            ///< JSON Lines: an id is neither a text nor a whole number.
};
inline constexpr std::size_t kRejectReasons = 22;

/// The stable name, such as "bad_time".
[[nodiscard]] std::string_view code_of(RejectReason reason) noexcept;
/// For people: "the time cannot be read".
[[nodiscard]] std::string_view to_string(RejectReason reason) noexcept;
[[nodiscard]] RejectReason reason_of(CsvFault fault) noexcept;
[[nodiscard]] RejectReason reason_of(JsonlFault fault) noexcept;

struct RejectedRow {
  std::string file;
  std::uint64_t line = 0;
  RejectReason reason = RejectReason::bad_time;
};

/// Counts the rows that were not used, per reason, with the first places of each. Holds no contents
/// of rows. Memory is bounded: beyond `kListMax` rows only counts go on, and the written list says
/// so.
class RejectReport {
 public:
  static constexpr std::size_t kExamplesMax = 3;
  static constexpr std::size_t kListMax = 1'000'000;
  struct Count {
    std::uint64_t rows = 0;
    std::vector<RejectedRow> examples;  ///< The first ones.
  };

  void add(std::string_view file, std::uint64_t line, RejectReason reason);
  [[nodiscard]] const Count& of(RejectReason reason) const noexcept {
    return counts_[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// "file,line,reason,meaning", one line per row; replaces the file, mode 0600.
  [[nodiscard]] Result<> write_csv(const std::filesystem::path& path) const;

 private:
  struct Place {
    std::uint32_t file;
    RejectReason reason;
    std::uint64_t line;
  };
  std::array<Count, kRejectReasons> counts_;
  std::uint64_t total_ = 0;
  std::vector<std::string> files_;
  std::vector<Place> rows_;
};

}  // namespace guildsum::participant
