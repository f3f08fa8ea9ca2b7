#include "tests/support/scripted_shop.hpp"

#include <stdexcept>

#include "participant/contribution.hpp"
#include "participant/enrol.hpp"
#include "participant/remote/retry.hpp"
#include "protocol/digests.hpp"
#include "protocol/wire.hpp"

namespace guildsum::test {
namespace {

using participant::Step;
using protocol::MessageType;
using std::chrono::milliseconds;

constexpr milliseconds kPoll{2'000};

template <class T>
T must(Result<T> result, const std::string& what) {
  if (result.has_error()) throw std::runtime_error{what + ": " + result.error().message()};
  return std::move(*result);
}

participant::Membership join(const CoordinatorProcess& coordinator, const std::string& name,
                             const std::filesystem::path& directory, const Clock& clock,
                             Random& random) {
  const participant::AgentPaths paths{directory};
  return must(participant::enrol(paths, coordinator.invite(name), clock, random),
              name + " cannot join");
}

/// Repeats a call as long as the coordinator is away.
template <class Call>
auto patiently(const std::string& what, const Call& call) {
  auto result = call();
  const bool answered = eventually([&] {
    if (result.has_value() || !participant::is_retryable(result.error())) return true;
    result = call();
    return false;
  });
  if (!answered) throw std::runtime_error{what + ": " + result.error().message()};
  return result;
}

participant::Event decode_phase(std::uint32_t number, const Bytes& frame) {
  switch (number) {
    case 1:
      return must(protocol::decode<protocol::RoundDescription>(frame), "phase message 1");
    case 2:
      return must(protocol::decode<protocol::ShareDelivery>(frame), "phase message 2");
    case 3:
      return must(protocol::decode<protocol::SurvivorProposal>(frame), "phase message 3");
    case 4:
      return must(protocol::decode<protocol::SurvivorCertificate>(frame), "phase message 4");
    case 5:
      return must(protocol::decode<protocol::RoundResult>(frame), "phase message 5");
    default:
      throw std::runtime_error{"phase message " + std::to_string(number)};
  }
}

}  // namespace

ScriptedShop::ScriptedShop(const CoordinatorProcess& coordinator, std::string name,
                           std::filesystem::path directory, std::vector<std::int64_t> values)
    : membership_{join(coordinator, name, directory, clock_, random_)},
      keys_{must(participant::AgentKeys::load(participant::AgentPaths{directory}), name)},
      roster_{must(participant::load_roster(participant::AgentPaths{directory}, membership_),
                   membership_.name)},
      values_{std::move(values)} {
  policy_.purpose = protocol::content_digest(as_bytes(membership_.purpose));
  raw_ = std::make_unique<net::HttpClient>(must(membership_.client_config(keys_), name));
  client_ = std::make_unique<participant::CoordinatorClient>(
      must(membership_.client_config(keys_), name), nullptr);
}

ScriptedShop::~ScriptedShop() = default;

participant::RoundContext ScriptedShop::context() const {
  return {membership_.federation,
          keys_.id(),
          keys_.identity,
          membership_.coordinator,
          roster_,
          policy_,
          history_};
}

void ScriptedShop::sync_roster(const protocol::Digest& head) {
  if (roster_.head() == head) return;
  const auto update = must(client_->roster(roster_.sequence()), "roster");
  const auto applied = roster_.apply(update, clock_.wall_now().time_since_epoch().count());
  if (applied.has_error()) throw std::runtime_error{"roster: " + applied.error().message()};
}

Bytes ScriptedShop::open_round() {
  std::optional<protocol::RoundInvitation> open;
  const bool invited = eventually([&] {
    auto answer = client_->invitation(seen_, kPoll);
    if (answer.has_value() && answer->has_value()) open = **answer;
    return open.has_value();
  });
  if (!invited) throw std::runtime_error{name() + " is not invited"};
  sync_roster(open->roster_head);
  attempt_ = {open->round, open->attempt};
  seen_ = attempt_;
  chunks_.clear();
  chunk_digests_.clear();
  upload_.reset();
  return settle(participant::begin(*open, ++counter_, participant::RoundSecrets::generate(random_),
                                   context()));
}

Bytes ScriptedShop::phase_frame(std::uint32_t number) {
  Bytes frame;
  const bool came = eventually([&] {
    auto answer = client_->phase(attempt_.round, number - 1, kPoll);
    if (answer.has_error() || !answer->has_value()) return false;
    if ((*answer)->number != number) {
      throw std::runtime_error{"phase message " + std::to_string((*answer)->number) +
                               " instead of " + std::to_string(number)};
    }
    frame = std::move((*answer)->frame);
    return true;
  });
  if (!came) throw std::runtime_error{"no phase message " + std::to_string(number)};
  return frame;
}

Bytes ScriptedShop::take(std::uint32_t number) {
  auto event = decode_phase(number, phase_frame(number));
  if (const auto* described = std::get_if<protocol::RoundDescription>(&event)) {
    codec_ = described->descriptor.codec;
  }
  return settle(participant::advance(std::move(*phase_), std::move(event), context()));
}

void ScriptedShop::mask(const participant::MaskInput& job) {
  contributed_ = values_;
  contributed_.resize(codec_->vector_length, 0);
  const auto masked =
      must(participant::mask_input(contributed_, *codec_, job.masks,
                                   [this](ByteView chunk) -> Result<> {
                                     chunks_.emplace_back(chunk.begin(), chunk.end());
                                     return {};
                                   }),
           "masking");
  chunk_digests_ = masked.chunk_digests;
  const participant::MaskedInputSpooled spooled{masked.chunk_root,
                                                static_cast<std::uint32_t>(chunks_.size())};
  (void)settle(participant::advance(std::move(*phase_), spooled, context()));
}

Bytes ScriptedShop::settle(Step step) {
  phase_ = std::move(step.next);
  Bytes frame;
  for (participant::Effect& effect : step.effects) {
    if (auto* message = std::get_if<participant::Send>(&effect)) frame = std::move(message->frame);
    if (const auto* job = std::get_if<participant::MaskInput>(&effect)) mask(*job);
    if (const auto* job = std::get_if<participant::UploadInput>(&effect)) {
      upload_ = protocol::MaskedInputUpload{job->header, chunk_digests_};
    }
    if (const auto* refusal = std::get_if<participant::Refused>(&effect)) {
      throw std::runtime_error{name() + " refuses: " + refusal->reason.message()};
    }
  }
  return frame;
}

Bytes ScriptedShop::take_description() { return take(1); }

Bytes ScriptedShop::take_shares() {
  (void)take(2);
  return protocol::encode(upload_.value());
}

void ScriptedShop::upload() {
  const Bytes frame = protocol::encode(upload_.value());
  auto status =
      must(patiently("header", [&] { return client_->begin_upload(attempt_, frame); }), "header");
  const std::vector<std::uint32_t> missing = status.missing_chunks;
  for (const std::uint32_t index : missing) {
    status = must(
        patiently("chunk", [&] { return client_->upload_chunk(attempt_, index, chunks_[index]); }),
        "chunk");
  }
  if (!status.complete) throw std::runtime_error{"the upload is not complete"};
}

void ScriptedShop::forget_input() {
  chunks_ = {};
  contributed_ = {};
}

Bytes ScriptedShop::take_proposal() {
  if (std::holds_alternative<participant::Uploading>(*phase_)) {
    (void)settle(
        participant::advance(std::move(*phase_), participant::UploadCompleted{}, context()));
  }
  return take(3);
}

Bytes ScriptedShop::take_certificate() { return take(4); }

Bytes ScriptedShop::take_result() {
  (void)take(5);
  return settle(participant::advance(std::move(*phase_), participant::ResultChecked{}, context()));
}

Result<> ScriptedShop::try_to_deliver(MessageType type, const Bytes& frame) {
  return patiently(name(), [&] { return client_->send(attempt_, type, frame); });
}

void ScriptedShop::deliver(MessageType type, const Bytes& frame) {
  const auto sent = try_to_deliver(type, frame);
  if (sent.has_error()) throw std::runtime_error{name() + ": " + sent.error().message()};
}

void ScriptedShop::play_until(std::uint32_t last) {
  deliver(MessageType::check_in, open_round());
  if (last >= 1) deliver(MessageType::share_keys, take_description());
  if (last < 2) return;
  (void)take_shares();
  upload();
  if (last >= 3) deliver(MessageType::survivor_signature, take_proposal());
  if (last >= 4) deliver(MessageType::unmask, take_certificate());
  if (last >= 5) deliver(MessageType::vote, take_result());
}

std::string ScriptedShop::round_path() const {
  return "/v1/rounds/" + std::to_string(attempt_.round.value());
}

Result<net::Response> ScriptedShop::call(net::Method method, const std::string& path, Bytes body) {
  net::ClientRequest request{method, path};
  if (method != net::Method::get) {
    request.headers.add("Content-Type", "application/octet-stream");
    request.body = std::move(body);
  }
  return raw_->send(request);
}

}  // namespace guildsum::test
