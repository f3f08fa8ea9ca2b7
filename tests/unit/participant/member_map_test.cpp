#include "participant/source/member_map.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "participant/errors.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup {
  Mapping mapping;
  MemberMap map{mapping};

  ReadRow read(std::string_view text, bool allow_email = false) {
    return map.read(json::parse_object(text).value(), allow_email);
  }
  PurchaseEvent event(std::string_view text) {
    return std::get<AcceptedRow>(read(text)).event;
  }
  std::string reason(std::string_view text) {
    const ReadRow row = read(text);
    const auto* refused = std::get_if<RejectReason>(&row);
    return refused == nullptr ? "accepted" : std::string{code_of(*refused)};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(member_map_test)

BOOST_AUTO_TEST_CASE(usual_names_are_found_in_each_object) {
  Setup setup;
  const auto row = setup.read(
      R"({"userId":"ann","sku":"tea","ts":1700000000,"qty":2.5,"order_id":17,"price":[1]})");
  const auto& accepted = std::get<AcceptedRow>(row);
  BOOST_TEST(accepted.event.customer == "ann");
  BOOST_TEST(accepted.event.item == "tea");
  BOOST_TEST(accepted.event.quantity == 2.5);
  BOOST_TEST(accepted.event.order == "17");
  BOOST_TEST((accepted.time_format == TimeFormat::epoch_s));
  BOOST_TEST(setup.event(R"({"customer":"bob","userId":"x","item":"cup"})").customer == "bob");
  const auto used = setup.map.used();
  BOOST_TEST((used.at(0) == std::pair<std::string, std::string>{"customer", "userId"}));
  BOOST_TEST((used.at(1) == std::pair<std::string, std::string>{"customer", "customer"}));
  GS_REQUIRE_DONE(setup.map.finish());
}

BOOST_AUTO_TEST_CASE(paths_lead_into_objects_and_a_name_with_a_dot_comes_first) {
  Setup setup;
  setup.mapping.customer = "user.profile.id";
  BOOST_TEST(setup.event(R"({"user":{"profile":{"id":"a"}},"item":"t"})").customer == "a");
  BOOST_TEST(setup.event(R"({"user.profile":{"id":"b"},"item":"t"})").customer == "b");
  BOOST_TEST(setup.event(R"({"user":{"profile.id":"c"},"item":"t"})").customer == "c");
  BOOST_TEST(setup.reason(R"({"user":{"profile":7},"item":"t"})") == "no_customer");
  BOOST_TEST(setup.reason(R"({"user":[{"profile":{"id":1}}],"item":"t"})") == "no_customer");
}

BOOST_AUTO_TEST_CASE(one_id_has_one_spelling) {
  Setup setup;
  BOOST_TEST(setup.event(R"({"user":1,"item":2})").customer == "1");
  BOOST_TEST(setup.event(R"({"user":"1","item":"2"})").customer == "1");
  BOOST_TEST(setup.event(R"({"user":18446744073709551615,"item":-2})").item == "-2");
  BOOST_TEST(setup.event(R"({"user":"1.0","item":2})").customer == "1.0");
  for (const char* id :
       {"1.0", "1e0", "1E2", "18446744073709551616", "true", "{}", "[1]", "-1.5"}) {
    const std::string text = std::string{R"({"item":"tea","user":)"} + id + "}";
    BOOST_TEST(setup.reason(text) == "bad_id", id);
  }
  BOOST_TEST(setup.reason(R"({"user":1,"item":2.0})") == "bad_id");
  BOOST_TEST(setup.reason(R"({"user":1,"item":2,"order":1e1})") == "bad_id");
}

BOOST_AUTO_TEST_CASE(every_reason_to_leave_an_object_out_is_found) {
  Setup setup;
  BOOST_TEST(setup.reason(R"({"item":"tea"})") == "no_customer");
  BOOST_TEST(setup.reason(R"({"user":null,"item":"tea"})") == "no_customer");
  BOOST_TEST(setup.reason(R"({"user":"  ","item":"tea"})") == "no_customer");
  BOOST_TEST(setup.reason(R"({"user":"a@b","item":"tea"})") == "email_as_customer");
  BOOST_TEST(setup.reason(R"({"user":"a"})") == "no_item");
  BOOST_TEST(setup.reason(R"({"user":"a\u0000b","item":"tea"})") == "control_character");
  BOOST_TEST(setup.reason(R"({"user":"a\nb","item":"tea"})") == "control_character");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","ts":null})") == "no_time");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","ts":1.5})") == "bad_time");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","qty":true})") == "bad_quantity");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","qty":null})") == "bad_quantity");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","qty":"six"})") == "bad_quantity");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","qty":-1})") == "not_a_purchase");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","qty":-0.0})") == "not_a_purchase");
  const std::string large(70'000, 'x');
  BOOST_TEST(setup.reason(R"({"user":"a","item":")" + large + "\"}") == "field_too_large");
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","note":")" + large + "\"}") == "accepted");
}

BOOST_AUTO_TEST_CASE(a_member_that_is_named_must_be_there) {
  Setup setup;
  setup.mapping.time = "when";
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","ts":1700000000})") == "missing_member");
  GS_CHECK_FAILS(ParticipantErrc::missing_column, setup.map.finish());
  BOOST_TEST(setup.reason(R"({"user":"a","item":"tea","when":1700000000})") == "accepted");
  GS_REQUIRE_DONE(setup.map.finish());
}

BOOST_AUTO_TEST_CASE(a_role_that_no_object_has_is_named_with_what_there_is) {
  Setup setup;
  GS_REQUIRE_DONE(setup.map.finish());  // An empty file is an empty source.
  setup.mapping.customer = "buyer.idd";
  BOOST_TEST(setup.reason(R"({"buyer":{"id":1},"item":"tea"})") == "no_customer");
  const auto refused = setup.map.finish();
  GS_CHECK_FAILS(ParticipantErrc::missing_column, refused);
  BOOST_TEST(refused.error().detail() ==
             "mapping.customer = \"buyer.idd\" is not in any object; did you mean \"buyer.id\"?; "
             "the members are \"buyer.id\", \"item\"");
}

BOOST_AUTO_TEST_SUITE_END()
