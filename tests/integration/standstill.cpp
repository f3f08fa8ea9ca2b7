#include "tests/integration/standstill.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "base/json.hpp"
#include "base/sqlite/database.hpp"
#include "participant/agent_paths.hpp"
#include "protocol/errors.hpp"

namespace guildsum::test {
namespace {

using protocol::MessageType;

constexpr std::size_t kAgents = 6;
constexpr std::size_t kFrozen[] = {4, 5};

std::vector<std::int64_t> played_values(std::uint32_t items) {
  std::vector<std::int64_t> values(items);
  for (std::uint32_t i = 0; i < items; ++i) values[i] = 1 + i % 7;
  return values;
}

FederationOptions options_with(Settings coordinator) {
  FederationOptions options;
  options.shops = kAgents;
  options.coordinator = std::move(coordinator);
  options.shop = "[policy]\naccept_new_lineages = true\naccept_joins = true\n"
                 "delta_interval_min = \"0s\"\n";
  return options;
}

std::size_t count_progress(const boost::json::object& round, std::string_view progress) {
  std::size_t count = 0;
  for (const auto& shop : round.at("shops").as_array()) {
    const auto& fields = shop.as_object();
    if (text_at(fields, "name") != "played" && text_at(fields, "progress") == progress) ++count;
  }
  return count;
}

}  // namespace

std::string_view name_of(Hold hold) noexcept {
  constexpr std::string_view kNames[] = {"check-ins",  "shares",    "inputs",
                                         "certifying", "unmasking", "votes"};
  return kNames[static_cast<std::size_t>(hold)];
}

Standstill::Standstill(Settings coordinator)
    : federation{options_with(std::move(coordinator))},
      played{federation.coordinator(), "played", federation.path("played"),
             played_values(federation.options().items)} {}

std::uint32_t Standstill::last_message() const { return static_cast<std::uint32_t>(at_); }

void Standstill::await_progress(std::size_t agents, std::string_view progress) {
  std::string seen;
  const bool reached = eventually([&] {
    const auto document = coordinator().round(round_);
    if (!document) return false;
    seen = json::compact(*document);
    return count_progress(*document, progress) >= agents;
  });
  BOOST_REQUIRE_MESSAGE(reached, agents << " agents are not " << progress << ": " << seen);
}

void Standstill::freeze_two() {
  for (const std::size_t index : kFrozen) federation.shop(index).process().freeze();
}

void Standstill::thaw() {
  for (const std::size_t index : kFrozen) federation.shop(index).process().thaw();
}

void Standstill::hold(Hold at) {
  BOOST_TEST_CONTEXT("holding in " << name_of(at)) {
    at_ = at;
    task_ = coordinator().start_task("popularity");
    frame_ = played.open_round();
    round_ = played.round().value();
    if (at == Hold::check_ins) return await_progress(kAgents, "checked in");
    deliver(MessageType::check_in);
    frame_ = played.take_description();
    if (at == Hold::shares) return await_progress(kAgents, "shared keys");
    deliver(MessageType::share_keys);
    frame_ = played.take_shares();
    await_progress(kAgents, "uploaded");
    if (at == Hold::inputs) return;
    const bool short_of_two = at == Hold::certifying || at == Hold::unmasking;
    if (short_of_two) freeze_two();
    played.upload();
    frame_ = played.take_proposal();
    if (at == Hold::certifying) return await_progress(4, "certified");
    deliver(MessageType::survivor_signature);
    frame_ = played.take_certificate();
    if (at == Hold::unmasking) return await_progress(4, "unmasked");
    deliver(MessageType::unmask);
    frame_ = played.take_result();
    await_progress(kAgents, "voted");
  }
}

/// Of signatures and answers the round needs some only; the others are late.
void Standstill::deliver(MessageType type) {
  sent_ = frame_;
  const auto sent = played.try_to_deliver(type, frame_);
  const bool late = sent.has_error() && (sent.error() == protocol::ProtocolErrc::round_over ||
                                         sent.error() == protocol::ProtocolErrc::wrong_phase);
  const bool optional = type == MessageType::survivor_signature || type == MessageType::unmask;
  BOOST_REQUIRE_MESSAGE(sent.has_value() || (late && optional),
                        (sent.has_error() ? sent.error().message() : std::string{}));
}

void Standstill::release() {
  BOOST_TEST_CONTEXT("releasing from " << name_of(at_)) {
    thaw();
    if (at_ == Hold::check_ins) {
      deliver(MessageType::check_in);
      frame_ = played.take_description();
    }
    if (at_ <= Hold::shares) {
      deliver(MessageType::share_keys);
      frame_ = played.take_shares();
    }
    if (at_ <= Hold::inputs) {
      played.upload();
      frame_ = played.take_proposal();
    }
    if (at_ <= Hold::certifying) {
      deliver(MessageType::survivor_signature);
      frame_ = played.take_certificate();
    }
    if (at_ <= Hold::unmasking) {
      deliver(MessageType::unmask);
      frame_ = played.take_result();
    }
    deliver(MessageType::vote);
    finish();
  }
}

void Standstill::finish() {
  const auto task = coordinator().finish_task(task_);
  BOOST_REQUIRE_MESSAGE(text_at(task, "status") == "completed", json::compact(task));
}

std::vector<std::string> Standstill::check_sum() {
  return federation.check_sum(round_, {{"played", played.contributed()}});
}

void expect_one_answer_per_phase(const ShopProcess& shop) {
  auto database = sqlite::Database::open(participant::AgentPaths{shop.agent_dir()}.store(),
                                         {.must_exist = true});
  BOOST_REQUIRE(database.has_value());
  auto rows = database->prepare(
      "SELECT round, attempt, type, COUNT(DISTINCT sha256) FROM outbox "
      "GROUP BY round, attempt, type HAVING COUNT(DISTINCT sha256) > 1");
  BOOST_REQUIRE(rows.has_value());
  for (auto more = rows->step(); more.has_value() && *more; more = rows->step()) {
    BOOST_ERROR(shop.name() << " sent " << rows->integer(3) << " different " << rows->text(2)
                            << " in round " << rows->integer(0) << "." << rows->integer(1));
  }
}

}  // namespace guildsum::test
