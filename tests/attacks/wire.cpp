#include "tests/attacks/wire.hpp"

#include <algorithm>

#include "base/net/url.hpp"
#include "protocol/wire.hpp"

namespace guildsum::attacks {

namespace asio = boost::asio;
using net::Method;
using net::Request;
using net::Response;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 60s;

using Look = std::function<std::optional<Response>()>;

asio::awaitable<Response> answer_now(Response response) { co_return response; }

/// Answers when `look` finds something, with 204 when the wait that was asked for has passed.
asio::awaitable<Response> poll(net::Notifier& changes, std::chrono::milliseconds wait, Look look) {
  const auto give_up = std::chrono::steady_clock::now() + wait;
  for (;;) {
    const auto seen = changes.version();
    if (auto found = look()) co_return std::move(*found);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        give_up - std::chrono::steady_clock::now());
    if (left <= 0ms) co_return Response::no_content();
    const bool changed = co_await changes.changed(seen, left);
    if (!changed) co_return Response::no_content();
  }
}

std::chrono::milliseconds wait_of(const Request& request) {
  return std::chrono::milliseconds{request.query_number("wait_ms", 0).value()};
}

protocol::RoundId round_of(const Request& request) {
  return protocol::RoundId{request.path_number("round").value()};
}

net::RouteOptions options(std::size_t body_limit_bytes = protocol::kMessageBytesMax) {
  net::RouteOptions options;
  options.body_limit_bytes = body_limit_bytes;
  return options;
}

template <class Message>
Response frame(const Message& message) {
  return Response::bytes(protocol::encode(message));
}

/// Whether the shop, which has seen "ROUND.ATTEMPT", does not know this invitation yet.
bool is_news(const protocol::RoundInvitation& invitation, std::string_view after) {
  if (after.empty()) return true;
  const auto dot = after.find('.');
  const auto round = std::stoull(std::string{after.substr(0, dot)});
  const auto attempt = std::stoul(std::string{after.substr(dot + 1)});
  return std::pair{invitation.round.value(), std::uint64_t{invitation.attempt.value()}} >
         std::pair{std::uint64_t{round}, std::uint64_t{attempt}};
}

}  // namespace

Wire::Wire(Adversary& adversary) : adversary_{adversary} {
  net::ServerConfig config;
  config.tls = adversary.server_tls();
  config.name = "adversary";
  server_ = std::make_unique<net::Server>(std::move(config), routes(), log_);
  port_ = server_->start().value();
}

Wire::~Wire() { server_->stop(100ms); }

std::string Wire::url() const { return "https://127.0.0.1:" + std::to_string(port_); }

std::optional<protocol::ParticipantId> Wire::shop() const {
  const std::lock_guard lock{mutex_};
  return shop_;
}

void Wire::invite(const protocol::RoundInvitation& invitation) {
  {
    const std::lock_guard lock{mutex_};
    invitation_ = invitation;
  }
  changes_.notify();
}

void Wire::serve(protocol::RoundId round, PhaseNumber number, Bytes frame) {
  {
    const std::lock_guard lock{mutex_};
    past_.told(round, frame);
    rounds_[round].queue.emplace_back(number, std::move(frame));
  }
  changes_.notify();
}

void Wire::hang_up() {
  {
    const std::lock_guard lock{mutex_};
    ++victim_process_;
  }
  changes_.notify();
}

std::uint32_t Wire::victim_process() const {
  const std::lock_guard lock{mutex_};
  return victim_process_;
}

void Wire::serve_agreement(std::uint32_t number, Bytes frame) {
  {
    const std::lock_guard lock{mutex_};
    agreement_.emplace_back(number, std::move(frame));
  }
  changes_.notify();
}

std::optional<Bytes> Wire::agreement(const std::string& kind) {
  auto frame = wait_for(protocol::RoundId{}, kind);
  const std::lock_guard lock{mutex_};
  std::erase_if(rounds_[protocol::RoundId{}].posted,
                [&](const Posted& posted) { return posted.kind == kind; });
  return frame;
}

void Wire::add_agreements(net::Router& router) {
  router.get("/v1/vocabulary", options(0), [this](const Request&) {
    const std::lock_guard lock{mutex_};
    if (agreement_.empty()) return answer_now(Response::no_content());
    Response response = Response::bytes(std::move(agreement_.front().second));
    response.headers.set("Guildsum-Phase", std::to_string(agreement_.front().first));
    agreement_.pop_front();
    return answer_now(std::move(response));
  });
  router.post("/v1/vocabulary/{kind}", options(), [this](Request request) {
    record(protocol::RoundId{}, request.parameters.at("kind"), std::move(request.body));
    return answer_now(Response::accepted());
  });
}

