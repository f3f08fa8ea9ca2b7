#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/enrolment.hpp"

namespace guildsum::coordinator {

/// What a shop is told when it joins, beside its certificate.
struct EnrolmentTerms {
  std::string purpose;
  Bytes catalogue;  ///< the published item list as its one text
};

/// Join tokens and what they are redeemed for. Thread safe.
///
/// A token's secret is HMAC-SHA256(invitation key, "join-token" || id): the ledger holds only its
/// hash, and the proof over certificate request and TLS exporter can still be checked.
class Enrolment {
 public:
  struct Parts {
    Ledger& ledger;
    Membership& membership;
    const Keys& keys;
    const Clock& clock;
    Random& random;
    Log& log;
  };
  Enrolment(Parts parts, EnrolmentTerms terms) : parts_{parts}, terms_{std::move(terms)} {}

  /// A token for a new shop of this name; with `renew`, for a member whose certificate is to be
  /// replaced (same name, same identity key).
  /// @param url  the shops' listener, as shops reach it
  /// @return ProtocolErrc::name_taken, BaseErrc::not_found (renewing somebody unknown),
  ///   BaseErrc::invalid_argument for a name that is not 1 to 64 of [a-z0-9-].
  [[nodiscard]] Result<protocol::JoinToken> invite(std::string_view name, std::string url,
                                                   std::chrono::milliseconds validity, bool renew);

  /// Who signs the roster: what a shop compares with its owner's pin before it sends anything.
  [[nodiscard]] const crypto::VerifyKey& registrar() const noexcept {
    return parts_.keys.registrar.verify_key();
  }

  /// Redeems a token: certificate, roster entry and the token's use are one transaction. Repeating
  /// the same request of the same identity (a lost answer) returns the same certificate.
  /// @param exporter     keying material of the TLS connection that brought the request
  /// @param first_epoch  from which the shop takes part
  /// @return ProtocolErrc::bad_join_token, bad_proof, bad_signature, join_token_used,
  ///   join_token_expired, name_taken, roster_duplicate, malformed (the certificate request).
  [[nodiscard]] Result<protocol::EnrolReply> enrol(const protocol::EnrolRequest& request,
                                                   ByteView exporter, protocol::Epoch first_epoch);

 private:
  [[nodiscard]] protocol::JoinSecret secret_of(const InvitationId& id) const;
  [[nodiscard]] Result<> check(const protocol::EnrolRequest& request,
                               const InvitationRow& invitation, ByteView exporter) const;
  [[nodiscard]] Result<ShopRow> certify(const protocol::EnrolRequest& request) const;
  [[nodiscard]] protocol::EnrolReply reply(const std::string& certificate_pem) const;
  [[nodiscard]] std::int64_t now() const noexcept;

  Parts parts_;
  EnrolmentTerms terms_;
};

}  // namespace guildsum::coordinator
