#include "participant/enrol.hpp"

#include <optional>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/net/error.hpp"
#include "participant/errors.hpp"
#include "participant/remote/coordinator_client.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

/// The request for this connection; `exporter` ties it to the TLS session.
Result<protocol::EnrolRequest> make_request(const protocol::JoinToken& token, const AgentKeys& keys,
                                            const net::TlsExporter& exporter) {
  protocol::EnrolRequest request;
  request.token_id = token.id;
  request.name = token.name;
  request.identity = keys.id();
  GS_TRY(request.csr, crypto::make_signing_request(keys.tls, token.name));
  request.proof = protocol::enrol_proof(token.secret, request.csr, request.identity, exporter);
  protocol::sign(request, token.federation, exporter, keys.identity);
  return request;
}

Result<net::ClientConfig> pinned_client(const protocol::JoinToken& token) {
  net::ClientConfig config;
  GS_TRY(config.url, net::Url::parse(token.url));
  if (!config.url.tls) return Error{ProtocolErrc::bad_join_token, "its address is not https"};
  net::Digest pin;
  std::ranges::copy(token.federation.view(), pin.begin());
  config.tls.root_pin = pin;
  return config;
}

/// Says what a failed handshake means for somebody who pasted a token.
Error explain(const Error& error) {
  if (error == net::NetErrc::certificate_untrusted) {
    return {ProtocolErrc::wrong_federation,
            "the server does not prove the root key that the token names; nothing was sent"};
  }
  if (error == net::NetErrc::certificate_expired) {
    return error.with_context("is this machine's clock right?");
  }
  return error;
}

struct Enrolled {
  protocol::EnrolReply reply;
  std::string root_pem;
  net::Url url;
};

/// Asks for the registrar's key before the coordinator learns of this shop: one that is enrolled
/// and then turns away stays behind as a member that waits to be signed in.
Result<> check_pin(net::HttpClient& client, const crypto::VerifyKey& pinned) {
  net::ClientRequest request{net::Method::get, "/v1/enrol"};
  request.same_connection = true;
  request.response_limit_bytes = crypto::VerifyKey::kSize;
  GS_TRY(const auto response, client.send(request));
  if (!response.ok()) return error_of_response(response);
  if (std::ranges::equal(response.body, pinned.view())) return {};
  Error error{ParticipantErrc::registrar_mismatch, "nothing was sent, and the token is still good"};
  if (response.body.size() != crypto::VerifyKey::kSize) return error;
  const crypto::VerifyKey shown{ByteView{response.body}.first<crypto::VerifyKey::kSize>()};
  return error.with_context(protocol::fingerprint(shown));
}

Result<Enrolled> exchange(const protocol::JoinToken& token, const AgentKeys& keys,
                          const std::optional<crypto::VerifyKey>& registrar) {
  GS_TRY(auto config, pinned_client(token));
  Enrolled out;
  out.url = config.url;
  net::HttpClient client{std::move(config)};
  // Connecting verifies the pin; nothing of ours has been sent until it holds.
  if (const auto connected = client.connect(); !connected) return explain(connected.error());
  if (registrar) GS_CHECK(check_pin(client, *registrar));
  GS_TRY(const auto exporter, client.tls_exporter());
  GS_TRY(const auto message, make_request(token, keys, exporter));
  net::ClientRequest request{net::Method::post, "/v1/enrol"};
  request.headers.add("Content-Type", "application/octet-stream");
  request.body = protocol::encode(message);
  request.same_connection = true;
  request.response_limit_bytes = protocol::frame_limit_bytes<protocol::EnrolReply>();
  GS_TRY(const auto response, client.send(request));
  if (!response.ok()) return error_of_response(response);
  GS_TRY(out.reply, protocol::decode<protocol::EnrolReply>(response.body));
  GS_TRY(out.root_pem, client.verified_root_pem());
  return out;
}