void Wire::serve_roster(protocol::RosterUpdate update) {
  const std::lock_guard lock{mutex_};
  roster_ = std::move(update);
}

void Wire::insist(bool insist) {
  {
    const std::lock_guard lock{mutex_};
    insist_ = insist;
  }
  changes_.notify();
}

void Wire::publish(const protocol::BlobId& id, Bytes content) {
  const std::lock_guard lock{mutex_};
  blobs_[id] = std::move(content);
}

void Wire::hold_uploads(bool hold) {
  {
    const std::lock_guard lock{mutex_};
    hold_uploads_ = hold;
  }
  changes_.notify();
}

void Wire::withhold_check_ins(bool withhold) {
  const std::lock_guard lock{mutex_};
  withhold_check_ins_ = withhold;
}

std::optional<Bytes> Wire::last_check_in() const {
  const std::lock_guard lock{mutex_};
  if (withhold_check_ins_) return std::nullopt;
  for (auto round = rounds_.rbegin(); round != rounds_.rend(); ++round) {
    for (const Posted& posted : round->second.posted) {
      if (posted.kind == "check-in") return posted.body;
    }
  }
  return std::nullopt;
}

void Wire::record(protocol::RoundId round, std::string kind, Bytes body) {
  {
    const std::lock_guard lock{mutex_};
    if (const auto vote = protocol::decode<protocol::Vote>(body)) past_.voted(round, *vote);
    rounds_[round].posted.push_back({std::move(kind), std::move(body)});
  }
  arrived_.notify_all();
}

std::vector<Bytes> Wire::posted(protocol::RoundId round, const std::string& kind) const {
  const std::lock_guard lock{mutex_};
  std::vector<Bytes> found;
  const auto known = rounds_.find(round);
  if (known == rounds_.end()) return found;
  for (const Posted& posted : known->second.posted) {
    if (posted.kind == kind) found.push_back(posted.body);
  }
  return found;
}

std::optional<Bytes> Wire::wait_for(protocol::RoundId round, const std::string& kind,
                                    std::size_t nth) {
  std::unique_lock lock{mutex_};
  const auto find = [&](const std::string& wanted, std::size_t index) -> const Posted* {
    for (const Posted& posted : rounds_[round].posted) {
      if (posted.kind == wanted && index-- == 0) return &posted;
    }
    return nullptr;
  };
  arrived_.wait_for(lock, kPatience,
                    [&] { return find(kind, nth) != nullptr || find("abandon", 0) != nullptr; });
  const Posted* found = find(kind, nth);
  return found == nullptr ? std::nullopt : std::optional{found->body};
}

/// A header alone misses all chunks; with them all it is complete.
protocol::UploadStatus Wire::upload_status(protocol::RoundId round) const {
  protocol::UploadStatus status;
  status.round = round;
  const auto headers = posted(round, "masked-input");
  const auto upload = protocol::decode<protocol::MaskedInputUpload>(headers.front());
  const std::lock_guard lock{mutex_};
  for (std::uint32_t i = 0; i < upload->chunk_digests.size(); ++i) {
    const std::string kind = "chunk-" + std::to_string(i);
    const auto& posted = rounds_.at(round).posted;
    if (std::ranges::find(posted, kind, &Posted::kind) == posted.end()) {
      status.missing_chunks.push_back(i);
    }
  }
  status.complete = status.missing_chunks.empty();
  return status;
}

void Wire::serve_outcome(Bytes frame) {
  const std::lock_guard lock{mutex_};
  outcome_ = std::move(frame);
}

void Wire::serve_survivors(protocol::RoundId round, const protocol::UnopenedRound& unopened) {
  const std::lock_guard lock{mutex_};
  survivors_[round] = protocol::encode(unopened);
}

protocol::Digest Wire::end_last_round() {
  const std::lock_guard lock{mutex_};
  return past_.end_last();
}

protocol::Digest Wire::end_otherwise(const std::function<void(protocol::AttemptEnd&)>& bend) {
  const std::lock_guard lock{mutex_};
  return past_.end_otherwise(bend);
}

void Wire::withhold_ends(bool withhold) {
  const std::lock_guard lock{mutex_};
  withhold_ends_ = withhold;
}

void Wire::add_past(net::Router& router) {
  router.get("/v1/attempt-ends", options(0), [this](const Request& request) {
    const std::string from{request.query_text("from")};
    const protocol::RoundId round{std::stoull(from)};
    const protocol::Attempt attempt{
        static_cast<std::uint32_t>(std::stoul(from.substr(from.find('.') + 1)))};
    const std::lock_guard lock{mutex_};
    if (withhold_ends_) return answer_now(Response::problem(404, "wrong-round"));
    return answer_now(frame(past_.since(round, attempt)));
  });
}

