#include "protocol/problem.hpp"

#include <set>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "crypto/errors.hpp"
#include "protocol/errors.hpp"

namespace guildsum::protocol {
namespace {

constexpr int kLastErrc = static_cast<int>(ProtocolErrc::model_not_reproduced);

}  // namespace

BOOST_AUTO_TEST_SUITE(problem_test)

BOOST_AUTO_TEST_CASE(what_a_peer_learns_holds_no_detail) {
  const std::string secret = "/var/lib/guildsum/ledger.sqlite: disk I/O error";
  const Error errors[] = {
      {ProtocolErrc::bad_signature, secret},
      {BaseErrc::io_failed, secret},
      {BaseErrc::corrupt, secret},
      {crypto::CryptoErrc::invalid_share, secret},
      {boost::system::errc::make_error_code(boost::system::errc::io_error), secret}};
  for (const Error& error : errors) {
    BOOST_TEST(print_problem(problem_of(error)).find("guildsum/ledger") == std::string::npos);
    BOOST_TEST(print_problem(problem_of(error)).find("disk") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(every_protocol_error_is_the_callers_fault_and_keeps_its_code) {
  for (int value = 1; value <= kLastErrc; ++value) {
    const auto errc = static_cast<ProtocolErrc>(value);
    const Problem problem = problem_of(errc);
    BOOST_TEST(problem.status >= 400U);
    BOOST_TEST(problem.status < 500U);
    BOOST_TEST(problem.code == code_of(errc));
    BOOST_TEST(!problem.title.empty());
  }
}

BOOST_AUTO_TEST_CASE(statuses_that_clients_branch_on_are_fixed) {
  BOOST_TEST(problem_of(ProtocolErrc::malformed).status == 400U);
  BOOST_TEST(problem_of(ProtocolErrc::too_large).status == 413U);
  BOOST_TEST(problem_of(ProtocolErrc::bad_join_token).status == 401U);
  BOOST_TEST(problem_of(ProtocolErrc::join_token_used).status == 401U);
  BOOST_TEST(problem_of(ProtocolErrc::unknown_sender).status == 403U);
  BOOST_TEST(problem_of(ProtocolErrc::not_published).status == 404U);
  BOOST_TEST(problem_of(ProtocolErrc::conflicting_message).status == 409U);
  BOOST_TEST(problem_of(ProtocolErrc::round_over).status == 410U);
  BOOST_TEST(problem_of(ProtocolErrc::chunk_mismatch).status == 422U);
  BOOST_TEST(problem_of(BaseErrc::not_found).status == 404U);
  BOOST_TEST(problem_of(BaseErrc::no_space).status == 507U);
}

BOOST_AUTO_TEST_CASE(an_unforeseen_error_is_internal) {
  const Problem problem =
      problem_of(boost::system::errc::make_error_code(boost::system::errc::bad_address));
  BOOST_TEST(problem.status == 500U);
  BOOST_TEST(problem.code == "internal");
  BOOST_TEST(problem_of(BaseErrc::corrupt).code == "internal");
}

BOOST_AUTO_TEST_CASE(the_document_is_a_problem_of_rfc_9457) {
  const auto document = boost::json::parse(print_problem(problem_of(ProtocolErrc::wrong_phase)));
  BOOST_TEST(document.at("type").as_string() == "urn:guildsum:problem:wrong-phase");
  BOOST_TEST(document.at("title").as_string() == "the round does not take this message now");
  BOOST_TEST(document.at("status").as_int64() == 409);
  BOOST_TEST(document.at("code").as_string() == "wrong-phase");
}

BOOST_AUTO_TEST_CASE(a_client_gets_the_code_back) {
  for (int value = 1; value <= kLastErrc; ++value) {
    const auto errc = static_cast<ProtocolErrc>(value);
    const Problem problem = problem_of(errc);
    BOOST_TEST((error_of_problem(problem.status, print_problem(problem)) == errc));
  }
  const Problem missing = problem_of(BaseErrc::not_found);
  BOOST_TEST((error_of_problem(404, print_problem(missing)) == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_problem_document_is_malformed) {
  for (const std::string& document :
       {std::string{}, std::string{"<html>"}, std::string{"[]"}, std::string{"{}"},
        std::string{R"({"code":5})"}, std::string{R"({"code":"no-such-code"})"},
        std::string(100'000, '['), std::string(100'000, ' ')}) {
    const Error error = error_of_problem(502, document);
    BOOST_TEST((error == BaseErrc::malformed));
    BOOST_TEST(error.detail().find("502") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_peers_words_cannot_drive_the_terminal) {
  const Error error =
      error_of_problem(409, R"({"code":"wrong-phase","title":"\u001b[2J\nforged line )" +
                                std::string(1000, 'x') + R"("})");
  BOOST_TEST((error == ProtocolErrc::wrong_phase));
  BOOST_TEST(error.detail().find('\x1b') == std::string::npos);
  BOOST_TEST(error.detail().find('\n') == std::string::npos);
  BOOST_TEST(error.detail().size() < 300U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
