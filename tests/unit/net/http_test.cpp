#include "base/net/http.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::net;

BOOST_AUTO_TEST_SUITE(http_test)

BOOST_AUTO_TEST_CASE(header_names_compare_without_case) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("content-type", "text/html");

  BOOST_TEST(headers.find("CONTENT-TYPE").value() == "text/plain");
  BOOST_TEST(headers.count("Content-type") == 2U);
  headers.set("CONTENT-type", "a/b");
  BOOST_TEST(headers.count("content-type") == 1U);
  BOOST_TEST(!headers.find("Content-Typ").has_value());
}

BOOST_AUTO_TEST_CASE(path_numbers_have_one_spelling) {
  Request request;
  request.parameters["round"] = "18446744073709551615";
  BOOST_TEST(request.path_number("round").value() == 18446744073709551615U);

  for (const char* bad : {"", "-1", "+1", "01", "1 ", "0x1", "18446744073709551616", "1.0"}) {
    request.parameters["round"] = bad;
    BOOST_TEST((request.path_number("round").error() == BaseErrc::malformed));
  }
  BOOST_TEST((request.path_number("none").error() == BaseErrc::malformed));
}

BOOST_AUTO_TEST_CASE(an_absent_query_number_is_the_fallback_and_a_bad_one_is_not) {
  Request request;
  request.query["wait_ms"] = "250";
  request.query["after"] = "x";

  BOOST_TEST(request.query_number("wait_ms", 1).value() == 250U);
  BOOST_TEST(request.query_number("length", 7).value() == 7U);
  BOOST_TEST((request.query_number("after", 7).error() == BaseErrc::malformed));
  BOOST_TEST(request.query_text("none").empty());
}

BOOST_AUTO_TEST_CASE(a_problem_document_tells_its_code_and_detail) {
  const auto problem = Response::problem(409, "round_closed", "the \"round\" has ended");

  BOOST_TEST(problem.status == 409);
  BOOST_TEST(problem.headers.find("Content-Type").value() == "application/problem+json");
  BOOST_TEST(problem.problem_code() == "round_closed");
  BOOST_TEST(problem.problem_detail() == "the \"round\" has ended");
  BOOST_TEST(Response::problem(404, "not_found").problem_detail() == "Not Found");
}

BOOST_AUTO_TEST_CASE(another_body_is_no_problem_document) {
  BOOST_TEST(Response::json(R"({"code":"x"})").problem_code().empty());
  auto broken = Response::problem(400, "x");
  broken.body.resize(3);
  BOOST_TEST(broken.problem_code().empty());
}

BOOST_AUTO_TEST_SUITE_END()