void Wire::add_uploads(net::Router& router) {
  router.put("/v1/rounds/{round}/masked-input", options(), [this](Request request) {
    const auto round = round_of(request);
    record(round, "masked-input", std::move(request.body));
    Look look = [this, round]() -> std::optional<Response> {
      const bool held = [this] {
        const std::lock_guard lock{mutex_};
        return hold_uploads_;
      }();
      return held ? std::nullopt : std::optional{frame(upload_status(round))};
    };
    return poll(changes_, 600'000ms, std::move(look));
  });
  router.put("/v1/rounds/{round}/masked-input/chunks/{index}", options(), [this](Request request) {
    const auto round = round_of(request);
    record(round, "chunk-" + request.parameters.at("index"), std::move(request.body));
    return answer_now(frame(upload_status(round)));
  });
}

void Wire::add_ends(net::Router& router) {
  router.get("/v1/check-in", options(0), [this](const Request&) {
    const auto last = last_check_in();
    return answer_now(last ? Response::bytes(*last) : Response::no_content());
  });
  router.get("/v1/rounds/{round}/attempts/{attempt}/outcome", options(0), [this](const Request&) {
    const std::lock_guard lock{mutex_};
    if (!outcome_) return answer_now(Response::problem(404, "wrong-round"));
    return answer_now(Response::bytes(*outcome_));
  });
  router.get("/v1/rounds/{round}/attempts/{attempt}/survivors", options(0),
             [this](const Request& request) {
               const std::lock_guard lock{mutex_};
               const auto found = survivors_.find(round_of(request));
               if (found == survivors_.end()) {
                 return answer_now(Response::problem(404, "wrong-round"));
               }
               return answer_now(Response::bytes(found->second));
             });
}

net::Router Wire::routes() {
  net::Router router;
  router.post("/v1/enrol", options(), [this](const Request& request) {
    const auto message = protocol::decode<protocol::EnrolRequest>(request.body);
    const auto reply = adversary_.enrol(*message);
    const std::lock_guard lock{mutex_};
    shop_ = message->identity;
    return answer_now(frame(reply));
  });
  router.get("/v1/roster", options(0), [this](const Request& request) {
    const std::lock_guard lock{mutex_};
    return answer_now(
        frame(roster_ ? *roster_ : adversary_.roster_after(*request.query_number("from", 0))));
  });
  router.get("/v1/invitation", options(0), [this](const Request& request) {
    Look look = [this,
                 after = std::string{request.query_text("after")}]() -> std::optional<Response> {
      const std::lock_guard lock{mutex_};
      if (!agreement_.empty()) return Response::no_content();
      return invitation_ && (insist_ || is_news(*invitation_, after))
                 ? std::optional{frame(*invitation_)}
                 : std::nullopt;
    };
    return poll(changes_, wait_of(request), std::move(look));
  });
  router.get("/v1/rounds/{round}/phase", options(0), [this](const Request& request) {
    Look look = [this, round = round_of(request),
                 process = victim_process()]() -> std::optional<Response> {
      const std::lock_guard lock{mutex_};
      if (process != victim_process_) return Response::no_content();
      auto& queue = rounds_[round].queue;
      if (queue.empty()) return std::nullopt;
      Response response = Response::bytes(std::move(queue.front().second));
      response.headers.set("Guildsum-Phase",
                           std::to_string(static_cast<std::uint32_t>(queue.front().first)));
      queue.pop_front();
      return response;
    };
    return poll(changes_, wait_of(request), std::move(look));
  });
  add_ends(router);
  add_past(router);
  add_uploads(router);
  add_agreements(router);
  router.post("/v1/rounds/{round}/{kind}", options(), [this](Request request) {
    record(round_of(request), request.parameters.at("kind"), std::move(request.body));
    return answer_now(Response::accepted());
  });
  router.get("/v1/blobs/{id}", options(0), [this](const Request& request) {
    const auto id = protocol::BlobId::from_hex(request.parameters.at("id"));
    const std::lock_guard lock{mutex_};
    const auto found = blobs_.find(*id);
    if (found == blobs_.end()) return answer_now(Response::problem(404, "not-published"));
    const auto offset =
        std::min<std::size_t>(*request.query_number("offset", 0), found->second.size());
    const auto length = *request.query_number("length", protocol::kBlobLeafBytes);
    const auto rest = ByteView{found->second}.subspan(offset);
    const auto part = rest.first(std::min<std::size_t>(length, rest.size()));
    return answer_now(Response::bytes(Bytes{part.begin(), part.end()}));
  });
  return router;
}

}  // namespace guildsum::attacks
