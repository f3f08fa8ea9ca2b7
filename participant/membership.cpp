#include "participant/membership.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "crypto/key_file.hpp"
#include "participant/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

Error not_enrolled(const AgentPaths& paths) {
  return {ParticipantErrc::not_enrolled,
          paths.dir.string() + " (join with: guildsum-participant join TOKEN)"};
}

Result<crypto::Signer> load_identity(const std::filesystem::path& path) {
  GS_TRY(const SecretText text, crypto::read_key_file(path));
  auto bytes = from_hex(text.expose());
  if (!bytes || bytes->size() != crypto::SigningKey::kSize) {
    return Error{BaseErrc::corrupt, path.string() + " is no key of 64 hexadecimal digits"};
  }
  const crypto::SigningKey key{ByteView{*bytes}.first<crypto::SigningKey::kSize>()};
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return crypto::Signer{key};
}

template <class Fixed>
Result<Fixed> fixed_at(const boost::json::object& object, std::string_view key) {
  GS_TRY(const std::string text, json::text(object, key));
  return Fixed::from_hex(text);
}

}  // namespace

Result<AgentKeys> AgentKeys::load_or_make(const AgentPaths& paths, Random& random) {
  GS_CHECK(make_private_directory(paths.keys()));
  if (!is_there(paths.identity_key())) {
    const crypto::SigningKey key = crypto::generate_signing_key(random);
    GS_CHECK(crypto::write_key_file(paths.identity_key(), SecretText{to_hex(key.expose())}));
  }
  if (!is_there(paths.tls_key())) {
    GS_TRY(const auto key, crypto::TlsKey::generate_ed25519());
    GS_TRY(const auto pem, key.to_pem());
    GS_CHECK(crypto::write_key_file(paths.tls_key(), pem));
  }
  return load(paths);
}

Result<AgentKeys> AgentKeys::load(const AgentPaths& paths) {
  if (!is_there(paths.identity_key()) || !is_there(paths.tls_key())) return not_enrolled(paths);
  GS_TRY(auto identity, load_identity(paths.identity_key()));
  GS_TRY(const auto pem, crypto::read_key_file(paths.tls_key()));
  GS_TRY(auto tls, crypto::TlsKey::parse_pem(pem));
  return AgentKeys{std::move(identity), std::move(tls)};
}

Result<> Membership::save(const AgentPaths& paths) const {
  protocol::EnrolReply reply;
  reply.certificate_pem = certificate_pem;
  reply.coordinator = coordinator;
  reply.registrar = registrar;
  reply.registrar_embedded = registrar_embedded;
  reply.purpose = purpose;
  reply.catalogue = catalogue;
  GS_CHECK(write_file_atomically(paths.enrolment(), protocol::encode(reply)));
  // The second file goes last: an agent is enrolled when it exists.
  const boost::json::object document{{"name", name},
                                     {"url", url.text()},
                                     {"federation", federation.hex()},
                                     {"root_certificate", root_pem}};
  return write_file_atomically(paths.federation(), as_bytes(json::pretty(document)));
}

Result<Membership> Membership::load(const AgentPaths& paths) {
  if (!is_there(paths.federation())) return not_enrolled(paths);
  GS_TRY(const std::string text, read_text_file(paths.federation(), kTextBytesMax));
  GS_TRY(const auto document, json::parse_object(text));
  Membership out;
  GS_TRY(out.name, json::text(document, "name"));
  GS_TRY(const std::string url, json::text(document, "url"));
  GS_TRY(out.url, net::Url::parse(url));
  GS_TRY(out.federation, fixed_at<protocol::FederationId>(document, "federation"));
  GS_TRY(out.root_pem, json::text(document, "root_certificate"));
  GS_TRY(const Bytes frame, read_file(paths.enrolment(), protocol::kMessageBytesMax));
  GS_TRY(auto reply, protocol::decode<protocol::EnrolReply>(frame));
  out.certificate_pem = std::move(reply.certificate_pem);
  out.coordinator = reply.coordinator;
  out.registrar = reply.registrar;
  out.registrar_embedded = reply.registrar_embedded;
  out.purpose = std::move(reply.purpose);
  out.catalogue = std::move(reply.catalogue);
  return out;
}

Result<> Membership::check_registrar(const std::optional<crypto::VerifyKey>& pinned) const {
  if (!pinned) return {};
  if (registrar_embedded) {
    return Error{ParticipantErrc::registrar_mismatch, "the coordinator signs the roster itself"};
  }
  if (*pinned == registrar) return {};
  return Error{ParticipantErrc::registrar_mismatch, protocol::fingerprint(registrar)};
}

Result<models::Vocabulary> Membership::vocabulary() const {
  if (has_private_vocabulary()) return models::Vocabulary{};
  return models::Vocabulary::parse_csv(as_text(catalogue), "the published item list");
}

Result<net::ClientConfig> Membership::client_config(const AgentKeys& keys) const {
  net::ClientConfig config;
  config.url = url;
  net::Digest pin;
  std::ranges::copy(federation.view(), pin.begin());
  config.tls.root_pin = pin;
  config.tls.certificate_pem = certificate_pem;
  GS_TRY(config.tls.private_key_pem, keys.tls.to_pem());
  return config;
}

Result<protocol::Roster> load_roster(const AgentPaths& paths, const Membership& membership) {
  protocol::Roster roster{membership.federation, membership.registrar};
  if (!is_there(paths.roster())) return roster;
  GS_TRY(const Bytes frame, read_file(paths.roster(), protocol::kMessageBytesMax));
  GS_TRY(const auto update, protocol::decode<protocol::RosterUpdate>(frame));
  for (const auto& entry : update.entries) GS_CHECK(roster.append(entry));
  return roster;
}

Result<std::int64_t> roster_expiry(const AgentPaths& paths, const Membership& membership,
                                   const protocol::Roster& roster) {
  if (!is_there(paths.roster())) return 0;
  GS_TRY(const Bytes frame, read_file(paths.roster(), protocol::kMessageBytesMax));
  GS_TRY(const auto update, protocol::decode<protocol::RosterUpdate>(frame));
  const protocol::RosterHead& head = update.head;
  const bool good =
      head.sequence == roster.sequence() && head.head == roster.head() &&
      protocol::verify(head, membership.federation, membership.registrar).has_value();
  return good ? head.expires_unix_ms : 0;
}

Result<> save_roster(const AgentPaths& paths, const protocol::Roster& roster,
                     const protocol::RosterHead& head) {
  protocol::RosterUpdate update;
  update.entries = roster.entries();
  update.head = head;
  return write_file_atomically(paths.roster(), protocol::encode(update));
}

}  // namespace guildsum::participant
