#include "participant/remote/coordinator_client.hpp"

#include <charconv>

#include "base/errors.hpp"
#include "crypto/sha256.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/limits.hpp"
#include "protocol/problem.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using net::ClientRequest;
using net::Method;
using protocol::MessageType;
using std::chrono::milliseconds;

/// A long poll answers after its wait at the latest; this is how much more the way may take.
constexpr milliseconds kPollMargin{10'000};
constexpr milliseconds kUploadDeadline{60'000};
constexpr std::string_view kPhaseHeader = "Guildsum-Phase";

std::string round_path(protocol::RoundId round) {
  return "/v1/rounds/" + std::to_string(round.value());
}

std::string attempt_path(const AttemptId& attempt) {
  return round_path(attempt.round) + "/attempts/" + std::to_string(attempt.attempt.value());
}

ClientRequest frame_request(Method method, std::string target, const Bytes& frame) {
  ClientRequest request{method, std::move(target)};
  request.headers.add("Content-Type", "application/octet-stream");
  request.body = frame;
  return request;
}

ClientRequest poll_request(std::string target, milliseconds wait) {
  ClientRequest request{Method::get, std::move(target)};
  request.deadline = wait + kPollMargin;
  request.response_limit_bytes = protocol::kMessageBytesMax + protocol::kFrameHeaderBytes;
  return request;
}

std::string text_of(const AttemptId& attempt) {
  return std::to_string(attempt.round.value()) + "." + std::to_string(attempt.attempt.value());
}
std::string text_of(const SeenAgreement& seen) {
  return std::to_string(seen.id.epoch.value()) + "." + std::to_string(seen.id.attempt.value()) +
         "." + std::to_string(seen.number);
}

/// A message whose number is in its header; nothing for 204.
Result<std::optional<PhaseMessage>> numbered(net::Response response) {
  if (response.status == 204) return std::optional<PhaseMessage>{};
  const auto header = response.headers.find(kPhaseHeader);
  PhaseMessage message;
  if (!header ||
      std::from_chars(header->data(), header->data() + header->size(), message.number).ec !=
          std::errc{}) {
    return Error{BaseErrc::malformed, "a phase message without its number"};
  }
  message.frame = std::move(response.body);
  return std::optional{std::move(message)};
}

/// Where a message of a key agreement goes.
Result<std::string> agreement_path_of(MessageType type) {
  switch (type) {
    case MessageType::vocabulary_offer:
      return std::string{"/v1/vocabulary/offer"};
    case MessageType::vocabulary_contribution:
      return std::string{"/v1/vocabulary/contribution"};
    case MessageType::vocabulary_confirmation:
      return std::string{"/v1/vocabulary/confirmation"};
    default:
      return Error{BaseErrc::invalid_argument, "no shop sends this type by itself"};
  }
}

/// The last part of the path for a message of a round.
Result<std::string_view> path_of(MessageType type) {
  switch (type) {
    case MessageType::check_in:
      return std::string_view{"/check-in"};
    case MessageType::share_keys:
      return std::string_view{"/shares"};
    case MessageType::complaint:
      return std::string_view{"/complaint"};
    case MessageType::survivor_signature:
      return std::string_view{"/survivor-signature"};
    case MessageType::unmask:
      return std::string_view{"/unmask"};
    case MessageType::vote:
      return std::string_view{"/vote"};
    case MessageType::abandon:
      return std::string_view{"/abandon"};
    case MessageType::refusal:
      return std::string_view{"/refusal"};
    default:
      return Error{BaseErrc::invalid_argument, "no shop sends this type by itself"};
  }
}

}  // namespace

Error error_of_response(const net::Response& response) {
  const bool later = response.status >= 500 || response.status == 408 || response.status == 429;
  if (later) {
    return {BaseErrc::unreachable, "the coordinator answered " + std::to_string(response.status) +
                                       " " + response.problem_code()};
  }
  return protocol::error_of_problem(static_cast<unsigned>(response.status), as_text(response.body));
}

CoordinatorClient::CoordinatorClient(net::ClientConfig config, OnSent on_sent)
    : client_{std::move(config)}, on_sent_{std::move(on_sent)} {}

Result<net::Response> CoordinatorClient::call(const ClientRequest& request) {
  GS_TRY(auto response, client_.send(request));
  if (!response.ok()) return error_of_response(response);
  return response;
}

Result<net::Response> CoordinatorClient::transmit(ClientRequest request, const AttemptId& attempt,
                                                  std::string type) {
  GS_CHECK(client_.connect());
  OutboundMessage sent{attempt.round,       attempt.attempt,      std::move(type),
                       request.body.size(), client_.url().text(), crypto::sha256(request.body)};
  auto response = call(request);
  if (on_sent_) on_sent_(sent);
  return response;
}

Result<protocol::RosterUpdate> CoordinatorClient::roster(std::uint64_t from) {
  GS_TRY(const auto response,
         call(poll_request("/v1/roster?from=" + std::to_string(from), milliseconds{5'000})));
  return protocol::decode<protocol::RosterUpdate>(response.body);
}

Result<std::optional<protocol::RoundInvitation>> CoordinatorClient::invitation(
    const std::optional<AttemptId>& after, milliseconds wait) {
  std::string target = "/v1/invitation?wait_ms=" + std::to_string(wait.count());
  if (after) target += "&after=" + text_of(*after);
  if (watched_) target += "&vocabulary=" + text_of(*watched_);
  GS_TRY(const auto response, call(poll_request(std::move(target), wait)));
  if (response.status == 204) return std::optional<protocol::RoundInvitation>{};
  GS_TRY(auto invitation, protocol::decode<protocol::RoundInvitation>(response.body));
  return std::optional{std::move(invitation)};
}

Result<std::optional<protocol::CheckIn>> CoordinatorClient::last_check_in() {
  GS_TRY(const auto response, call(poll_request("/v1/check-in", milliseconds{5'000})));
  if (response.status == 204) return std::optional<protocol::CheckIn>{};
  GS_TRY(auto check_in, protocol::decode<protocol::CheckIn>(response.body));
  return std::optional{std::move(check_in)};
}

Result<std::optional<PhaseMessage>> CoordinatorClient::phase(protocol::RoundId round,
                                                             std::uint32_t after,
                                                             milliseconds wait) {
  GS_TRY(auto response,
         call(poll_request(round_path(round) + "/phase?after=" + std::to_string(after) +
                               "&wait_ms=" + std::to_string(wait.count()),
                           wait)));
  return numbered(std::move(response));
}

Result<Bytes> CoordinatorClient::outcome(const AttemptId& attempt) {
  GS_TRY(auto response,
         call(poll_request(attempt_path(attempt) + "/outcome", milliseconds{5'000})));
  return std::move(response.body);
}

Result<Bytes> CoordinatorClient::survivors(const AttemptId& attempt) {
  GS_TRY(auto response,
         call(poll_request(attempt_path(attempt) + "/survivors", milliseconds{5'000})));
  return std::move(response.body);
}

Result<Bytes> CoordinatorClient::ends(const AttemptId& from) {
  std::string target = "/v1/attempt-ends?from=" + text_of(from);
  GS_TRY(auto response, call(poll_request(std::move(target), milliseconds{5'000})));
  return std::move(response.body);
}

Result<> CoordinatorClient::send(const AttemptId& attempt, MessageType type, const Bytes& frame) {
  GS_TRY(const auto path, path_of(type));
  GS_CHECK(
      transmit(frame_request(Method::post, round_path(attempt.round) + std::string{path}, frame),
               attempt, std::string{name_of(type)}));
  return {};
}

Result<std::optional<PhaseMessage>> CoordinatorClient::agreement(const SeenAgreement& seen) {
  GS_TRY(auto response,
         call(poll_request("/v1/vocabulary?after=" + text_of(seen), milliseconds{0})));
  return numbered(std::move(response));
}

Result<> CoordinatorClient::send_agreement(MessageType type, const Bytes& frame) {
  GS_TRY(auto path, agreement_path_of(type));
  GS_CHECK(transmit(frame_request(Method::post, std::move(path), frame), AttemptId{},
                    std::string{name_of(type)}));
  return {};
}

Result<protocol::UploadStatus> CoordinatorClient::begin_upload(const AttemptId& attempt,
                                                               const Bytes& frame) {
  GS_TRY(const auto response,
         transmit(frame_request(Method::put, round_path(attempt.round) + "/masked-input", frame),
                  attempt, std::string{name_of(MessageType::masked_input_upload)}));
  return protocol::decode<protocol::UploadStatus>(response.body);
}

Result<protocol::UploadStatus> CoordinatorClient::upload_chunk(const AttemptId& attempt,
                                                               std::uint32_t index,
                                                               const Bytes& chunk) {
  auto request = frame_request(
      Method::put, round_path(attempt.round) + "/masked-input/chunks/" + std::to_string(index),
      chunk);
  request.deadline = kUploadDeadline;
  GS_TRY(const auto response, transmit(std::move(request), attempt, "masked_input_chunk"));
  return protocol::decode<protocol::UploadStatus>(response.body);
}

Result<Bytes> CoordinatorClient::blob(const protocol::BlobId& id, std::uint64_t limit_bytes) {
  constexpr std::size_t kPiece = protocol::kBlobLeafBytes;
  Bytes content;
  while (true) {
    auto request =
        poll_request("/v1/blobs/" + id.hex() + "?offset=" + std::to_string(content.size()) +
                         "&length=" + std::to_string(kPiece),
                     kUploadDeadline);
    GS_TRY(const auto response, call(request));
    append(content, response.body);
    if (content.size() > limit_bytes) {
      return Error{BaseErrc::too_large, "blob " + id.hex().substr(0, 16)};
    }
    if (response.body.size() < kPiece) break;
  }
  if (protocol::blob_id(content) != id) {
    return Error{BaseErrc::corrupt, "blob " + id.hex().substr(0, 16) + " has another address"};
  }
  return content;
}

}  // namespace guildsum::participant
