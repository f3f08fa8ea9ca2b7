#include "participant/serving/status.hpp"

#include <algorithm>
#include <filesystem>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "models/task_plan.hpp"
#include "participant/serving/own_model.hpp"
#include "participant/serving/remedies.hpp"

namespace guildsum::participant {
namespace {

namespace bj = boost::json;

constexpr std::size_t kRoundsShown = 1000;
constexpr std::size_t kRefusalsShown = 20;
constexpr std::size_t kEvidenceShown = 100;

bj::value time_or_null(std::int64_t ms) {
  if (ms == 0) return {};
  // Parentheses: with braces the text would become an array of one element.
  return bj::value(to_rfc3339(Clock::Wall{std::chrono::milliseconds{ms}}));
}

bj::object to_json(const RoundRecord& round) {
  return {{"round", round.round.value()},
          {"attempt", round.attempt.value()},
          {"task", round.task_kind},
          {"step", round.step_kind},
          {"phase", round.phase},
          {"counted", round.counted},
          {"accepted", round.accepted},
          {"bytes_up", round.bytes_up},
          {"started_at", time_or_null(round.started_ms)},
          {"ended_at", time_or_null(round.ended_ms)},
          {"detail", round.detail}};
}

bj::object to_json(const models::Quality& quality) {
  const auto users = static_cast<double>(quality.customers);
  return {{"users", quality.customers},
          {"ndcg_at_20", quality.ndcg_at_20},
          {"recall_at_20", quality.recall_at_20},
          {"coverage_at_20", quality.coverage_at_20},
          {"ndcg_at_20_sum", quality.ndcg_at_20 * users},
          {"recall_at_20_sum", quality.recall_at_20 * users}};
}

Result<bj::object> evaluation_json(ModelStore& models, const ShopData& data) {
  bj::object federated;
  bj::object out{{"popularity", nullptr}, {"alone", nullptr}};
  GS_TRY(const auto records, models.evaluations());
  for (const EvaluationRecord& record : records) {
    if (record.data != data.digest) continue;
    bj::object figures = to_json(record.quality);
    figures["model"] = record.kind;
    figures["model_version"] = record.version.value();
    if (record.role == "federated") {
      federated[record.kind] = std::move(figures);
    } else {
      out[record.role] = std::move(figures);
    }
  }
  out["federated"] = std::move(federated);
  return out;
}

Result<bj::array> models_json(ModelStore& models) {
  bj::array out;
  GS_TRY(const auto records, models.models());
  for (const ModelRecord& record : records) {
    // Figures of models, not a model.
    if (record.kind == models::to_string(models::TaskKind::evaluation)) continue;
    out.push_back(bj::object{{"kind", record.kind},
                             {"version", record.version.value()},
                             {"root", record.root.hex()},
                             {"round", record.round.value()},
                             {"received_at", time_or_null(record.received_ms)}});
  }
  return out;
}

Result<> add_activity(bj::object& status, ActivityStore& activity) {
  GS_TRY(const auto rounds, activity.rounds(kRoundsShown));
  bj::array shown;
  std::uint64_t taken_part = 0;
  for (const RoundRecord& round : rounds) {
    if (round.counted) ++taken_part;
    shown.push_back(to_json(round));
  }
  GS_TRY(const auto bytes_up, activity.bytes_up());
  GS_TRY(const auto refusals, activity.refusals(kRefusalsShown));
  bj::array refused;
  for (const RefusalRecord& refusal : refusals) {
    refused.push_back(bj::object{{"at", time_or_null(refusal.at_ms)},
                                 {"round", refusal.round.value()},
                                 {"code", refusal.code},
                                 {"reason", refusal.reason},
                                 {"remedy", remedy_of(refusal.code)}});
  }
  status["rounds_taken_part"] = taken_part;
  status["bytes_up"] = bytes_up;
  status["rounds"] = std::move(shown);
  status["refusals"] = std::move(refused);
  return {};
}

/// Who signs the roster, and what the shop may therefore claim.
Result<bj::object> registrar_json(const AgentFiles& files, const Config& config) {
  const Membership& member = files.membership;
  GS_TRY(const auto roster, load_roster(files.paths, member));
  GS_TRY(const std::int64_t expires, roster_expiry(files.paths, member, roster));
  const bool trusts = config.policy.trusted_min >= 2;
  const char* claim = "a curious coordinator is held off, not one that invents shops";
  if (member.registrar_embedded && trusts) {
    claim = "an active coordinator is held off by the trusted shops (policy.trusted_min)";
  } else if (!member.registrar_embedded && config.registrar) {
    claim = "an active coordinator is held off: the registrar is external and pinned";
  } else if (!member.registrar_embedded) {
    claim = "an active coordinator is held off if the registrar's fingerprint is its keeper's";
  }
  return bj::object{{"key", member.registrar.hex()},
                    {"fingerprint", protocol::fingerprint(member.registrar)},
                    {"embedded", member.registrar_embedded},
                    {"pinned", config.registrar.has_value()},
                    {"on_roster", roster.contains(files.keys.id())},
                    {"members", roster.members().size()},
                    {"roster_until", time_or_null(expires)},
                    {"claim", claim}};
}

/// Names of what was refused and kept, for others to look at.
bj::object evidence_json(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator{directory, failure}) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  bj::array shown;
  for (const std::string& name : names) {
    if (shown.size() == kEvidenceShown) break;
    shown.emplace_back(name);
  }
  return {{"folder", directory.string()}, {"count", names.size()}, {"files", std::move(shown)}};
}

/// Parentheses: with braces the text would become an array of one element.
bj::value text_or_null(const std::string& text) {
  return text.empty() ? bj::value(nullptr) : bj::value(text);
}

void add_live(bj::object& status, const std::optional<LiveState>& live) {
  if (!live) {
    status["state"] = "stopped";
    status["online"] = false;
    return;
  }
  status["state"] = "running";
  status["online"] = live->online;
  status["last_contact_at"] = time_or_null(live->last_contact_ms);
  status["last_error"] = text_or_null(live->last_error);
  status["phase"] = text_or_null(live->phase);
  status["evaluating"] = live->evaluating;
  status["serving"] = bj::object{{"model", text_or_null(live->serving_model)},
                                 {"model_version", live->serving_version}};
}

std::string text_at(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return "-";
  return value->is_string() ? std::string{value->get_string()} : json::compact(*value);
}

std::uint64_t count_at(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::string quality_line(std::string_view title, const bj::value& figures) {
  if (!figures.is_object()) return {};
  const bj::object& object = figures.get_object();
  std::string line = "  " + std::string{title};
  line.resize(24, ' ');
  return line + cli::format_fixed(object.at("ndcg_at_20").to_number<double>(), 4) + "  " +
         cli::format_fixed(object.at("recall_at_20").to_number<double>(), 4) + "\n";
}

std::string quality_text(const bj::object& status) {
  const bj::object& evaluation = status.at("evaluation").get_object();
  std::string lines = quality_line("popularity", evaluation.at("popularity"));
  lines += quality_line("alone (EASE)", evaluation.at("alone"));
  for (const auto& [kind, figures] : evaluation.at("federated").get_object()) {
    lines += quality_line("federated " + std::string{kind}, figures);
  }
  return lines.empty() ? lines : "on the shop's own hold-out: NDCG@20, Recall@20\n" + lines;
}

/// Which model answers; unknown while no agent runs.
std::string serving_line(const bj::object& status) {
  const auto* serving = status.if_contains("serving");
  if (serving == nullptr || !serving->is_object()) return {};
  const bj::object& object = serving->get_object();
  const std::string model = text_at(object, "model");
  if (model.empty()) return {};
  if (model == kOwnModel) return "serving       the shop's own model, not a shared one\n";
  return "serving       " + model + ", version " + text_at(object, "model_version") + "\n";
}

std::string registrar_line(const bj::object& registrar) {
  if (registrar.at("embedded").get_bool()) return "inside the coordinator";
  std::string line = "external, " + text_at(registrar, "fingerprint");
  if (registrar.at("pinned").get_bool()) line += ", pinned";
  if (!registrar.at("on_roster").get_bool()) line += "; this shop is not signed in yet";
  return line;
}

}  // namespace

Result<bj::object> status_json(const AgentFiles& files, const Config& config, const ShopData& data,
                               const std::optional<LiveState>& live) {
  const Membership& membership = files.membership;
  bj::object status{{"shop", membership.name},
                    {"identity", files.keys.id().hex()},
                    {"fingerprint", protocol::fingerprint(files.keys.id())},
                    {"federation", membership.federation.hex()},
                    {"coordinator", membership.url.text()},
                    {"registrar_embedded", membership.registrar_embedded}};
  GS_TRY(status["registrar"], registrar_json(files, config));
  add_live(status, live);
  if (const auto certificate = crypto::Certificate::parse_pem(membership.certificate_pem)) {
    status["certificate_until"] = to_rfc3339(certificate->not_after());
  }
  status["customers"] = data.bought.customers();
  status["without_consent"] = data.without_consent;
  status["interactions"] = data.bought.pairs();
  status["purchases"] = data.events;
  GS_TRY(const auto sources, files.purchases->sources());
  bj::array read;
  for (const auto& [name, summary] : sources) {
    GS_TRY(auto parsed, json::parse(summary));
    read.push_back(std::move(parsed));
  }
  status["sources"] = std::move(read);
  GS_CHECK(add_activity(status, *files.activity));
  status["evidence"] = evidence_json(files.paths.evidence());
  GS_TRY(auto kept, models_json(*files.models));
  status["model_version"] = kept.empty() ? bj::value{} : kept.front().at("version");
  status["models"] = std::move(kept);
  GS_TRY(status["evaluation"], evaluation_json(*files.models, data));
  return status;
}

std::string status_text(const bj::object& status) {
  std::string out = "shop          " + text_at(status, "shop") + " (" +
                    text_at(status, "identity").substr(0, 16) + ")\n";
  const bj::object& registrar = status.at("registrar").get_object();
  out += "fingerprint   " + text_at(status, "fingerprint") + "\n";
  out += "registrar     " + registrar_line(registrar) + "\n              " +
         text_at(registrar, "claim") + "\n";
  const bool online = status.at("online").is_bool() && status.at("online").get_bool();
  out += "coordinator   " + text_at(status, "coordinator") + ", " +
         (online ? "online" : "not connected: " + text_at(status, "last_error")) + "\n";
  out +=
      "state         " + text_at(status, "state") + ", round: " + text_at(status, "phase") + "\n";
  out += "data          " + cli::format_count(count_at(status, "customers")) + " customers, " +
         cli::format_count(count_at(status, "interactions")) + " customer-item pairs; " +
         cli::format_count(count_at(status, "without_consent")) +
         " customers without consent to training are not used\n";
  out += "rounds        took part in " + cli::format_count(count_at(status, "rounds_taken_part")) +
         ", sent " + cli::format_bytes(count_at(status, "bytes_up")) +
         " of masked numbers and signatures, 0 customer records\n";
  out += "model         version " + text_at(status, "model_version") + "\n";
  out += serving_line(status) + quality_text(status);
  for (const auto& refusal : status.at("refusals").get_array()) {
    const bj::object& object = refusal.get_object();
    out += "refused       " + text_at(object, "at") + " round " + text_at(object, "round") + ": " +
           text_at(object, "code") + ", " + text_at(object, "reason") + "\n";
    const std::string remedy = text_at(object, "remedy");
    if (!remedy.empty()) out += "              " + remedy + "\n";
  }
  const bj::object& evidence = status.at("evidence").get_object();
  if (count_at(evidence, "count") > 0) {
    out += "evidence      " + cli::format_count(count_at(evidence, "count")) + " files in " +
           text_at(evidence, "folder") + "\n";
  }
  return out;
}

}  // namespace guildsum::participant
