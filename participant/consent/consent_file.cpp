#include "participant/consent/consent_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "participant/errors.hpp"
#include "participant/source/csv_reader.hpp"
#include "participant/source/reject_report.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
constexpr std::size_t kFaultsShown = 10;

enum Column : std::size_t { customer, purpose, state, decided_at, notice_version, method };
constexpr std::array<std::string_view, 6> kColumns{"customer",   "purpose",        "state",
                                                   "decided_at", "notice_version", "method"};
constexpr std::size_t kNeeded = 4;

class FileReading {
 public:
  explicit FileReading(std::string name) : name_{std::move(name)} {}

  Result<> on_record(const CsvRecord& record) {
    if (!has_header_) return take_header(record.fields);
    if (record.fields.size() != width_) {
      fault(record.line, "expected " + std::to_string(width_) + " fields as in the header");
      return {};
    }
    take(record);
    return {};
  }

  void fault(std::uint64_t line, const std::string& expected) {
    if (++faults_ > kFaultsShown) return;
    text_ += (text_.empty() ? "" : "\n") + name_ + ":" + std::to_string(line) + ": " + expected;
  }

  Result<std::vector<CustomerDecision>> finish() {
    if (!has_header_) {
      return Error{ParticipantErrc::source_unreadable, name_ + " has no header line"};
    }
    if (faults_ == 0) return std::move(decisions_);
    if (faults_ > kFaultsShown) {
      text_ += "\nand " + std::to_string(faults_ - kFaultsShown) + " more; nothing was taken in";
    }
    return Error{BaseErrc::malformed, text_};
  }

 private:
  Result<> take_header(const std::vector<std::string>& header) {
    has_header_ = true;
    width_ = header.size();
    for (std::size_t k = 0; k < kColumns.size(); ++k) {
      const auto found = std::ranges::find(header, kColumns[k]);
      if (found != header.end()) {
        places_[k] = static_cast<std::size_t>(found - header.begin());
      } else if (k < kNeeded) {
        return Error{ParticipantErrc::missing_column,
                     name_ + ": the header has no column \"" + std::string{kColumns[k]} + "\""};
      }
    }
    return {};
  }

  [[nodiscard]] std::string field(const CsvRecord& record, Column column) const {
    return places_[column] ? record.fields[*places_[column]] : std::string{};
  }

  void take(const CsvRecord& record) {
    CustomerDecision entry{field(record, customer), {}};
    auto& decision = entry.decision;
    const auto purpose_word = field(record, purpose);
    const auto state_word = field(record, state);
    const auto known_purpose = parse_purpose(purpose_word);
    const auto known_state = parse_consent_state(state_word);
    const auto time = parse_time(field(record, decided_at));
    decision.notice_version = field(record, notice_version);
    decision.method = field(record, method);
    if (entry.customer.empty()) return fault(record.line, "no customer");
    if (!known_purpose) {
      return fault(record.line, "purpose \"" + purpose_word +
                                    "\": expected training or recommendations");
    }
    if (!known_state) {
      return fault(record.line, "state \"" + state_word +
                                    "\": expected given, refused, withdrawn, objected or "
                                    "restricted");
    }
    if (!time) return fault(record.line, "decided_at: no time that can be read");
    if (permits(*known_state) && decision.notice_version.empty()) {
      return fault(record.line, "given without notice_version, the privacy notice's version");
    }
    decision.purpose = *known_purpose;
    decision.state = *known_state;
    decision.decided_at = time->time;
    decisions_.push_back(std::move(entry));
  }

  std::string name_;
  bool has_header_ = false;
  std::size_t width_ = 0;
  std::array<std::optional<std::size_t>, kColumns.size()> places_{};
  std::vector<CustomerDecision> decisions_;
  std::size_t faults_ = 0;
  std::string text_;
};

}  // namespace

Result<std::vector<CustomerDecision>> read_consent_file(const std::filesystem::path& file) {
  GS_TRY(const auto bytes, read_file(file, kFileBytesMax));
  FileReading reading{file.string()};
  CsvReader reader{{},
                   [&](const CsvRecord& record) { return reading.on_record(record); },
                   [&](std::uint64_t line, CsvFault fault) {
                     reading.fault(line, std::string{to_string(reason_of(fault))});
                   }};
  GS_CHECK(reader.feed(as_text(bytes)));
  GS_CHECK(reader.finish());
  return reading.finish();
}

std::set<std::string> permitting_customers(std::span<const CustomerDecision> decisions,
                                           Purpose purpose) {
  std::map<std::string, const Decision*> in_force;
  for (const auto& [customer, decision] : decisions) {
    if (decision.purpose != purpose) continue;
    const Decision*& known = in_force[customer];
    if (known == nullptr || prevails(decision, *known)) known = &decision;
  }
  std::set<std::string> customers;
  for (const auto& [customer, decision] : in_force) {
    if (permits(decision->state)) customers.insert(customer);
  }
  return customers;
}

}  // namespace guildsum::participant
