#include "coordinator/http/answers.hpp"

#include "base/errors.hpp"
#include "base/memory_log.hpp"
#include "models/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/problem.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using std::chrono::milliseconds;

namespace {

net::Request request_of(std::string path) {
  net::Request request;
  request.path = std::move(path);
  request.remote_address = "192.0.2.1:4711";
  return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answers_test)

BOOST_AUTO_TEST_CASE(a_peer_learns_the_code_and_the_log_the_detail) {
  MemoryLog log;
  const Error error{ProtocolErrc::bad_signature, "of shop deadbeef in /var/lib"};
  const auto response = problem_answer(error, request_of("/v1/rounds/1/shares"), log);
  BOOST_TEST(response.status >= 400);
  BOOST_TEST(response.problem_code() == protocol::code_of(ProtocolErrc::bad_signature));
  BOOST_TEST(as_text(response.body).find("deadbeef") == std::string_view::npos);
  BOOST_TEST(response.headers.find("Content-Type").value() == protocol::kProblemContentType);
  const auto record = log.last("request.refused");
  BOOST_TEST(record.fields.at("reason").find("deadbeef") != std::string::npos);
  BOOST_TEST(record.fields.at("path") == "/v1/rounds/1/shares");
  BOOST_TEST((record.level == LogLevel::info));
}

BOOST_AUTO_TEST_CASE(the_operator_learns_the_detail_too) {
  MemoryLog log;
  const Error error{models::ModelsErrc::bad_plan, "factors: 1 to 1024"};
  const auto response = explained_problem(error, request_of("/v1/tasks"), log);
  BOOST_TEST(response.status == 400);
  BOOST_TEST(response.problem_code() == "bad-plan");
  BOOST_TEST(response.problem_detail() == "factors: 1 to 1024");
  const auto bare = explained_problem(BaseErrc::not_found, request_of("/v1/x"), log);
  BOOST_TEST(!bare.problem_detail().empty());
}

BOOST_AUTO_TEST_CASE(troubles_of_the_coordinator_ask_to_come_again) {
  MemoryLog log;
  for (const BaseErrc code : {BaseErrc::busy, BaseErrc::interrupted}) {
    const auto response = problem_answer(code, request_of("/"), log);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(response.headers.find("Retry-After").has_value());
    BOOST_TEST((log.last("request.refused").level == LogLevel::warn));
  }
  // A shop's input stays in its spool while the coordinator's disk is full: nothing is final.
  for (const BaseErrc code : {BaseErrc::no_space, BaseErrc::io_failed}) {
    BOOST_TEST(problem_answer(code, request_of("/"), log).status >= 500);
  }
}

BOOST_AUTO_TEST_CASE(waits_are_read_and_bounded) {
  net::Request request = request_of("/");
  BOOST_TEST(poll_wait(request).value().count() == 0);
  request.query["wait_ms"] = "1500";
  BOOST_TEST(poll_wait(request).value().count() == 1500);
  request.query["wait_ms"] = "99999999";
  BOOST_TEST((poll_wait(request).value() == kPollWaitMax));
  for (const char* text : {"", "-1", "1.5", "soon", "99999999999999999999"}) {
    request.query["wait_ms"] = text;
    BOOST_TEST(poll_wait(request).has_error(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
