#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/json.hpp"
#include "participant/agent_paths.hpp"
#include "participant/commands/commands.hpp"
#include "participant/config.hpp"
#include "participant/store/outbox_store.hpp"

namespace guildsum::participant {
namespace {

using cli::OutputFormat;

constexpr std::int64_t kEntriesDefault = 100;
constexpr std::int64_t kEntriesMax = 10'000'000;
constexpr std::size_t kShortDigestDigits = 16;

/// The store beside a running agent or without one; none where nothing was ever sent.
Result<std::unique_ptr<Store>> open_store(const AgentPaths& paths, const Clock& clock) {
  std::error_code ignored;
  if (!std::filesystem::exists(paths.store(), ignored)) return std::unique_ptr<Store>{};
  return Store::open(paths.store(), clock);
}

std::string time_of(const OutboxEntry& entry) {
  return to_rfc3339(Clock::Wall{std::chrono::milliseconds{entry.sent_ms}});
}

/// What belongs to no round has none.
bool has_round(const OutboxEntry& entry) { return entry.message.round.value() != 0; }

boost::json::object json_of(const OutboxEntry& entry) {
  const OutboundMessage& message = entry.message;
  boost::json::object out{{"id", entry.id}, {"time", time_of(entry)}};
  if (has_round(entry)) {
    out["round"] = message.round.value();
    out["attempt"] = message.attempt.value();
  } else {
    out["round"] = nullptr;
    out["attempt"] = nullptr;
  }
  out["type"] = message.type;
  out["bytes"] = message.bytes;
  out["destination"] = message.destination;
  out["sha256"] = message.sha256.hex();
  return out;
}

boost::json::object json_of(const OutboxTotal& total) {
  return {{"entries", total.entries}, {"bytes", total.bytes}};
}

std::string exact(std::uint64_t bytes) {
  return cli::format_count(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string table_of(const std::vector<OutboxEntry>& entries) {
  using enum cli::Table::Align;
  cli::Table table{{{"ID", right},
                    {"TIME"},
                    {"ROUND", right},
                    {"ATTEMPT", right},
                    {"TYPE"},
                    {"BYTES", right},
                    {"DESTINATION"},
                    {"SHA-256"}}};
  for (const OutboxEntry& entry : entries) {
    const OutboundMessage& message = entry.message;
    const bool round = has_round(entry);
    table.add_row({std::to_string(entry.id), time_of(entry),
                   round ? std::to_string(message.round.value()) : "-",
                   round ? std::to_string(message.attempt.value()) : "-", message.type,
                   cli::format_count(message.bytes), message.destination,
                   message.sha256.hex().substr(0, kShortDigestDigits)});
  }
  return table.text();
}

std::string total_line(const OutboxTotal& total, std::size_t shown) {
  std::string line = "total: " + cli::format_count(total.entries) +
                     (total.entries == 1 ? " entry, " : " entries, ") + exact(total.bytes);
  if (shown < total.entries) {
    line += "; the newest " + cli::format_count(shown) + " are shown, --limit shows more";
  }
  return line + "\n";
}

void print(const cli::Invocation& invocation, const std::vector<OutboxEntry>& entries,
           const OutboxTotal& total) {
  std::ostream& out = invocation.out;
  switch (invocation.global.format) {
    case OutputFormat::text:
      if (!entries.empty()) out << table_of(entries);
      out << total_line(total, entries.size());
      return;
    case OutputFormat::json: {
      boost::json::array all;
      for (const OutboxEntry& entry : entries) all.push_back(json_of(entry));
      out << json::pretty(boost::json::object{{"entries", all}, {"total", json_of(total)}}) << "\n";
      return;
    }
    case OutputFormat::jsonl:
      for (const OutboxEntry& entry : entries) out << json::compact(json_of(entry)) << "\n";
      out << json::compact(boost::json::object{{"total", json_of(total)}}) << "\n";
      return;
  }
}

Result<OutboxFilter> filter_of(const cli::Arguments& arguments) {
  OutboxFilter filter;
  if (arguments.has("round")) {
    GS_TRY(const auto round, arguments.integer("round", 1));
    filter.round = protocol::RoundId{static_cast<std::uint64_t>(round)};
  }
  if (arguments.has("type")) filter.type = arguments.text("type");
  return filter;
}

Result<cli::ExitCode> list(const cli::Invocation& invocation) {
  GS_TRY(const auto limit, invocation.arguments.integer("limit", 1, kEntriesMax));
  GS_TRY(const OutboxFilter filter, filter_of(invocation.arguments));
  GS_TRY(const Config config, load_config(invocation.global));
  const SystemClock clock;
  GS_TRY(const auto store, open_store(AgentPaths{config.dir}, clock));
  std::vector<OutboxEntry> entries;
  OutboxTotal total;
  if (store) {
    OutboxStore outbox{*store};
    GS_TRY(total, outbox.total(filter));
    GS_TRY(entries, outbox.entries(filter, static_cast<std::size_t>(limit)));
  }
  print(invocation, entries, total);
  return cli::ExitCode::ok;
}

Result<OutboxEntry> find_entry(const AgentPaths& paths, std::int64_t id) {
  const SystemClock clock;
  GS_TRY(const auto store, open_store(paths, clock));
  std::optional<OutboxEntry> found;
  if (store) {
    GS_TRY(found, OutboxStore{*store}.find(id));
  }
  if (!found) {
    return Error{BaseErrc::not_found,
                 "entry " + std::to_string(id) + " of the outbox; `outbox list` shows the ids"};
  }
  return std::move(*found);
}

std::string text_of(const OutboxEntry& entry) {
  const OutboundMessage& message = entry.message;
  std::string out = "entry        " + std::to_string(entry.id) + "\n";
  out += "time         " + time_of(entry) + "\n";
  if (has_round(entry)) {
    out += "round        " + std::to_string(message.round.value()) + ", attempt " +
           std::to_string(message.attempt.value()) + "\n";
  }
  out += "type         " + cli::printable(message.type) + "\n";
  out += "bytes        " + exact(message.bytes) + "\n";
  out += "destination  " + cli::printable(message.destination) + "\n";
  out += "SHA-256      " + message.sha256.hex() + "\n";
  return out;
}

Result<cli::ExitCode> show(const cli::Invocation& invocation) {
  GS_TRY(const auto id, invocation.arguments.integer("id", 1));
  GS_TRY(const Config config, load_config(invocation.global));
  GS_TRY(const OutboxEntry entry, find_entry(AgentPaths{config.dir}, id));
  switch (invocation.global.format) {
    case OutputFormat::text:
      invocation.out << text_of(entry);
      break;
    case OutputFormat::json:
      invocation.out << json::pretty(json_of(entry)) << "\n";
      break;
    case OutputFormat::jsonl:
      invocation.out << json::compact(json_of(entry)) << "\n";
      break;
  }
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command outbox_list_command() {
  cli::Command command;
  command.words = "outbox list";
  command.summary = "List what left the premises, newest first, and the total";
  command.options = {
      {.name = "round", .value_name = "N", .help = "Only what belongs to this round"},
      {.name = "type", .value_name = "TYPE", .help = "Only this type, such as masked_input_chunk"},
      {.name = "limit",
       .value_name = "N",
       .help = "Entries to show; the total is over all",
       .default_value = std::to_string(kEntriesDefault)}};
  command.examples = {"outbox list", "outbox list --round 12",
                      "outbox list --type check_in --format json"};
  command.run = list;
  return command;
}

cli::Command outbox_show_command() {
  cli::Command command;
  command.words = "outbox show";
  command.summary = "Show one entry of `outbox list` whole";
  command.positionals = {{.name = "id", .help = "from `outbox list`"}};
  command.examples = {"outbox show 17"};
  command.run = show;
  return command;
}

}  // namespace guildsum::participant
