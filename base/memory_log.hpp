#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.hpp"

namespace guildsum {

/// Keeps every event in memory, for tests and simulations. Thread safe.
class MemoryLog final : public Log {
 public:
  struct Record {
    LogLevel level = LogLevel::info;
    std::string event;
    /// Values as text, by field name.
    std::map<std::string, std::string> fields;
  };

  MemoryLog() noexcept : Log{LogLevel::debug} {}
  [[nodiscard]] std::vector<Record> records() const;
  /// How many events of this name were logged.
  [[nodiscard]] std::size_t count(std::string_view event) const;
  /// The newest event of this name; an empty record if there is none.
  [[nodiscard]] Record last(std::string_view event) const;

 private:
  void record(LogLevel level, std::string_view event, std::span<const LogField> fields) override;

  mutable std::mutex mutex_;
  std::vector<Record> records_;
};

}  // namespace guildsum
