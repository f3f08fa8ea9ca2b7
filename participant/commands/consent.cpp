#include <array>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "participant/agent_paths.hpp"
#include "participant/commands/commands.hpp"
#include "participant/consent/consent_file.hpp"
#include "participant/consent/consent_json.hpp"
#include "participant/config.hpp"
#include "participant/membership.hpp"

namespace guildsum::participant {
namespace {

/// The ledger alone: also before the shop has joined anything, and beside a running agent.
struct OpenLedger {
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<Store> store;
  std::unique_ptr<Pseudonymizer> pseudonyms;
};

Result<std::unique_ptr<OpenLedger>> open_ledger(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  const AgentPaths paths{config.dir};
  GS_CHECK(make_private_directory(paths.dir));
  GS_CHECK(make_private_directory(paths.keys()));
  auto open = std::make_unique<OpenLedger>();
  GS_TRY(open->store, Store::open(paths.store(), open->clock));
  GS_TRY(open->pseudonyms, Pseudonymizer::load(paths.customer_key(), open->random));
  return open;
}

void print(const cli::Invocation& invocation, const boost::json::object& document) {
  const bool pretty = invocation.global.format == cli::OutputFormat::json;
  invocation.out << (pretty ? json::pretty(document) : json::compact(document)) << "\n";
}

Result<cli::ExitCode> import_file(const cli::Invocation& invocation) {
  GS_TRY(const auto decisions, read_consent_file(invocation.arguments.text("file")));
  GS_TRY(const auto open, open_ledger(invocation));
  ConsentLedger ledger{*open->store, *open->pseudonyms};
  GS_TRY(const auto added, ledger.append(decisions));
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << cli::format_count(decisions.size()) << " decisions read, "
                   << cli::format_count(added)
                   << " of them new; they hold from the next batch and the next answer on\n";
  } else {
    print(invocation, {{"read", decisions.size()}, {"new", added}});
  }
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> show(const cli::Invocation& invocation) {
  GS_TRY(const auto open, open_ledger(invocation));
  ConsentLedger ledger{*open->store, *open->pseudonyms};
  const auto& customer = invocation.arguments.text("customer");
  if (invocation.global.format != cli::OutputFormat::text) {
    GS_TRY(const auto document, consent_document(ledger, customer));
    print(invocation, document);
    return cli::ExitCode::ok;
  }
  GS_TRY(const auto history, ledger.history_of(customer));
  GS_TRY(const bool trains, ledger.permits(customer, Purpose::training));
  GS_TRY(const bool ranks, ledger.permits(customer, Purpose::recommendations));
  invocation.out << "training: " << (trains ? "yes" : "no")
                 << ", recommendations: " << (ranks ? "yes" : "no") << "\n";
  cli::Table table{{{"decided", cli::Table::Align::left},
                    {"purpose", cli::Table::Align::left},
                    {"state", cli::Table::Align::left},
                    {"notice", cli::Table::Align::left},
                    {"how", cli::Table::Align::left},
                    {"recorded", cli::Table::Align::left}}};
  for (const auto& [decision, recorded_at] : history) {
    table.add_row({to_rfc3339(decision.decided_at), std::string{to_string(decision.purpose)},
                   std::string{to_string(decision.state)}, decision.notice_version,
                   decision.method, to_rfc3339(recorded_at)});
  }
  invocation.out << (history.empty() ? "no decision is recorded: unknown is not used\n"
                                     : table.text());
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> show_counts(const cli::Invocation& invocation) {
  GS_TRY(const auto open, open_ledger(invocation));
  ConsentLedger ledger{*open->store, *open->pseudonyms};
  GS_TRY(const auto counts, ledger.counts());
  constexpr std::array kAllPurposes{Purpose::training, Purpose::recommendations};
  constexpr std::array kAllStates{ConsentState::given, ConsentState::refused,
                                  ConsentState::withdrawn, ConsentState::objected,
                                  ConsentState::restricted};
  std::vector<cli::Table::Column> columns{{"purpose", cli::Table::Align::left}};
  for (const auto state : kAllStates) {
    columns.push_back({std::string{to_string(state)}, cli::Table::Align::right});
  }
  cli::Table table{std::move(columns)};
  boost::json::object document;
  for (const auto purpose : kAllPurposes) {
    std::vector<std::string> row{std::string{to_string(purpose)}};
    boost::json::object states;
    for (const auto state : kAllStates) {
      row.push_back(cli::format_count(counts.of(purpose, state)));
      states[to_string(state)] = counts.of(purpose, state);
    }
    table.add_row(std::move(row));
    document[to_string(purpose)] = std::move(states);
  }
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << table.text();
  } else {
    print(invocation, document);
  }
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command consent_import_command() {
  cli::Command command;
  command.words = "consent import";
  command.summary = "Take customers' decisions in, from a CSV file; all of it or nothing";
  command.positionals = {{.name = "file",
                          .help = "Columns customer, purpose, state, decided_at, notice_version "
                                  "and, if any, method"}};
  command.examples = {"consent import consent.csv"};
  command.run = import_file;
  return command;
}

cli::Command consent_show_command() {
  cli::Command command;
  command.words = "consent show";
  command.summary = "What a customer decided, and what follows from it";
  command.positionals = {{.name = "customer", .help = "The shop's own customer id"}};
  command.examples = {"consent show 17850"};
  command.run = show;
  return command;
}

cli::Command consent_counts_command() {
  cli::Command command;
  command.words = "consent counts";
  command.summary = "How many customers decided what, as it is in force now";
  command.examples = {"consent counts", "consent counts --format json"};
  command.run = show_counts;
  return command;
}

}  // namespace guildsum::participant
