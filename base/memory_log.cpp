#include "base/memory_log.hpp"

#include <algorithm>

namespace guildsum {

std::vector<MemoryLog::Record> MemoryLog::records() const {
  const std::scoped_lock lock{mutex_};
  return records_;
}

std::size_t MemoryLog::count(std::string_view event) const {
  const std::scoped_lock lock{mutex_};
  return static_cast<std::size_t>(
      std::ranges::count_if(records_, [&](const Record& record) { return record.event == event; }));
}

MemoryLog::Record MemoryLog::last(std::string_view event) const {
  const std::scoped_lock lock{mutex_};
  const auto found = std::find_if(records_.rbegin(), records_.rend(),
                                  [&](const Record& record) { return record.event == event; });
  return found == records_.rend() ? Record{} : *found;
}

void MemoryLog::record(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  Record record{.level = level, .event = std::string{event}, .fields = {}};
  for (const LogField& field : fields) record.fields.emplace(field.name, field.value.text());
  const std::scoped_lock lock{mutex_};
  records_.push_back(std::move(record));
}

}  // namespace guildsum
