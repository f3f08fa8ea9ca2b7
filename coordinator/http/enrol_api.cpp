#include "coordinator/http/enrol_api.hpp"

#include "coordinator/http/answers.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace asio = boost::asio;
using net::Request;
using net::Response;
using protocol::ProtocolErrc;

namespace {

asio::awaitable<Result<Response>> redeem(ShopApiParts& parts, Request request) {
  if (!request.tls_exporter) co_return ProtocolErrc::bad_proof;
  GS_CO_TRY(const auto message, protocol::decode<protocol::EnrolRequest>(request.body));
  std::function<Result<protocol::EnrolReply>()> work = [&parts, &message, &request] {
    return parts.enrolment.enrol(message, *request.tls_exporter, parts.rounds.next_epoch());
  };
  GS_CO_TRY(const auto reply, co_await blocking<protocol::EnrolReply>(parts.pool, std::move(work)));
  co_return Response::bytes(protocol::encode(reply));
}

/// POST /v1/enrol
asio::awaitable<Response> post_enrol(ShopApiParts& parts, Request request) {
  Request brief;
  brief.path = request.path;
  brief.remote_address = request.remote_address;
  auto answer = co_await redeem(parts, std::move(request));
  if (answer.has_error()) co_return problem_answer(answer.error(), brief, parts.log);
  co_return std::move(*answer);
}

/// GET /v1/enrol: the registrar's public key, so that a shop whose owner knows another one leaves
/// before it is enrolled. No secret: each member is told it, and the reply to an enrolment is
/// checked all the same.
asio::awaitable<Response> get_enrol(ShopApiParts& parts, Request) {
  const auto key = parts.enrolment.registrar().view();
  co_return Response::bytes(Bytes{key.begin(), key.end()});
}

}  // namespace

void add_enrolment(net::Router& router, ShopApiParts& parts) {
  net::RouteOptions options;
  options.body_limit_bytes = protocol::frame_limit_bytes<protocol::EnrolRequest>();
  router.get("/v1/enrol", net::RouteOptions{},
             [&parts](Request request) { return get_enrol(parts, std::move(request)); });
  options.content_type = "application/octet-stream";
  router.post("/v1/enrol", options,
              [&parts](Request request) { return post_enrol(parts, std::move(request)); });
}

}  // namespace guildsum::coordinator
