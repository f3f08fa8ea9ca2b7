#include <boost/test/unit_test.hpp>

#include "crypto/hmac.hpp"
#include "protocol/enrolment.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;

JoinToken sample_token() {
  JoinToken token{.url = "https://coordinator.example:8443",
                  .federation = sample<FederationId>(1),
                  .name = "corner-shop",
                  .id = {},
                  .secret = JoinSecret{sample<Digest>(2).view()},
                  .expires_unix_ms = 1'800'000'000'000};
  token.id.fill(std::byte{7});
  return token;
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

BOOST_AUTO_TEST_SUITE(join_token_test)

BOOST_AUTO_TEST_CASE(a_printed_token_reads_back) {
  const JoinToken token = sample_token();
  const std::string text = print_join_token(token);
  BOOST_TEST(text.starts_with("gs1."));
  const auto read = parse_join_token(text);
  GS_REQUIRE_OK(read);
  BOOST_TEST(read->url == token.url);
  BOOST_TEST(read->federation.hex() == token.federation.hex());
  BOOST_TEST(read->name == token.name);
  BOOST_TEST((read->id == token.id));
  BOOST_TEST(to_hex(read->secret.expose()) == to_hex(token.secret.expose()));
  BOOST_TEST(read->expires_unix_ms == token.expires_unix_ms);
}

BOOST_AUTO_TEST_CASE(every_changed_character_is_noticed) {
  const std::string text = print_join_token(sample_token());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = kAlphabet[(kAlphabet.find(text[i]) + 1) % kAlphabet.size()];
    GS_CHECK_REFUSED(parse_join_token(changed), ProtocolErrc::bad_join_token);
  }
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_addition_is_noticed) {
  const std::string text = print_join_token(sample_token());
  for (std::size_t size = 0; size < text.size(); ++size) {
    GS_CHECK_REFUSED(parse_join_token(std::string_view{text}.substr(0, size)),
                     ProtocolErrc::bad_join_token);
  }
  for (const auto* suffix : {"A", "AAAA", "\n", " ", "="}) {
    GS_CHECK_REFUSED(parse_join_token(text + suffix), ProtocolErrc::bad_join_token);
  }
  GS_CHECK_REFUSED(parse_join_token("gs1." + std::string(100'000, 'A')),
                   ProtocolErrc::bad_join_token);
}

BOOST_AUTO_TEST_CASE(the_refusal_says_what_is_wrong_but_not_the_secret) {
  const auto reason = [](std::string_view text) { return parse_join_token(text).error().detail(); };
  BOOST_TEST(reason("hello") == "it does not start with \"gs1.\"");
  BOOST_TEST(reason("gs1.AAAA") == "it was cut");
  const std::string text = print_join_token(sample_token());
  BOOST_TEST(reason(text.substr(0, text.size() - 4)) ==
             "its checksum does not match: it was cut or mistyped");
}

BOOST_AUTO_TEST_CASE(only_https_addresses_are_taken) {
  for (const auto* url :
       {"http://coordinator.example", "coordinator.example", "", "https://a b", "https://a\nb"}) {
    JoinToken token = sample_token();
    token.url = url;
    GS_CHECK_REFUSED(parse_join_token(print_join_token(token)), ProtocolErrc::bad_join_token);
  }
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_is_refused) {
  JoinToken token = sample_token();
  token.name = "Corner Shop";
  GS_CHECK_REFUSED(parse_join_token(print_join_token(token)), ProtocolErrc::bad_join_token);
}

BOOST_AUTO_TEST_CASE(an_expired_token_can_still_be_read) {
  JoinToken token = sample_token();
  token.expires_unix_ms = 1;
  GS_REQUIRE_OK(parse_join_token(print_join_token(token)));
}

BOOST_AUTO_TEST_CASE(the_enrolment_proof_binds_token_request_identity_and_connection) {
  const JoinSecret secret{sample<Digest>(1).view()};
  const JoinSecret other_secret{sample<Digest>(2).view()};
  const Bytes csr = test::sample_bytes(3, 100);
  const auto identity = sample<ParticipantId>(4);
  const Bytes exporter = test::sample_bytes(5, kExporterBytes);
  const auto proof = enrol_proof(secret, csr, identity, exporter);

  Bytes message = to_bytes("enrol");
  append(message, csr);
  append(message, identity.view());
  append(message, exporter);
  BOOST_TEST(proof.hex() == crypto::hmac_sha256(secret.expose(), message).hex());

  const Digest others[] = {
      enrol_proof(other_secret, csr, identity, exporter),
      enrol_proof(secret, test::sample_bytes(9, 100), identity, exporter),
      enrol_proof(secret, csr, sample<ParticipantId>(9), exporter),
      enrol_proof(secret, csr, identity, test::sample_bytes(9, kExporterBytes))};
  for (const Digest& other : others) BOOST_TEST(other.hex() != proof.hex());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
