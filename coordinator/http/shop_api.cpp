#include "coordinator/http/shop_api.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "base/errors.hpp"
#include "coordinator/http/answers.hpp"
#include "coordinator/http/enrol_api.hpp"
#include "coordinator/transcripts.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace asio = boost::asio;
using net::Method;
using net::Request;
using net::Response;
using net::RouteOptions;
using protocol::ProtocolErrc;

namespace {

/// A handler after its sender was authorised.
using ShopHandler =
    std::function<asio::awaitable<Result<Response>>(ShopApiParts&, ParticipantId, Request)>;

asio::awaitable<Response> authorised(ShopApiParts& parts, const ShopHandler& handler,
                                     Request request) {
  Request brief;  // what the log needs of a request whose body has moved on
  brief.path = request.path;
  brief.peer = request.peer;
  brief.remote_address = request.remote_address;
  if (!request.peer) co_return problem_answer(ProtocolErrc::unknown_sender, brief, parts.log);
  auto sender = parts.membership.authorise(*request.peer);
  if (sender.has_error()) co_return problem_answer(sender.error(), brief, parts.log);
  auto answer = co_await handler(parts, *sender, std::move(request));
  if (answer.has_error()) co_return problem_answer(answer.error(), brief, parts.log);
  co_return std::move(*answer);
}

RouteOptions for_shops(std::size_t body_limit_bytes) {
  RouteOptions options;
  options.body_limit_bytes = body_limit_bytes;
  options.requires_client_certificate = true;
  return options;
}

RouteOptions for_frames(std::size_t body_limit_bytes) {
  RouteOptions options = for_shops(body_limit_bytes);
  options.content_type = "application/octet-stream";
  return options;
}

Result<protocol::RoundId> round_of(const Request& request) {
  GS_TRY(const std::uint64_t number, request.path_number("round"));
  return protocol::RoundId{number};
}

template <protocol::Framed Message>
Response frame(const Message& message) {
  return Response::bytes(protocol::encode(message));
}

// Rounds -----------------------------------------------------------------------------------------

/// POST /v1/rounds/{round}/check-in and its like: one signed message of the sender.
template <protocol::Framed Message>
asio::awaitable<Result<Response>> post_message(ShopApiParts& parts, ParticipantId sender,
                                               Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(auto message, protocol::decode<Message>(request.body));
  if (message.sender != sender) {
    co_return Error{ProtocolErrc::unknown_sender, "the message names another sender"};
  }
  Event event{std::move(message)};
  std::function<Result<>()> work = [&parts, round, &event] {
    return parts.rounds.submit(round, std::move(event));
  };
  GS_CO_CHECK(co_await blocking<void>(parts.pool, std::move(work)));
  co_return Response::accepted();
}

/// POST /v1/rounds/{round}/refusal
asio::awaitable<Result<Response>> post_refusal(ShopApiParts& parts, ParticipantId sender,
                                               Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(const auto refusal, protocol::decode<protocol::Refusal>(request.body));
  if (refusal.sender != sender || refusal.round != round) {
    co_return Error{ProtocolErrc::unknown_sender, "the message names another sender or round"};
  }
  std::function<Result<>()> work = [&parts, &refusal] {
    return parts.rounds.note_refusal(refusal);
  };
  GS_CO_CHECK(co_await blocking<void>(parts.pool, std::move(work)));
  co_return Response::accepted();
}

/// PUT /v1/rounds/{round}/masked-input
asio::awaitable<Result<Response>> put_input_header(ShopApiParts& parts, ParticipantId sender,
                                                   Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(auto upload, protocol::decode<protocol::MaskedInputUpload>(request.body));
  if (upload.header.sender != sender) {
    co_return Error{ProtocolErrc::unknown_sender, "the header names another sender"};
  }
  std::function<Result<protocol::UploadStatus>()> work = [&parts, round, &upload] {
    return parts.rounds.begin_upload(round, std::move(upload));
  };
  GS_CO_TRY(const auto status,
            co_await blocking<protocol::UploadStatus>(parts.pool, std::move(work)));
  co_return frame(status);
}

/// PUT /v1/rounds/{round}/masked-input/chunks/{index}
asio::awaitable<Result<Response>> put_chunk(ShopApiParts& parts, ParticipantId sender,
                                            Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(const std::uint64_t index, request.path_number("index"));
  if (index >= protocol::kChunkCountMax) co_return ProtocolErrc::chunk_mismatch;
  const auto chunk = static_cast<std::uint32_t>(index);
  std::function<Result<protocol::UploadStatus>()> work = [&parts, round, sender, chunk, &request] {
    return parts.rounds.put_chunk(round, sender, chunk, request.body);
  };
  GS_CO_TRY(const auto status,
            co_await blocking<protocol::UploadStatus>(parts.pool, std::move(work)));
  co_return frame(status);
}

/// GET /v1/rounds/{round}/masked-input
asio::awaitable<Result<Response>> get_input(ShopApiParts& parts, ParticipantId sender,
                                            Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(const auto status, parts.rounds.upload_status(round, sender));
  co_return frame(status);
}

/// GET /v1/rounds/{round}/phase?after=N&wait_ms=
asio::awaitable<Result<Response>> get_phase(ShopApiParts& parts, ParticipantId sender,
                                            Request request) {
  GS_CO_TRY(const auto round, round_of(request));
  GS_CO_TRY(const std::uint64_t after, request.query_number("after", 0));
  GS_CO_TRY(const auto wait, poll_wait(request));
  const auto seen = static_cast<std::uint32_t>(std::min<std::uint64_t>(after, 1000));
  std::function<Result<std::optional<Response>>()> look =
      [&parts, peer = *request.peer, round, sender, seen]() -> Result<std::optional<Response>> {
    GS_CHECK(parts.membership.authorise(peer));  // Or it is revoked while it waits.
    GS_TRY(auto message, parts.rounds.message_for_shop(round, sender, seen));
    if (!message) return std::optional<Response>{};
    Response response = Response::bytes(std::move(message->frame));
    response.headers.set("Guildsum-Phase", std::to_string(message->number));
    return std::optional{std::move(response)};
  };
  co_return co_await wait_for(parts.changes, wait, std::move(look));
}

Result<RoundKey> attempt_of(const Request& request) {
  GS_TRY(const auto round, round_of(request));
  GS_TRY(const std::uint64_t attempt, request.path_number("attempt"));
  if (attempt > std::numeric_limits<std::uint32_t>::max()) return ProtocolErrc::wrong_round;
  return RoundKey{round, protocol::Attempt{static_cast<std::uint32_t>(attempt)}};
}

/// GET /v1/rounds/{round}/attempts/{attempt}/survivors and .../outcome: what a repair needs, and
/// how an attempt of the past ended.
template <Result<Bytes> (RoundService::*kRead)(const RoundKey&) const>
asio::awaitable<Result<Response>> get_of_attempt(ShopApiParts& parts, ParticipantId,
                                                 Request request) {
  GS_CO_TRY(const RoundKey key, attempt_of(request));
  std::function<Result<Bytes>()> work = [&parts, key] { return (parts.rounds.*kRead)(key); };
  GS_CO_TRY(auto bytes, co_await blocking<Bytes>(parts.pool, std::move(work)));
  co_return Response::bytes(std::move(bytes));
}

/// The dotted numbers of `text`, exactly `Count` of them.
template <std::size_t Count>
std::optional<std::array<std::uint64_t, Count>> dotted_numbers(std::string_view text) {
  std::array<std::uint64_t, Count> numbers{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < Count; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, failure] = std::from_chars(at, end, numbers[i]);
    if (failure != std::errc{}) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return numbers;
}

/// What a shop has seen of key agreements.
struct SeenAgreement {
  protocol::AgreementId id;
  std::uint32_t number = 0;
};

/// `EPOCH.ATTEMPT.NUMBER`; zeros without one.
Result<SeenAgreement> parse_seen(std::string_view text) {
  if (text.empty()) return SeenAgreement{};
  const auto numbers = dotted_numbers<3>(text);
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (!numbers || (*numbers)[1] > kMax || (*numbers)[2] > kMax) {
    return Error{BaseErrc::malformed, "expected EPOCH.ATTEMPT.NUMBER"};
  }
  return SeenAgreement{{protocol::Epoch{(*numbers)[0]},
                        protocol::Attempt{static_cast<std::uint32_t>((*numbers)[1])}},
                       static_cast<std::uint32_t>((*numbers)[2])};
}

/// `ROUND.ATTEMPT`; zeros without one.
Result<RoundKey> parse_key(std::string_view text) {
  if (text.empty()) return RoundKey{};
  const auto numbers = dotted_numbers<2>(text);
  if (!numbers || (*numbers)[1] > std::numeric_limits<std::uint32_t>::max()) {
    return Error{BaseErrc::malformed, "expected ROUND.ATTEMPT"};
  }
  return RoundKey{protocol::RoundId{(*numbers)[0]},
                  protocol::Attempt{static_cast<std::uint32_t>((*numbers)[1])}};
}

/// GET /v1/attempt-ends?from=ROUND.ATTEMPT: how it and the attempts after it ended.
asio::awaitable<Result<Response>> get_ends(ShopApiParts& parts, ParticipantId, Request request) {
  GS_CO_TRY(const RoundKey from, parse_key(request.query_text("from")));
  std::function<Result<protocol::AttemptEnds>()> work = [&parts, from] {
    return attempt_ends(parts.ledger, parts.blobs, from);
  };
  GS_CO_TRY(const auto ends, co_await blocking<protocol::AttemptEnds>(parts.pool, std::move(work)));
  co_return frame(ends);
}

/// GET /v1/invitation?after=ROUND.ATTEMPT&wait_ms=&vocabulary=EPOCH.ATTEMPT.NUMBER
/// With `vocabulary` it stops waiting as soon as a key agreement has something newer to say.
asio::awaitable<Result<Response>> get_invitation(ShopApiParts& parts, ParticipantId sender,
                                                 Request request) {
  GS_CO_TRY(const RoundKey after, parse_key(request.query_text("after")));
  GS_CO_TRY(const SeenAgreement seen, parse_seen(request.query_text("vocabulary")));
  GS_CO_TRY(const auto wait, poll_wait(request));
  const bool looks_for_keys =
      parts.keys != nullptr && request.query.find("vocabulary") != request.query.end();
  std::function<Result<std::optional<Response>>()> look =
      [&parts, peer = *request.peer, sender, after, seen,
       looks_for_keys]() -> Result<std::optional<Response>> {
    GS_CHECK(parts.membership.authorise(peer));  // Or it is revoked while it waits.
    if (looks_for_keys && parts.keys->message_for(sender, seen.id, seen.number)) {
      return std::optional{Response::no_content()};
    }
    const auto invitation = parts.rounds.invitation_for(sender, after);
    if (!invitation) return std::optional<Response>{};
    return std::optional{frame(*invitation)};
  };
  co_return co_await wait_for(parts.changes, wait, std::move(look));
}

// Key agreements ---------------------------------------------------------------------------------

/// GET /v1/vocabulary?after=EPOCH.ATTEMPT.NUMBER&wait_ms=
asio::awaitable<Result<Response>> get_agreement(ShopApiParts& parts, ParticipantId sender,
                                                Request request) {
  GS_CO_TRY(const SeenAgreement seen, parse_seen(request.query_text("after")));
  GS_CO_TRY(const auto wait, poll_wait(request));
  std::function<Result<std::optional<Response>>()> look =
      [&parts, peer = *request.peer, sender, seen]() -> Result<std::optional<Response>> {
    GS_CHECK(parts.membership.authorise(peer));
    auto message = parts.keys->message_for(sender, seen.id, seen.number);
    if (!message) return std::optional<Response>{};
    Response response = Response::bytes(std::move(message->frame));
    response.headers.set("Guildsum-Phase", std::to_string(message->number));
    return std::optional{std::move(response)};
  };
  co_return co_await wait_for(parts.changes, wait, std::move(look));
}

/// POST /v1/vocabulary/offer and its like: one signed message of the sender.
template <protocol::Framed Message>
asio::awaitable<Result<Response>> post_agreement(ShopApiParts& parts, ParticipantId sender,
                                                 Request request) {
  GS_CO_TRY(auto message, protocol::decode<Message>(request.body));
  if (message.sender != sender) {
    co_return Error{ProtocolErrc::unknown_sender, "the message names another sender"};
  }
  AgreementEvent event{std::move(message)};
  std::function<Result<>()> work = [&parts, &event] { return parts.keys->submit(event); };
  GS_CO_CHECK(co_await blocking<void>(parts.pool, std::move(work)));
  co_return Response::accepted();
}

// Federation -------------------------------------------------------------------------------------

/// GET /v1/roster?from=SEQ
asio::awaitable<Result<Response>> get_roster(ShopApiParts& parts, ParticipantId, Request request) {
  GS_CO_TRY(const std::uint64_t from, request.query_number("from", 0));
  co_return frame(parts.membership.update_after(from));
}

Result<std::optional<Bytes>> last_check_in(ShopApiParts& parts, const ParticipantId& shop) {
  return read_from(parts.ledger, [&](LedgerReader& rows) { return rows.last_check_in(shop); });
}

/// GET /v1/check-in: the one that the shop sent last, so that it notices an old copy of its
/// journal.
asio::awaitable<Result<Response>> get_check_in(ShopApiParts& parts, ParticipantId sender,
                                               Request) {
  GS_CO_TRY(const auto last, last_check_in(parts, sender));
  if (!last) co_return Response::no_content();
  co_return Response::bytes(*last);
}

Result<Bytes> read_published(ShopApiParts& parts, std::string_view name, std::uint64_t offset,
                             std::uint64_t length) {
  GS_TRY(const BlobId id, BlobId::from_hex(name));
  GS_TRY(const bool published,
         read_from(parts.ledger, [&](LedgerReader& rows) { return rows.is_published(id); }));
  if (!published) return Error{ProtocolErrc::not_published, id.hex()};
  return parts.blobs.read(
      id, offset,
      static_cast<std::size_t>(std::min<std::uint64_t>(length, protocol::kBlobLeafBytes)));
}

/// GET /v1/blobs/{id}?offset=&length=
asio::awaitable<Result<Response>> get_blob(ShopApiParts& parts, ParticipantId, Request request) {
  GS_CO_TRY(const std::uint64_t offset, request.query_number("offset", 0));
  GS_CO_TRY(const std::uint64_t length, request.query_number("length", protocol::kBlobLeafBytes));
  const std::string name = request.parameters.at("id");
  std::function<Result<Bytes>()> work = [&parts, &name, offset, length] {
    return read_published(parts, name, offset, length);
  };
  GS_CO_TRY(auto bytes, co_await blocking<Bytes>(parts.pool, std::move(work)));
  co_return Response::bytes(std::move(bytes));
}

asio::awaitable<Response> get_health(Request) { co_return Response::text("ok\n"); }

void add(net::Router& router, ShopApiParts& parts, Method method, std::string_view pattern,
         RouteOptions options, ShopHandler handler) {
  router.add(method, pattern, std::move(options),
             [&parts, handler = std::move(handler)](Request request) {
               return authorised(parts, handler, std::move(request));
             });
}

template <protocol::Framed Message>
void add_message(net::Router& router, ShopApiParts& parts, std::string_view pattern) {
  add(router, parts, Method::post, pattern, for_frames(protocol::frame_limit_bytes<Message>()),
      post_message<Message>);
}

template <protocol::Framed Message>
void add_agreement(net::Router& router, ShopApiParts& parts, std::string_view pattern) {
  add(router, parts, Method::post, pattern, for_frames(protocol::frame_limit_bytes<Message>()),
      post_agreement<Message>);
}

void add_vocabulary(net::Router& router, ShopApiParts& parts) {
  if (parts.keys == nullptr) return;
  add(router, parts, Method::get, "/v1/vocabulary", for_shops(0), get_agreement);
  add_agreement<protocol::VocabularyOffer>(router, parts, "/v1/vocabulary/offer");
  add_agreement<protocol::VocabularyContribution>(router, parts, "/v1/vocabulary/contribution");
  add_agreement<protocol::VocabularyConfirmation>(router, parts, "/v1/vocabulary/confirmation");
}

}  // namespace

