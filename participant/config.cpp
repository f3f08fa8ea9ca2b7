#include "participant/config.hpp"

#include <charconv>

#include "base/net/url.hpp"
#include "models/task_plan.hpp"

namespace guildsum::participant {
namespace {

using config::Reader;

constexpr std::string_view kDefaultFile = "participant.toml";

char delimiter_of(Reader& reader, const std::string& key) {
  const std::string word = reader.choice(
      key, "auto", {"auto", "comma", "semicolon", "tab", "pipe", ",", ";", "\t", "|"});
  if (word == "comma") return ',';
  if (word == "semicolon") return ';';
  if (word == "tab") return '\t';
  if (word == "pipe") return '|';
  return word == "auto" ? '\0' : word.front();
}

CommandSpec read_command(Reader& reader, const std::string& section) {
  CommandSpec command;
  command.argv = reader.list(section + "command");
  if (command.argv.empty() || command.argv.front().empty()) {
    reader.problem(section + "command", "a list is needed: the program and its arguments");
  }
  command.timeout = reader.duration(section + "timeout", command.timeout,
                                    {.min = std::chrono::milliseconds{1}});
  command.output_limit_bytes =
      static_cast<std::uint64_t>(
          reader.integer(section + "output_limit_mib", 1024, {.min = 1, .max = 1'048'576}))
      << 20U;
  command.environment = reader.list(section + "environment");
  return command;
}

SourceConfig read_source_section(Reader& reader, const std::string& name) {
  const std::string section = "source." + name + ".";
  SourceConfig source;
  source.name = name;
  std::string format = reader.choice(section + "kind", "csv", {"csv", "jsonl", "command"});
  if (format == "command") {
    source.command = read_command(reader, section);
    format = reader.choice(section + "format", "csv", {"csv", "jsonl"});
  } else {
    source.path = reader.path(section + "path", "");
    if (source.path.empty()) reader.problem(section + "path", "a file or a pattern is needed");
  }
  const bool jsonl = format == "jsonl";
  source.format = jsonl ? SourceFormat::jsonl : SourceFormat::csv;
  source.mapping.customer = reader.text(section + "mapping.customer", "");
  source.mapping.item = reader.text(section + "mapping.item", "");
  source.mapping.time = reader.text(section + "mapping.time", "");
  source.mapping.quantity = reader.text(section + "mapping.quantity", "");
  source.mapping.order = reader.text(section + "mapping.order", "");
  source.mapping.gtin = reader.text(section + "mapping.gtin", "");
  source.mapping.brand = reader.text(section + "mapping.brand", "");
  source.mapping.mpn = reader.text(section + "mapping.mpn", "");
  source.mapping.shop = reader.text(section + "shop", "");
  const Mapping& mapping = source.mapping;
  const bool products = !(mapping.gtin + mapping.brand + mapping.mpn).empty();
  if (products && (mapping.shop.empty() || mapping.shop.find(':') != std::string::npos)) {
    reader.problem(section + "shop", "a name without ':' is needed for products without a GTIN");
  }
  source.csv.delimiter = delimiter_of(reader, section + "delimiter");
  source.csv.encoding = reader.choice(section + "encoding", "utf8", {"utf8", "latin1"}) == "latin1"
                            ? TextEncoding::latin1
                            : TextEncoding::utf8;
  for (const char* key : {"delimiter", "encoding"}) {
    if (jsonl && reader.has(section + key)) {
      reader.problem(section + key, "is of CSV only; JSON Lines are UTF-8");
    }
  }
  source.allow_email = reader.boolean(section + "allow_email", false);
  return source;
}

/// "127.0.0.1:0", "[::1]:8080", "localhost:8080"
void read_listen(Reader& reader, ServingConfig& serving) {
  const std::string listen = reader.text("serving.listen", "127.0.0.1:0");
  const std::size_t colon = listen.rfind(':');
  std::uint16_t port = 0;
  bool good = colon != std::string::npos;
  if (good) {
    const char* first = listen.data() + colon + 1;
    const auto [end, error] = std::from_chars(first, listen.data() + listen.size(), port);
    good = error == std::errc{} && end == listen.data() + listen.size() && first != end;
  }
  if (!good) return reader.problem("serving.listen", "must be address:port");
  std::string address = listen.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (!net::is_loopback(address)) {
    return reader.problem("serving.listen", "must be a loopback address: the API has no login");
  }
  serving.address = std::move(address);
  serving.port = port;
}

/// Identities as `shop list` prints them: 64 hexadecimal digits.
std::vector<protocol::ParticipantId> read_trusted(Reader& reader) {
  std::vector<protocol::ParticipantId> trusted;
  for (const std::string& text : reader.list("policy.trusted")) {
    const auto id = protocol::ParticipantId::from_hex(text);
    if (id) {
      trusted.push_back(*id);
    } else {
      reader.problem("policy.trusted", "\"" + text + "\" is no identity of 64 hexadecimal digits");
    }
  }
  return trusted;
}

/// As `registrar show` prints it: 64 hexadecimal digits.
std::optional<crypto::VerifyKey> read_registrar(Reader& reader) {
  const std::string text = reader.text("policy.registrar", "");
  if (text.empty()) return std::nullopt;
  const auto key = crypto::VerifyKey::from_hex(text);
  if (key.has_value() && crypto::check_verify_key(*key).has_value()) return *key;
  reader.problem("policy.registrar", "\"" + text + "\" is no key of 64 hexadecimal digits");
  return std::nullopt;
}

/// What a round must look like beside the cohort's size.
void read_limits(Reader& reader, ParticipantPolicy& policy) {
  policy.trusted = read_trusted(reader);
  policy.trusted_min =
      static_cast<std::uint32_t>(reader.integer("policy.trusted_min", 0, {.min = 0, .max = 256}));
  if (policy.trusted_min > policy.trusted.size()) {
    reader.problem("policy.trusted_min", "policy.trusted names fewer shops");
  }
  policy.clip_norm_max = static_cast<std::uint64_t>(
      reader.integer("policy.clip_norm_max", 0, {.min = 0, .max = 1'000'000'000}));
  policy.new_members_max = static_cast<std::uint32_t>(
      reader.integer("policy.new_members_max", 0, {.min = 0, .max = 10'000}));
  policy.accept_new_lineages = reader.boolean("policy.accept_new_lineages", false);
  policy.accept_joins = reader.boolean("policy.accept_joins", false);
  policy.accept_deltas = reader.boolean("policy.accept_deltas", true);
  policy.delta_interval_min =
      reader.duration("policy.delta_interval_min", policy.delta_interval_min);
}

ParticipantPolicy read_policy(Reader& reader) {
  ParticipantPolicy policy;
  policy.allow_tiny_cohorts = reader.boolean("policy.allow_tiny_cohorts", false);
  policy.cohort_min = static_cast<std::uint32_t>(reader.integer(
      "policy.cohort_min", policy.allow_tiny_cohorts ? 3 : 5, {.min = 3, .max = 256}));
  if (policy.cohort_min < 5 && !policy.allow_tiny_cohorts) {
    reader.problem("policy.cohort_min",
                   "below 5 hides little; allow_tiny_cohorts = true accepts that");
  }
  policy.survivors_min = static_cast<std::uint32_t>(reader.integer(
      "policy.survivors_min", policy.allow_tiny_cohorts ? 3 : 5, {.min = 3, .max = 256}));
  if (policy.survivors_min < 5 && !policy.allow_tiny_cohorts) {
    reader.problem("policy.survivors_min",
                   "below 5 hides little; allow_tiny_cohorts = true accepts that");
  }
  policy.corrupt_min =
      static_cast<std::uint32_t>(reader.integer("policy.corrupt_min", 0, {.min = 0, .max = 128}));
  // What an evaluation reads is about held-out customers, and transitions tell the order in which
  // things are bought: the owner asks for either by name.
  std::vector<std::string> usual = models::task_kind_words();
  std::erase(usual, models::to_string(models::TaskKind::evaluation));
  std::erase(usual, models::to_string(models::TaskKind::transitions));
  const auto kinds = reader.list("policy.task_kinds", usual);
  policy.task_kinds = {kinds.begin(), kinds.end()};
  for (const std::string& kind : kinds) {
    if (!models::parse_task_kind(kind).has_value()) {
      reader.problem("policy.task_kinds",
                     "\"" + kind + "\" is no task: use " + models::task_kind_choice());
    }
  }
  read_limits(reader, policy);
  return policy;
}

Config read_all(Reader& reader) {
  Config out;
  out.dir = reader.path("agent.dir", "agent");
  out.log_level =
      parse_log_level(reader.choice("agent.log_level", "info", {"debug", "info", "warn", "error"}))
          .value();
  for (const std::string& name : reader.member_names("source")) {
    out.sources.push_back(read_source_section(reader, name));
    if (auto& command = out.sources.back().command) command->spool = out.dir;
  }
  if (reader.has("consent.file")) out.consent_file = reader.path("consent.file", "");
  if (reader.has("evaluation.holdout")) out.holdout = reader.path("evaluation.holdout", "");
  out.keep_plain = reader.boolean("outbox.keep_plain", false);
  read_listen(reader, out.serving);
  out.serving.model =
      reader.choice("serving.model", "auto",
                    {"auto", "popularity", "ease", "ials", "bpr", "softmax", "alone"});
  out.serving.stock = reader.list("serving.stock");
  out.serving.pairs_min = static_cast<std::uint32_t>(
      reader.integer("serving.pairs_min", 0, {.min = 0, .max = 1'000'000}));
  out.serving.own_weight = reader.number("serving.own_weight", 0, {.min = 0, .max = 1000});
  out.policy = read_policy(reader);
  out.registrar = read_registrar(reader);
  out.report_refusals = reader.boolean("policy.report_refusals", true);
  out.hold_after_share = reader.choice("drill.hold_after", "none", {"none", "share"}) == "share";
  return out;
}

}  // namespace

config::Sources config_sources(const cli::GlobalOptions& options) {
  config::Sources sources;
  std::error_code ignored;
  if (options.config) {
    sources.file = *options.config;
  } else if (std::filesystem::exists(kDefaultFile, ignored)) {
    sources.file = kDefaultFile;
  }
  sources.environment = config::Sources::process_environment();
  sources.flags = options.settings;
  return sources;
}

Result<ReadConfig> read_config(const config::Sources& sources) {
  GS_TRY(Reader reader, Reader::load(sources));
  ReadConfig out;
  out.config = read_all(reader);
  GS_CHECK(reader.finish());
  out.effective = reader.effective();
  return out;
}

Result<Config> load_config(const cli::GlobalOptions& options) {
  GS_TRY(ReadConfig read, read_config(config_sources(options)));
  return std::move(read.config);
}

}  // namespace guildsum::participant