/// The roster of the reply must continue `roster` and name this shop. Before an external registrar
/// has signed it, the shop is not on it, and the first shops find no signed roster at all.
Result<> take_roster(const AgentPaths& paths, const Membership& membership, const AgentKeys& keys,
                     protocol::Roster roster, const protocol::RosterUpdate& update,
                     const Clock& clock) {
  const bool unsigned_yet = !membership.registrar_embedded && update.entries.empty() &&
                            update.head.expires_unix_ms == 0 && roster.sequence() == 0;
  if (unsigned_yet) return save_roster(paths, roster);
  GS_CHECK(roster.apply(update, clock.wall_now().time_since_epoch().count()));
  const auto name = roster.name_of(keys.id());
  const bool waits = !name && !membership.registrar_embedded;
  if (!waits && name != membership.name) {
    return Error{ProtocolErrc::unknown_sender, "the roster does not name this shop"};
  }
  return save_roster(paths, roster, update.head);
}

/// Checked here as well, so that an old token is explained without a connection.
Result<> check_expiry(const protocol::JoinToken& token, const Clock& clock) {
  const Clock::Wall expiry{std::chrono::milliseconds{token.expires_unix_ms}};
  if (clock.wall_now() < expiry) return {};
  return Error{ProtocolErrc::join_token_expired,
               "at " + to_rfc3339(expiry) + ", and this machine's clock says " +
                   to_rfc3339(clock.wall_now()) +
                   "; ask the operator for a new one, or correct the clock"};
}

/// What the coordinator and the registrar are was settled when the shop joined.
Result<> check_same(const Membership& membership, const protocol::EnrolReply& reply) {
  const bool same = reply.coordinator == membership.coordinator &&
                    reply.registrar == membership.registrar &&
                    reply.registrar_embedded == membership.registrar_embedded;
  if (same) return {};
  return Error{ProtocolErrc::wrong_federation, "it names other keys than when this shop joined"};
}

}  // namespace

Result<Membership> enrol(const AgentPaths& paths, std::string_view token_text, const Clock& clock,
                         Random& random, const std::optional<crypto::VerifyKey>& registrar) {
  GS_TRY(const auto token, protocol::parse_join_token(token_text));
  GS_CHECK(make_private_directory(paths.dir));
  std::error_code ignored;
  if (std::filesystem::exists(paths.federation(), ignored)) {
    GS_TRY(const Membership present, Membership::load(paths));
    return Error{ParticipantErrc::already_enrolled,
                 "as \"" + present.name + "\" at " + present.url.text()};
  }
  GS_CHECK(check_expiry(token, clock));
  GS_TRY(const AgentKeys keys, AgentKeys::load_or_make(paths, random));
  GS_TRY(auto enrolled, exchange(token, keys, registrar));

  Membership membership;
  membership.name = token.name;
  membership.url = enrolled.url;
  membership.federation = token.federation;
  membership.root_pem = std::move(enrolled.root_pem);
  membership.certificate_pem = std::move(enrolled.reply.certificate_pem);
  membership.coordinator = enrolled.reply.coordinator;
  membership.registrar = enrolled.reply.registrar;
  membership.registrar_embedded = enrolled.reply.registrar_embedded;
  membership.purpose = std::move(enrolled.reply.purpose);
  membership.catalogue = std::move(enrolled.reply.catalogue);
  GS_CHECK(membership.check_registrar(registrar));
  GS_CHECK(take_roster(paths, membership, keys,
                       protocol::Roster{membership.federation, membership.registrar},
                       enrolled.reply.roster, clock));
  GS_CHECK(membership.save(paths));
  return membership;
}

Result<Membership> renew(const AgentPaths& paths, std::string_view token_text, const Clock& clock) {
  GS_TRY(const auto token, protocol::parse_join_token(token_text));
  GS_TRY(Membership membership, Membership::load(paths));
  if (token.federation != membership.federation || token.name != membership.name) {
    return Error{ProtocolErrc::bad_join_token,
                 "it is not for \"" + membership.name + "\" at " + membership.url.text()};
  }
  GS_CHECK(check_expiry(token, clock));
  GS_TRY(const AgentKeys keys, AgentKeys::load(paths));
  GS_TRY(const auto enrolled, exchange(token, keys, {}));
  GS_CHECK(check_same(membership, enrolled.reply));
  GS_TRY(auto known, load_roster(paths, membership));
  GS_CHECK(take_roster(paths, membership, keys, std::move(known), enrolled.reply.roster, clock));
  membership.url = enrolled.url;
  membership.certificate_pem = enrolled.reply.certificate_pem;
  GS_CHECK(membership.save(paths));
  return membership;
}

}  // namespace guildsum::participant
