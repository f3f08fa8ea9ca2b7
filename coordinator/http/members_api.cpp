#include "coordinator/http/members_api.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/http/answers.hpp"
#include "coordinator/registrar.hpp"
#include "coordinator/round_views.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace asio = boost::asio;
using net::Request;
using net::Response;
using net::RouteOptions;

namespace {

// Shops ------------------------------------------------------------------------------------------

asio::awaitable<Result<Response>> get_shops(AdminApiParts& parts, Request) {
  GS_CO_TRY(const auto refusals,
            read_from(parts.ledger, [](LedgerReader& rows) { return rows.last_refusals(); }));
  boost::json::array list;
  for (const ShopRow& shop : parts.membership.shops()) {
    auto document = describe_shop(shop, parts.clock.wall_now());
    if (parts.membership.is_pending(shop.identity)) document["status"] = "pending";
    const auto refused = std::ranges::find(refusals, shop.identity, &RefusalRow::identity);
    document["last_refusal"] = nullptr;
    if (refused != refusals.end()) {
      document["last_refusal"] = describe_refusal(*refused, parts.membership);
    }
    list.push_back(std::move(document));
  }
  co_return Response::json(json::compact(boost::json::object{{"shops", std::move(list)}}));
}

Result<Response> invite(AdminApiParts& parts, const Request& request) {
  GS_TRY(const auto body, json::parse_object(as_text(request.body)));
  GS_TRY(const std::string name, json::text(body, "name", 256));
  bool renew = false;
  if (json::has(body, "renew")) {
    GS_TRY(renew, json::boolean(body, "renew"));
  }
  if (parts.shops_url.empty()) {
    return Error{
        BaseErrc::invalid_config,
        "listening on every address: set server.public_url to the one that shops can reach"};
  }
  // A shop keeps the list that it enrols with, and takes none at all for a private vocabulary.
  if (parts.config.catalogue_mode == CatalogueMode::published) GS_CHECK(expect_items(parts));
  GS_TRY(const auto token,
         parts.enrolment.invite(name, parts.shops_url, parts.config.invitation_validity, renew));
  return Response::json(
      json::compact(boost::json::object{{"name", name},
                                        {"token", protocol::print_join_token(token)},
                                        {"expires_at", time_or_null(token.expires_unix_ms)}}),
      201);
}

asio::awaitable<Result<Response>> post_invitation(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] { return invite(parts, request); };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

/// By name, or by identity where a name was used again.
Result<ShopRow> find_shop(AdminApiParts& parts, const std::string& name) {
  if (const auto shop = parts.membership.shop_named(name)) return *shop;
  for (const ShopRow& shop : parts.membership.shops()) {
    if (shop.identity.hex() == name) return shop;
  }
  return Error{BaseErrc::not_found, "no shop named " + name};
}

Result<Response> end_shop(AdminApiParts& parts, const Request& request, bool leaves) {
  GS_TRY(const auto body, json::parse_object(as_text(request.body)));
  GS_TRY(const std::string name, json::text(body, "shop", 256));
  GS_TRY(const ShopRow shop, find_shop(parts, name));
  GS_CHECK(leaves ? parts.membership.remove(shop.identity, parts.rounds.next_epoch())
                  : parts.membership.revoke(shop.identity));
  parts.changes.notify();  // The shop may be waiting for an invitation.
  parts.log.info(leaves ? "shop.removed" : "shop.revoked",
                 {{"shop", shop.name}, {"identity", shop.identity}});
  return Response::json(json::compact(
      boost::json::object{{"name", shop.name},
                          {"identity", shop.identity.hex()},
                          {"signed", !parts.membership.roster().contains(shop.identity)}}));
}

/// POST /v1/shops/revocations
asio::awaitable<Result<Response>> post_revocation(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] {
    return end_shop(parts, request, false);
  };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

/// POST /v1/shops/removals
asio::awaitable<Result<Response>> post_removal(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] {
    return end_shop(parts, request, true);
  };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

// Registrar --------------------------------------------------------------------------------------

boost::json::object describe_standing(const RosterStanding& standing) {
  boost::json::array proposals;
  for (const auto& [proposal, created] : standing.proposals) {
    const bool joins = proposal.change == protocol::RosterChange::join;
    proposals.push_back(
        boost::json::object{{"name", proposal.name},
                            {"change", joins ? "join" : "leave"},
                            {"identity", proposal.participant.hex()},
                            {"fingerprint", protocol::fingerprint(proposal.participant)},
                            {"since", time_or_null(created)}});
  }
  return {{"embedded", standing.embedded},
          {"key", standing.registrar.hex()},
          {"fingerprint", protocol::fingerprint(standing.registrar)},
          {"sequence", standing.sequence},
          {"members", standing.members},
          {"head_expires_at", time_or_null(standing.head_expires_unix_ms)},
          {"proposals", std::move(proposals)}};
}

/// GET /v1/registrar
asio::awaitable<Result<Response>> get_registrar(AdminApiParts& parts, Request) {
  co_return Response::json(json::compact(describe_standing(parts.membership.standing())));
}

/// GET /v1/registrar/request: a SigningRequest.
asio::awaitable<Result<Response>> get_registrar_request(AdminApiParts& parts, Request) {
  const SigningRequest request{parts.membership.request(parts.rounds.next_epoch()),
                               parts.enrolment.registrar()};
  co_return Response::bytes(request.encode());
}

Result<Response> import_roster(AdminApiParts& parts, const Request& request) {
  GS_TRY(const auto answer, protocol::decode<protocol::RosterUpdate>(request.body));
  GS_TRY(const std::size_t entries, parts.membership.import(answer, parts.rounds.next_epoch()));
  auto document = describe_standing(parts.membership.standing());
  document["entries"] = entries;
  parts.log.info("registrar.imported", {{"entries", entries}});
  return Response::json(json::compact(document));
}

/// POST /v1/registrar/roster: the framed RosterUpdate that the registrar signed.
asio::awaitable<Result<Response>> post_roster(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] {
    return import_roster(parts, request);
  };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

}  // namespace

void add_member_routes(net::Router& router, const AdminGuard& guard) {
  RouteOptions options;
  options.body_limit_bytes = 16 * 1024;
  router.get("/v1/shops", options, guard(get_shops));
  router.get("/v1/registrar", options, guard(get_registrar));
  router.get("/v1/registrar/request", options, guard(get_registrar_request));
  options.content_type = "application/json";
  router.post("/v1/shops/invitations", options, guard(post_invitation));
  router.post("/v1/shops/revocations", options, guard(post_revocation));
  router.post("/v1/shops/removals", options, guard(post_removal));
  RouteOptions frames;
  frames.body_limit_bytes = protocol::frame_limit_bytes<protocol::RosterUpdate>();
  frames.content_type = "application/octet-stream";
  router.post("/v1/registrar/roster", frames, guard(post_roster));
}

}  // namespace guildsum::coordinator
