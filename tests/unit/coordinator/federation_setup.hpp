#pragma once

#include <algorithm>
#include <chrono>

#include "base/memory_log.hpp"
#include "coordinator/enrolment.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/registrar.hpp"
#include "protocol/signing.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

namespace guildsum::coordinator::testing {

/// A shop before it joins: its keys and what it sends.
struct Applicant {
  explicit Applicant(std::uint64_t seed)
      : signer{protocol::test::sample_signer(seed)},
        tls{crypto::TlsKey::generate_ed25519().value()},
        exporter{sample_bytes(seed + 500, protocol::kExporterBytes)} {}

  crypto::Signer signer;
  crypto::TlsKey tls;
  Bytes exporter;

  [[nodiscard]] ParticipantId id() const { return protocol::identity_of(signer.verify_key()); }
  [[nodiscard]] protocol::EnrolRequest request(const protocol::JoinToken& token) const {
    protocol::EnrolRequest request;
    request.token_id = token.id;
    request.name = token.name;
    request.identity = id();
    request.csr = crypto::make_signing_request(tls, token.name).value();
    seal(request, token);
    return request;
  }
  /// Proof and signature over what the request holds now.
  void seal(protocol::EnrolRequest& request, const protocol::JoinToken& token) const {
    request.proof = protocol::enrol_proof(token.secret, request.csr, request.identity, exporter);
    protocol::sign(request, token.federation, exporter, signer);
  }
};

/// Keys, ledger, roster and enrolment of a new federation.
struct FederationSetup : LedgerSetup {
  FederationSetup() {
    GS_REQUIRE_DONE(create_missing_keys(files(), "guild", clock.wall_now(), random));
    keys.emplace(load_keys(files()).value());
    open_membership();
  }
  [[nodiscard]] DataDirectory files() const { return {dir.path()}; }
  void open_membership() {
    membership = Membership::open(*ledger, keys->registrar, clock, {keys->federation()}).value();
    enrolment.emplace(Enrolment::Parts{*ledger, *membership, *keys, clock, random, log},
                      EnrolmentTerms{"purpose", to_bytes("item_id,title\n")});
  }
  /// What a restart of the coordinator does.
  void restart() {
    enrolment.reset();
    membership.reset();
    reopen();
    open_membership();
  }

  [[nodiscard]] Result<protocol::JoinToken> invite(std::string_view name, bool renew = false) {
    return enrolment->invite(name, "https://127.0.0.1:8443", std::chrono::hours{1}, renew);
  }
  Result<protocol::EnrolReply> enrol(const Applicant& shop, const protocol::JoinToken& token) {
    return enrolment->enrol(shop.request(token), shop.exporter, protocol::Epoch{1});
  }
  /// Invites and enrols.
  protocol::EnrolReply join(const Applicant& shop, std::string_view name) {
    const auto token = invite(name).value();
    return enrol(shop, token).value();
  }
  /// The connection of a shop that presents the first certificate of `pem`.
  [[nodiscard]] static net::PeerIdentity peer(const std::string& pem) {
    const auto certificate = crypto::Certificate::parse_pem(pem).value();
    net::PeerIdentity peer;
    peer.uris = certificate.uris();
    std::ranges::copy(certificate.sha256().view(), peer.certificate_sha256.begin());
    return peer;
  }

  SeededRandom random{42};
  MemoryLog log;
  std::optional<Keys> keys;
  std::unique_ptr<Membership> membership;
  std::optional<Enrolment> enrolment;
};

/// The same with a registrar that is not the coordinator.
struct ExternalSetup : FederationSetup {
  ExternalSetup() {
    GS_REQUIRE_DONE(Registrar::create(registrar_files(), random));
    registrar.emplace(Registrar::open(registrar_files()).value());
    GS_REQUIRE_DONE(registrar->bind(keys->federation()));
    keys->registrar = RegistrarKey{registrar->verify_key()};
    restart();
  }
  [[nodiscard]] RegistrarDirectory registrar_files() const { return {dir / "registrar"}; }
  [[nodiscard]] std::int64_t now() const { return clock.wall_now().time_since_epoch().count(); }
  /// Request, signature over everything for 30 days, import.
  Result<std::size_t> ceremony() {
    const auto request = membership->request(protocol::Epoch{1});
    GS_TRY(const auto changes, registrar->open_proposals(request));
    GS_TRY(const auto answer, registrar->sign(changes, request.epoch,
                                              now() + std::int64_t{30} * 24 * 3600 * 1000));
    return membership->import(answer, protocol::Epoch{1});
  }

  std::optional<Registrar> registrar;
};

}  // namespace guildsum::coordinator::testing
