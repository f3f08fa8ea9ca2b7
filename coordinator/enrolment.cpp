#include "coordinator/enrolment.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "crypto/hmac.hpp"
#include "crypto/sha256.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;

namespace {

bool is_shop_name(std::string_view name) {
  return !name.empty() && name.size() <= protocol::kNameBytesMax &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// Used by this identity for this very request.
bool is_repeat(const InvitationRow& invitation, const protocol::EnrolRequest& request) {
  return invitation.used_by == request.identity &&
         invitation.request == crypto::sha256(request.csr);
}

std::string name_detail(std::string_view name) {
  return "{\"name\":\"" + std::string{name} + "\"}";
}

}  // namespace

std::int64_t Enrolment::now() const noexcept {
  return parts_.clock.wall_now().time_since_epoch().count();
}

protocol::JoinSecret Enrolment::secret_of(const InvitationId& id) const {
  Bytes message = to_bytes("join-token");
  append(message, id.view());
  const Digest derived = crypto::hmac_sha256(parts_.keys.invitation.expose(), message);
  return protocol::JoinSecret{derived.view()};
}

Result<protocol::JoinToken> Enrolment::invite(std::string_view name, std::string url,
                                              std::chrono::milliseconds validity, bool renew) {
  if (!is_shop_name(name)) {
    return Error{BaseErrc::invalid_argument,
                 "a shop's name is 1 to 64 of a-z, 0-9 and '-', not \"" + std::string{name} + "\""};
  }
  const auto present = parts_.membership.shop_named(name);
  const bool known = present && present->status != ShopStatus::left;
  if (known && !renew) return Error{ProtocolErrc::name_taken, std::string{name}};
  if (!known && renew) return Error{BaseErrc::not_found, "no shop named " + std::string{name}};

  InvitationRow row;
  parts_.random.fill(row.id.mutable_view());
  row.name = name;
  row.created_unix_ms = now();
  row.expires_unix_ms = row.created_unix_ms + validity.count();
  auto secret = secret_of(row.id);
  row.secret_digest = crypto::sha256(secret.expose());
  GS_CHECK(parts_.ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_invitation(row));
    return rows.append_audit(row.created_unix_ms, "operator", "shop.invited", name_detail(name));
  }));
  parts_.log.info("shop.invited", {{"shop", name}, {"invitation", row.id}});

  std::array<std::byte, 16> id{};
  std::ranges::copy(row.id.view(), id.begin());
  return protocol::JoinToken{.url = std::move(url),
                             .federation = parts_.keys.federation(),
                             .name = row.name,
                             .id = id,
                             .secret = std::move(secret),
                             .expires_unix_ms = row.expires_unix_ms};
}

Result<> Enrolment::check(const protocol::EnrolRequest& request, const InvitationRow& invitation,
                          ByteView exporter) const {
  const auto secret = secret_of(invitation.id);
  if (crypto::sha256(secret.expose()) != invitation.secret_digest) {
    return Error{ProtocolErrc::bad_join_token, "made under another invitation key"};
  }
  const Digest expected = protocol::enrol_proof(secret, request.csr, request.identity, exporter);
  if (!crypto::equal_in_constant_time(expected.view(), request.proof.view())) {
    return ProtocolErrc::bad_proof;
  }
  // Only the holder of the secret gets this far and learns what became of the token.
  GS_CHECK(crypto::check_verify_key(protocol::verify_key(request.identity)));
  GS_CHECK(protocol::verify(request, parts_.keys.federation(), exporter));
  if (request.name != invitation.name) {
    return Error{ProtocolErrc::bad_join_token, "issued for " + invitation.name};
  }
  if (invitation.used_by && !is_repeat(invitation, request)) return ProtocolErrc::join_token_used;
  if (!invitation.used_by && now() > invitation.expires_unix_ms) {
    return ProtocolErrc::join_token_expired;
  }
  return {};
}

Result<ShopRow> Enrolment::certify(const protocol::EnrolRequest& request) const {
  const auto certificate = parts_.keys.authority.issue_client(
      request.csr, request.name, request.identity.view(), parts_.clock.wall_now(), parts_.random);
  if (certificate.has_error()) return certificate.error();
  ShopRow shop;
  shop.identity = request.identity;
  shop.name = request.name;
  shop.certificate_pem = certificate->to_pem() + parts_.keys.authority.root().to_pem();
  shop.certificate = certificate->sha256();
  shop.certificate_expires_unix_ms = certificate->not_after().time_since_epoch().count();
  shop.joined_unix_ms = now();
  shop.last_seen_unix_ms = shop.joined_unix_ms;
  return shop;
}

protocol::EnrolReply Enrolment::reply(const std::string& certificate_pem) const {
  protocol::EnrolReply reply;
  reply.certificate_pem = certificate_pem;
  reply.coordinator = parts_.keys.coordinator.verify_key();
  reply.registrar = parts_.keys.registrar.verify_key();
  reply.registrar_embedded = parts_.keys.registrar.is_embedded();
  reply.roster = parts_.membership.update_after(0);
  reply.purpose = terms_.purpose;
  reply.catalogue = terms_.catalogue;
  return reply;
}

Result<protocol::EnrolReply> Enrolment::enrol(const protocol::EnrolRequest& request,
                                              ByteView exporter, protocol::Epoch first_epoch) {
  const InvitationId id{request.token_id};
  GS_TRY(const auto invitation,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.invitation(id); }));
  if (!invitation) return Error{ProtocolErrc::bad_join_token, "unknown token"};
  GS_CHECK(check(request, *invitation, exporter));
  if (invitation->used_by) {
    GS_TRY(const auto shop, read_from(parts_.ledger, [&](LedgerReader& rows) {
             return rows.shop(request.identity);
           }));
    if (!shop) return Error{BaseErrc::corrupt, "a used invitation without its shop"};
    return reply(shop->certificate_pem);
  }
  GS_TRY(ShopRow shop, certify(request));
  const std::string certificate_pem = shop.certificate_pem;
  auto admitted =
      parts_.membership.admit(std::move(shop), first_epoch, [&](LedgerWriter& rows) -> Result<> {
        auto used = rows.use_invitation(id, request.identity, crypto::sha256(request.csr));
        if (used.has_error() && used.error() == BaseErrc::already_exists) {
          return ProtocolErrc::join_token_used;
        }
        GS_CHECK(used);
        return rows.append_audit(now(), request.name, "shop.enrolled", name_detail(request.name));
      });
  GS_CHECK(admitted);
  parts_.log.info("shop.enrolled", {{"shop", request.name}, {"identity", request.identity}});
  return reply(certificate_pem);
}

}  // namespace guildsum::coordinator
