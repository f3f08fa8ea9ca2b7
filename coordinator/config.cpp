#include "coordinator/config.hpp"

#include <charconv>

#include "base/errors.hpp"
#include "base/net/url.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDefaultPurpose =
    "Train a shared product recommender. Each shop contributes only a masked sum over its "
    "consenting "
    "customers; the result is used to recommend products to the shops' own customers.";

ListenAddress listen(config::Reader& reader, std::string_view key, std::string_view fallback) {
  const std::string text = reader.text(key, fallback);
  auto parsed = ListenAddress::parse(text);
  if (parsed.has_value()) return *std::move(parsed);
  reader.problem(key, "expected ADDRESS:PORT such as 127.0.0.1:8443, not \"" + text + "\"");
  return {};
}

std::uint32_t small(config::Reader& reader, std::string_view key, std::uint32_t fallback,
                    config::IntegerRange range) {
  return static_cast<std::uint32_t>(reader.integer(key, fallback, range));
}

RoundSettings read_rounds(config::Reader& reader) {
  RoundSettings rounds;
  rounds.allow_tiny_cohorts = reader.boolean("rounds.allow_tiny_cohorts", false);
  rounds.cohort_min = small(reader, "rounds.cohort_min", 5, {3, protocol::kCohortMax});
  rounds.corrupt = small(reader, "rounds.corrupt", 0, {0, protocol::kCohortMax});
  rounds.attempts_max = small(reader, "rounds.attempts_max", 3, {1, 100});
  if (rounds.cohort_min < 5 && !rounds.allow_tiny_cohorts) {
    reader.problem("rounds.cohort_min",
                   "a cohort of 3 or 4 shops hides little; set rounds.allow_tiny_cohorts = true to "
                   "accept that");
  }
  auto& deadlines = rounds.deadlines;
  const config::DurationRange range{100ms, 24h};
  deadlines.check_in = reader.duration("deadlines.check_in", deadlines.check_in, range);
  deadlines.share = reader.duration("deadlines.share", deadlines.share, range);
  deadlines.masked_input = reader.duration("deadlines.masked_input", deadlines.masked_input, range);
  deadlines.certify = reader.duration("deadlines.certify", deadlines.certify, range);
  deadlines.unmask = reader.duration("deadlines.unmask", deadlines.unmask, range);
  deadlines.vote = reader.duration("deadlines.vote", deadlines.vote, range);
  rounds.repair_deadline = reader.duration("deadlines.repair", rounds.repair_deadline, range);
  return rounds;
}

Limits read_limits(config::Reader& reader) {
  Limits limits;
  limits.upload_slots = small(reader, "limits.upload_slots", limits.upload_slots, {1, 1024});
  limits.connections_max =
      small(reader, "limits.connections_max", limits.connections_max, {8, 100'000});
  limits.customers_max =
      small(reader, "limits.customers_max", limits.customers_max, {1, 1'000'000'000});
  return limits;
}

LogOptions read_log(config::Reader& reader) {
  LogOptions log;
  const std::string level = reader.choice("log.level", "info", {"debug", "info", "warn", "error"});
  const std::string format = reader.choice("log.format", "text", {"text", "json"});
  if (auto parsed = parse_log_level(level); parsed.has_value()) log.level = *parsed;
  if (auto parsed = parse_log_format(format); parsed.has_value()) log.format = *parsed;
  log.file = reader.path("log.file", "").string();
  return log;
}

void read_federation(config::Reader& reader, Config& config) {
  config.federation_name = reader.required_text("federation.name");
  if (config.federation_name.size() > protocol::kNameBytesMax) {
    reader.problem("federation.name", "at most 64 bytes");
  }
  config.purpose = reader.text("federation.purpose", kDefaultPurpose);
  if (config.purpose.empty() || config.purpose.size() > 4096) {
    reader.problem("federation.purpose", "between 1 and 4096 bytes");
  }
}

void read_catalogue(config::Reader& reader, Config& config) {
  const std::string mode = reader.choice("catalogue.mode", "published", {"published", "private"});
  if (mode == "private") config.catalogue_mode = CatalogueMode::private_vocabulary;
  config.catalogue = reader.path("catalogue.items", "");
  if (mode == "private" && !config.catalogue.empty()) {
    reader.problem("catalogue.items", "nothing is published when catalogue.mode is \"private\"");
  }
}

void read_listeners(config::Reader& reader, Config& config) {
  config.shops = listen(reader, "server.listen", "127.0.0.1:8443");
  config.admin = listen(reader, "admin.listen", "127.0.0.1:8444");
  config.public_url = reader.text("server.public_url", "");
  if (!config.public_url.empty()) {
    const auto url = net::Url::parse(config.public_url);
    if (url.has_error() || !url->tls) {
      reader.problem("server.public_url", "expected https://host[:port]");
    }
  }
  config.server_names = reader.list("server.names");
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const Error malformed{BaseErrc::malformed, "\"" + std::string{text} + "\" is not ADDRESS:PORT"};
  if (colon == std::string_view::npos || colon == 0) return malformed;
  std::string_view address = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (address.empty() || bracketed != (address.find(':') != std::string_view::npos)) {
    return malformed;
  }
  ListenAddress result;
  result.address = address;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return malformed;
  return result;
}

std::string ListenAddress::text() const {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::string ListenAddress::url() const { return "https://" + text(); }

Result<LoadedConfig> load_config(const config::Sources& sources) {
  GS_TRY(auto reader, config::Reader::load(sources));
  Config config;
  read_federation(reader, config);
  config.directory = reader.path("storage.directory", ".");
  read_listeners(reader, config);
  config.rounds = read_rounds(reader);
  config.limits = read_limits(reader);
  read_catalogue(reader, config);
  config.invitation_validity = reader.duration("enrolment.invitation_validity", 1h, {1s, 24h * 30});
  config.roster_head_validity =
      reader.duration("enrolment.roster_head_validity", 24h, {1min, 24h * 30});
  config.log = read_log(reader);
  GS_CHECK(reader.finish());
  return LoadedConfig{std::move(config), reader.effective()};
}

std::string config_template(std::string_view federation_name, const ListenAddress& shops,
                            const ListenAddress& admin, bool with_catalogue) {
  std::string text =
      "# Guildsum coordinator. `guildsum-coordinator check-config --effective` shows all "
      "values.\n\n[federation]\nname = \"" +
      std::string{federation_name} + "\"\n\n";
  text += "[server]   # for the shops\nlisten = \"" + shops.text() +
          "\"\n# public_url = \"https://coordinator.example:8443\"   # what join tokens name\n\n";
  text += "[admin]    # for the operator: command line and console\nlisten = \"" + admin.text() +
          "\"\n\n";
  text +=
      "[rounds]\ncohort_min = 5              # least shops in a round\n"
      "allow_tiny_cohorts = false  # 3 or 4 shops hide little; true accepts that\n"
      "attempts_max = 3            # of one sum before its task fails\n\n";
  text +=
      "[deadlines]\ncheck_in = \"60s\"\nshare = \"60s\"\nmasked_input = \"10m\"\n"
      "certify = \"60s\"\nunmask = \"60s\"\nvote = \"30s\"\n"
      "repair = \"10m\"             # for all survivors of a sum that did not open to come "
      "back\n\n";
  text += "[catalogue]\nmode = \"published\"\n";
  text += with_catalogue ? "items = \"items.csv\"\n"
                         : "# items = \"items.csv\"   # header: item_id,title\n";
  return text;
}

}  // namespace guildsum::coordinator
