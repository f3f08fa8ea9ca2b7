#include "participant/consent/consent_json.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::participant {
namespace {

Error bad(std::string_view name, std::string_view expected) {
  return {BaseErrc::invalid_argument, std::string{name} + " must be " + std::string{expected}};
}

Result<> check_members(const boost::json::object& object) {
  for (const auto& [name, value] : object) {
    const std::string_view known = name;
    if (known != "purpose" && known != "state" && known != "decided_at" &&
        known != "notice_version" && known != "method") {
      return Error{BaseErrc::invalid_argument, "there is no member " + std::string{known}};
    }
  }
  return {};
}

Result<std::string> optional_text(const boost::json::object& object, std::string_view name) {
  if (!json::has(object, name)) return std::string{};
  return json::text(object, name, kConsentTextBytesMax);
}

Result<Decision> read_decision(const boost::json::value& value, Clock::Wall now) {
  const auto* object = value.if_object();
  if (object == nullptr) return bad("it", "an object");
  GS_CHECK(check_members(*object));
  GS_TRY(const auto purpose, json::text(*object, "purpose", kConsentTextBytesMax));
  GS_TRY(const auto state, json::text(*object, "state", kConsentTextBytesMax));
  const auto known_purpose = parse_purpose(purpose);
  const auto known_state = parse_consent_state(state);
  if (!known_purpose) return bad("purpose", "training or recommendations");
  if (!known_state) return bad("state", "given, refused, withdrawn, objected or restricted");
  Decision decision{*known_purpose, *known_state, now, {}, {}};
  GS_TRY(decision.notice_version, optional_text(*object, "notice_version"));
  GS_TRY(decision.method, optional_text(*object, "method"));
  if (permits(*known_state) && decision.notice_version.empty()) {
    return bad("notice_version", "the version of the privacy notice that she agreed to");
  }
  if (json::has(*object, "decided_at")) {
    GS_TRY(const auto text, json::text(*object, "decided_at", kConsentTextBytesMax));
    const auto time = parse_time(text);
    if (!time) return bad("decided_at", "a time as in 2026-01-31T12:00:00Z");
    decision.decided_at = time->time;
  }
  return decision;
}

boost::json::object to_json(const RecordedDecision& recorded) {
  const auto& decision = recorded.decision;
  return {{"purpose", to_string(decision.purpose)},
          {"state", to_string(decision.state)},
          {"decided_at", to_rfc3339(decision.decided_at)},
          {"notice_version", decision.notice_version},
          {"method", decision.method},
          {"recorded_at", to_rfc3339(recorded.recorded_at)}};
}

}  // namespace

Result<std::vector<Decision>> parse_decisions(std::string_view body, Clock::Wall now) {
  GS_TRY(const auto document, json::parse_object(body));
  if (document.size() != 1) return bad("the body", "one member, decisions");
  GS_TRY(const auto* list, json::array_at(document, "decisions"));
  if (list->empty() || list->size() > kDecisionsMax) return bad("decisions", "a list of 1 to 20");
  std::vector<Decision> decisions;
  for (const auto& value : *list) {
    auto decision = read_decision(value, now);
    if (!decision) {
      return Error{BaseErrc::invalid_argument, "decisions[" + std::to_string(decisions.size()) +
                                                   "]: " + decision.error().detail()};
    }
    decisions.push_back(*std::move(decision));
  }
  return decisions;
}

Result<boost::json::object> consent_document(ConsentLedger& ledger, std::string_view customer) {
  GS_TRY(const auto history, ledger.history_of(customer));
  GS_TRY(const bool trains, ledger.permits(customer, Purpose::training));
  GS_TRY(const bool ranks, ledger.permits(customer, Purpose::recommendations));
  boost::json::array decisions;
  for (const auto& recorded : history) decisions.push_back(to_json(recorded));
  return boost::json::object{
      {"training", trains}, {"recommendations", ranks}, {"decisions", std::move(decisions)}};
}

}  // namespace guildsum::participant