net::Router shop_routes(ShopApiParts& parts) {
  net::Router router;
  router.get("/healthz", RouteOptions{}, get_health);
  add_enrolment(router, parts);
  const RouteOptions reads = for_shops(0);
  add(router, parts, Method::get, "/v1/roster", reads, get_roster);
  add(router, parts, Method::get, "/v1/invitation", reads, get_invitation);
  add(router, parts, Method::get, "/v1/check-in", reads, get_check_in);
  add(router, parts, Method::get, "/v1/rounds/{round}/phase", reads, get_phase);
  add(router, parts, Method::get, "/v1/rounds/{round}/masked-input", reads, get_input);
  add(router, parts, Method::get, "/v1/rounds/{round}/attempts/{attempt}/outcome", reads,
      get_of_attempt<&RoundService::outcome_of>);
  add(router, parts, Method::get, "/v1/rounds/{round}/attempts/{attempt}/survivors", reads,
      get_of_attempt<&RoundService::survivors_of>);
  add(router, parts, Method::get, "/v1/attempt-ends", reads, get_ends);
  add(router, parts, Method::get, "/v1/blobs/{id}", reads, get_blob);
  add_vocabulary(router, parts);
  add_message<protocol::CheckIn>(router, parts, "/v1/rounds/{round}/check-in");
  add_message<protocol::ShareKeys>(router, parts, "/v1/rounds/{round}/shares");
  add_message<protocol::Complaint>(router, parts, "/v1/rounds/{round}/complaint");
  add_message<protocol::SurvivorSignature>(router, parts, "/v1/rounds/{round}/survivor-signature");
  add_message<protocol::Unmask>(router, parts, "/v1/rounds/{round}/unmask");
  add_message<protocol::Vote>(router, parts, "/v1/rounds/{round}/vote");
  add_message<protocol::Abandon>(router, parts, "/v1/rounds/{round}/abandon");
  add(router, parts, Method::post, "/v1/rounds/{round}/refusal",
      for_frames(protocol::frame_limit_bytes<protocol::Refusal>()), post_refusal);
  add(router, parts, Method::put, "/v1/rounds/{round}/masked-input",
      for_frames(protocol::frame_limit_bytes<protocol::MaskedInputUpload>()), put_input_header);
  RouteOptions chunks = for_frames(protocol::kChunkBytesMax);
  chunks.body_deadline = std::chrono::seconds{60};
  add(router, parts, Method::put, "/v1/rounds/{round}/masked-input/chunks/{index}", chunks,
      put_chunk);
  return router;
}

}  // namespace guildsum::coordinator
