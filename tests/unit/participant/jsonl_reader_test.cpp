#include "participant/source/jsonl_reader.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

/// What a text gives: "2:{...}" and "3:duplicate_member", in pieces of a size.
std::vector<std::string> read(std::string_view text, std::size_t piece = 1'000'000,
                              JsonlOptions options = {}) {
  static constexpr const char* kFaults[] = {"line_too_large", "bad_encoding",     "not_json",
                                            "too_deep",       "duplicate_member", "not_an_object"};
  std::vector<std::string> out;
  JsonlReader reader{options,
                     [&](std::uint64_t line, const boost::json::object& object) -> Result<> {
                       out.push_back(std::to_string(line) + ":" + json::compact(object));
                       return {};
                     },
                     [&](std::uint64_t line, JsonlFault fault) {
                       out.push_back(std::to_string(line) + ":" +
                                     kFaults[static_cast<std::size_t>(fault)]);
                     }};
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    GS_REQUIRE_DONE(reader.feed(text.substr(0, piece)));
  }
  GS_REQUIRE_DONE(reader.finish());
  return out;
}

std::string only(std::string_view text, JsonlOptions options = {}) {
  const auto all = read(text, 1'000'000, options);
  return all.size() == 1 ? all.front() : std::to_string(all.size()) + " results";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jsonl_reader_test)

BOOST_AUTO_TEST_CASE(marks_line_ends_and_blank_lines_of_any_kind_are_read) {
  const std::string_view text = "\xEF\xBB\xBF{\"a\":1}\r\n\n \t\r\n{\"b\":\"x\\ny\"}\n{\"c\":{}}";
  const std::vector<std::string> expected{R"(1:{"a":1})", R"(4:{"b":"x\ny"})", R"(5:{"c":{}})"};
  for (const std::size_t piece : {1U, 2U, 5U, 1000U}) {
    BOOST_TEST((read(text, piece) == expected), "pieces of " << piece);
  }
  BOOST_TEST(read("").empty());
  BOOST_TEST(read("\n\n").empty());
}

BOOST_AUTO_TEST_CASE(each_fault_costs_its_line_only) {
  const auto all = read(
      "{\"a\":1,\"a\":2}\n[1]\n{\"a\":NaN}\n{\"a\":1} {}\n\"\xFF\"\n{\"a\":{\"b\":1,\"b\":1}}\n7\n"
      "{\"a\":1\n}\n{\"good\":1}\n");
  const std::vector<std::string> expected{
      "1:duplicate_member", "2:not_an_object", "3:not_json", "4:not_json", "5:bad_encoding",
      "6:duplicate_member", "7:not_an_object", "8:not_json", "9:not_json", "10:{\"good\":1}"};
  BOOST_TEST(all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_other_readers_forgive_is_no_json) {
  for (const char* line :
       {"{\"a\":Infinity}", "{\"a\":-NaN}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":1,}",
        "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1}//", "{\"a\":\"\\ud800\"}", "{\"a\":\"\t\"}", "{"}) {
    BOOST_TEST(only(line) == "1:not_json", line);
  }
}

BOOST_AUTO_TEST_CASE(length_and_depth_are_limited) {
  const JsonlOptions options{.line_limit_bytes = 9, .depth = 2};
  BOOST_TEST(only("{\"a\":123}", options) == "1:{\"a\":123}");
  BOOST_TEST(only("\xEF\xBB\xBF{\"a\":123}\r\n", options) == "1:{\"a\":123}");
  BOOST_TEST(only("{\"a\":1234}", options) == "1:line_too_large");
  const auto after = read(std::string(100'000, 'x') + "\n{}\n", 1000, options);
  BOOST_TEST((after == std::vector<std::string>{"1:line_too_large", "2:{}"}));
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  BOOST_TEST(only(deep) == "1:too_deep");
  BOOST_TEST(only("{\"a\":[[1]]}", {.depth = 2}) == "1:too_deep");
  BOOST_TEST(only("{\"a\":[1]}", {.depth = 2}) == "1:{\"a\":[1]}");
}

BOOST_AUTO_TEST_CASE(an_error_of_the_receiver_ends_the_reading) {
  int calls = 0;
  JsonlReader reader{{},
                     [&](std::uint64_t, const boost::json::object&) -> Result<> {
                       ++calls;
                       return BaseErrc::no_space;
                     },
                     [](std::uint64_t, JsonlFault) {}};
  GS_CHECK_FAILS(BaseErrc::no_space, reader.feed("{}\n{}\n"));
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
