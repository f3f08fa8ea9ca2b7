#include "protocol/signature_checks.hpp"

#include <optional>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "protocol/signing.hpp"

namespace guildsum::protocol {

namespace {

/// Says the same to everybody.
struct FixedAnswer final : SignatureChecks {
  explicit FixedAnswer(bool says) : answer{says} {}
  bool verify(const crypto::VerifyKey&, ByteView, const crypto::Signature&) override {
    ++asked;
    return answer;
  }
  bool answer;
  int asked = 0;
};

struct SignedVote {
  SignedVote() {
    vote.sender = identity_of(signer.verify_key());
    sign(vote, federation, signer);
    spoilt = vote;
    spoilt.accept = !vote.accept;
  }
  SeededRandom random{1};
  crypto::Signer signer{crypto::generate_signing_key(random)};
  FederationId federation;
  Vote vote;
  Vote spoilt;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_checks_test)

BOOST_FIXTURE_TEST_CASE(without_a_scope_every_signature_is_checked, SignedVote) {
  BOOST_TEST(verify(vote, federation).has_value());
  BOOST_TEST(!verify(spoilt, federation).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_scope_answers_for_its_thread_until_it_ends, SignedVote) {
  FixedAnswer yes{true};
  {
    const SignatureChecksScope scope{yes};
    BOOST_TEST(verify(spoilt, federation).has_value());
    std::optional<bool> elsewhere;
    std::thread{[&] { elsewhere = verify(spoilt, federation).has_value(); }}.join();
    BOOST_TEST(!*elsewhere);
  }
  BOOST_TEST(yes.asked == 1);
  BOOST_TEST(!verify(spoilt, federation).has_value());
}

BOOST_FIXTURE_TEST_CASE(scopes_nest, SignedVote) {
  FixedAnswer yes{true};
  FixedAnswer no{false};
  const SignatureChecksScope outer{yes};
  {
    const SignatureChecksScope inner{no};
    BOOST_TEST(!verify(vote, federation).has_value());
  }
  BOOST_TEST(verify(spoilt, federation).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
