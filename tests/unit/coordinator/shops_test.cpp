// `shop invite` and `shop list`.
#include "application_setup.hpp"
#include "protocol/enrolment.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

BOOST_AUTO_TEST_SUITE(shops_test)

BOOST_AUTO_TEST_CASE(an_invitation_is_one_line_to_run_at_the_shop) {
  ApplicationSetup setup;
  setup.serve();
  const auto run = setup.here({"shop", "invite", "corner"});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST(run.out.starts_with("guildsum-participant join gs1."));
  BOOST_TEST(run.out.find('\n') == run.out.size() - 1);
  BOOST_TEST(run.err.find("works once") != std::string::npos);
  const auto json = setup.here({"shop", "invite", "baker", "--format", "json"});
  const auto answer = boost::json::parse(json.out).as_object();
  const auto token = protocol::parse_join_token(answer.at("token").as_string()).value();
  BOOST_TEST(token.name == "baker");
}

BOOST_AUTO_TEST_CASE(the_list_has_a_header_and_json_has_rows) {
  ApplicationSetup setup;
  setup.serve();
  const auto table = setup.here({"shop", "list"});
  BOOST_TEST((table.code == cli::ExitCode::ok));
  BOOST_TEST(table.out.find("certificate until") != std::string::npos);
  BOOST_TEST(setup.here({"shop", "list", "--format", "jsonl"}).out.empty());
  BOOST_TEST(boost::json::parse(setup.here({"shop", "list", "--format", "json"}).out)
                 .as_object()
                 .at("shops")
                 .as_array()
                 .empty());
}

BOOST_AUTO_TEST_CASE(mistakes_have_their_exit_codes) {
  ApplicationSetup setup;
  BOOST_TEST((setup.here({"shop", "list"}).code == cli::ExitCode::unreachable));
  setup.serve();
  BOOST_TEST((setup.here({"shop", "invite", "Not A Name"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.here({"shop", "invite"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.here({"shop", "invite", "a", "b"}).code == cli::ExitCode::usage));
  const auto misspelt = setup.here({"shop", "invit", "a"});
  BOOST_TEST((misspelt.code == cli::ExitCode::usage));
  BOOST_TEST(misspelt.err.find("invite") != std::string::npos);
  BOOST_TEST((setup.here({"shop", "invite", "nobody", "--renew"}).code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()
