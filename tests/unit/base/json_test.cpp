#include "base/json.hpp"

#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;

namespace {

boost::json::object object(std::string_view text) { return json::parse_object(text).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(json_test)

BOOST_AUTO_TEST_CASE(malformed_documents_are_refused) {
  for (const char* wrong : {"", "{", "{\"a\":1,}", "[1] 2", "{'a':1}", "nul", "[1e]", "\"\xff\"",
                            "// note\n1", "{\"a\" 1}", "[01]", "\"\\ud800\""}) {
    BOOST_TEST((json::parse(wrong).error() == BaseErrc::malformed), wrong);
  }
}

BOOST_AUTO_TEST_CASE(duplicate_keys_are_refused_and_named) {
  const auto result = json::parse(R"({"a":1,"b":{"c":1,"d":[{"c":1}],"\u0063":2}})");
  BOOST_TEST((result.error() == BaseErrc::malformed));
  BOOST_TEST(result.error().detail() == "key \"c\" is given twice");
  BOOST_TEST((json::parse(R"({"":1,"":2})").error() == BaseErrc::malformed));
  BOOST_TEST(json::parse(R"({"a":{"a":1},"b":{"a":1}})").has_value());
}

BOOST_AUTO_TEST_CASE(depth_and_size_are_limited) {
  BOOST_TEST(json::parse("[[[1]]]", {.size_bytes = 7, .depth = 3}).has_value());
  BOOST_TEST(
      (json::parse("[[[1]]]", {.size_bytes = 6, .depth = 3}).error() == BaseErrc::too_large));
  BOOST_TEST(
      (json::parse("[[[1]]]", {.size_bytes = 7, .depth = 2}).error() == BaseErrc::malformed));
  const std::string deep(100'000, '[');
  BOOST_TEST((json::parse(deep).error() == BaseErrc::malformed));
}

BOOST_AUTO_TEST_CASE(only_objects_pass_as_objects) {
  BOOST_TEST((json::parse_object("[1]").error() == BaseErrc::malformed));
  BOOST_TEST(json::parse_object("{}").value().empty());
}

BOOST_AUTO_TEST_CASE(integers_are_exact_and_inside_their_range) {
  const auto o = object(R"({"n":-5,"big":18446744073709551615,"half":1.5,"float":2.0,"s":"1"})");
  BOOST_TEST(json::integer(o, "n").value() == -5);
  BOOST_TEST(json::integer(o, "n", -5, -5).value() == -5);
  BOOST_TEST((json::integer(o, "n", -4, 9).error() == BaseErrc::malformed));
  BOOST_TEST(json::integer(o, "n", 0, 9).error().detail() ==
             "\"n\" must be an integer from 0 to 9");
  for (const char* key : {"big", "half", "float", "s", "none"}) {
    BOOST_TEST((json::integer(o, key).error() == BaseErrc::malformed), key);
  }
  BOOST_TEST(json::integer(o, "none").error().detail() == "\"none\" is missing");
  BOOST_TEST(json::unsigned_integer(o, "big").value() == 18446744073709551615U);
  BOOST_TEST((json::unsigned_integer(o, "n").error() == BaseErrc::malformed));
  BOOST_TEST((json::unsigned_integer(o, "big", 10).error() == BaseErrc::malformed));
}

BOOST_AUTO_TEST_CASE(other_members_have_one_type) {
  const auto o = object(R"({"d":1.5,"i":2,"b":true,"t":"abc","o":{"x":1},"a":[1],"z":null})");
  BOOST_TEST(json::number(o, "d").value() == 1.5);
  BOOST_TEST(json::number(o, "i").value() == 2.0);
  BOOST_TEST((json::number(o, "t").error() == BaseErrc::malformed));
  BOOST_TEST(json::boolean(o, "b").value());
  BOOST_TEST((json::boolean(o, "i").error() == BaseErrc::malformed));
  BOOST_TEST(json::text(o, "t", 3).value() == "abc");
  BOOST_TEST((json::text(o, "t", 2).error() == BaseErrc::malformed));
  BOOST_TEST((json::text(o, "z").error() == BaseErrc::malformed));
  BOOST_TEST(json::integer(*json::object_at(o, "o").value(), "x").value() == 1);
  BOOST_TEST(json::array_at(o, "a").value()->size() == 1U);
  BOOST_TEST((json::object_at(o, "a").error() == BaseErrc::malformed));
  BOOST_TEST((json::array_at(o, "o").error() == BaseErrc::malformed));
  BOOST_TEST(json::has(o, "d"));
  BOOST_TEST(!json::has(o, "z"));
  BOOST_TEST(!json::has(o, "none"));
}

BOOST_AUTO_TEST_CASE(pretty_text_is_indented_and_reads_back_the_same) {
  const auto value = json::parse(R"({"b":[1,{"c":"x\"y"}],"a":{},"e":[],"n":null})").value();
  const std::string text = json::pretty(value);
  BOOST_TEST(text ==
             "{\n  \"b\": [\n    1,\n    {\n      \"c\": \"x\\\"y\"\n    }\n  ],\n  \"a\": {},\n"
             "  \"e\": [],\n  \"n\": null\n}");
  BOOST_TEST((json::parse(text).value() == value));
  BOOST_TEST(json::compact(value) == R"({"b":[1,{"c":"x\"y"}],"a":{},"e":[],"n":null})");
}

BOOST_AUTO_TEST_SUITE_END()
