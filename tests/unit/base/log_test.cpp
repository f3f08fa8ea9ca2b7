#include "base/log.hpp"

#include <cstdio>
#include <limits>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/secret.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace std::chrono_literals;

namespace {

using Round = StrongId<struct RoundTag>;
using Digest = FixedBytes<struct DigestTag, 32>;
using Key = Secret<struct KeyTag, 32>;

// What must not compile is stated here.
static_assert(Loggable<int> && Loggable<std::uint64_t> && Loggable<bool> && Loggable<double>);
static_assert(Loggable<std::string_view> && Loggable<const char*> && Loggable<std::string>);
static_assert(Loggable<Round> && Loggable<Digest> && Loggable<std::chrono::seconds> &&
              Loggable<Error>);
static_assert(!Loggable<Key> && !Loggable<const Key&> && !Loggable<SecretText>);
static_assert(!Loggable<Bytes> && !Loggable<ByteView> && !Loggable<std::vector<float>>);
static_assert(!Loggable<char> && !Loggable<void*> && !Loggable<std::byte>);

std::string line(LogFormat format, Log::Fields fields, LogLevel level = LogLevel::info,
                 bool colour = false) {
  return format_log_line(format, colour, ManualClock{}.wall_now(), level, "round.closed",
                         std::span<const LogField>{fields.begin(), fields.size()});
}

boost::json::object json(Log::Fields fields) {
  return boost::json::parse(line(LogFormat::json, fields)).as_object();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(text_lines_are_aligned_and_name_their_values) {
  BOOST_TEST(line(LogFormat::text, {{"round", Round{7}}, {"survivors", 8}}) ==
             "2026-01-01T00:00:00.000Z  info   round.closed                 round=7 survivors=8");
  BOOST_TEST(line(LogFormat::text, {}) == "2026-01-01T00:00:00.000Z  info   round.closed");
}

BOOST_AUTO_TEST_CASE(text_values_cannot_forge_lines_or_fields) {
  const auto shown =
      line(LogFormat::text, {{"name", "a\nb\t\x1b[31m\x7f\xc2\x9b"}, {"b", "x y=1\""}});
  BOOST_TEST(shown.ends_with(R"(name="a\nb\t\x1b[31m\x7f\x9b" b="x y=1\"")"));
  BOOST_TEST(line(LogFormat::text, {{"empty", ""}}).ends_with("empty=\"\""));
  BOOST_TEST(line(LogFormat::text, {{"city", "M\xc3\xbcnchen"}}).ends_with("city=M\xc3\xbcnchen"));
}

BOOST_AUTO_TEST_CASE(colour_marks_the_level_only) {
  BOOST_TEST(line(LogFormat::text, {}, LogLevel::error, true) ==
             "2026-01-01T00:00:00.000Z  \x1b[31merror\x1b[0m  round.closed");
}

BOOST_AUTO_TEST_CASE(json_lines_hold_typed_fields_in_order) {
  const auto text = line(LogFormat::json, {{"round", Round{7}}, {"exact", true}, {"rate", 0.5}});
  BOOST_TEST(text == R"({"ts":"2026-01-01T00:00:00.000Z","level":"info","event":"round.closed",)"
                     R"("round":7,"exact":true,"rate":5E-1})");
}

BOOST_AUTO_TEST_CASE(json_survives_any_text_and_number) {
  const auto object = json({{"text", "\"\n\\ \xff\xc3"},
                            {"nan", std::numeric_limits<double>::quiet_NaN()},
                            {"huge", std::numeric_limits<std::uint64_t>::max()},
                            {"low", std::numeric_limits<std::int64_t>::min()}});
  BOOST_TEST(object.at("text").as_string() == "\"\n\\ ??");
  BOOST_TEST(object.at("nan").is_null());
  BOOST_TEST(object.at("huge").as_uint64() == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(object.at("low").as_int64() == std::numeric_limits<std::int64_t>::min());
}

BOOST_AUTO_TEST_CASE(values_of_the_project_have_a_fixed_form) {
  const auto digest = Digest::from_hex(std::string(16, 'a') + std::string(48, 'b')).value();
  BOOST_TEST(LogValue{digest}.text() == std::string(16, 'a'));
  BOOST_TEST(LogValue{1500us}.text() == "1");
  BOOST_TEST(LogValue{2s}.text() == "2000");
  BOOST_TEST((LogValue{Error{BaseErrc::timed_out, "phase 3"}}.text()) ==
             "the deadline passed: phase 3");
  BOOST_TEST(LogValue{false}.text() == "false");
}

BOOST_AUTO_TEST_CASE(events_below_the_level_are_dropped) {
  const test::TempDir dir;
  const ManualClock clock;
  const std::string file = (dir / "a.log").string();
  auto log =
      open_log({.level = LogLevel::warn, .format = LogFormat::text, .file = file}, clock).value();
  log->info("not.this");
  log->warn("but.this");
  log->set_level(LogLevel::debug);
  log->debug("and.this");
  const std::string content = read_text_file(file, 10'000).value();
  BOOST_TEST(
      content ==
      "2026-01-01T00:00:00.000Z  warn   but.this\n2026-01-01T00:00:00.000Z  debug  and.this\n");
}

BOOST_AUTO_TEST_CASE(values_are_never_taken_for_format_strings) {
  const test::TempDir dir;
  const ManualClock clock;
  const std::string file = (dir / "a.log").string();
  auto log =
      open_log({.level = LogLevel::info, .format = LogFormat::json, .file = file}, clock).value();
  log->info("x", {{"braces", "{} {0} %v %n"}});
  const auto object = boost::json::parse(read_text_file(file, 10'000).value()).as_object();
  BOOST_TEST(object.at("braces").as_string() == "{} {0} %v %n");
}

BOOST_AUTO_TEST_CASE(lines_of_several_threads_stay_whole) {
  const test::TempDir dir;
  const SystemClock clock;
  const std::string file = (dir / "a.log").string();
  {
    auto log =
        open_log({.level = LogLevel::info, .format = LogFormat::json, .file = file}, clock).value();
    std::vector<std::jthread> writers;
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([&log, t] {
        for (int i = 0; i < 250; ++i) log->info("tick", {{"thread", t}, {"i", i}});
      });
    }
  }
  const std::string content = read_text_file(file, 10'000'000).value();
  std::size_t lines = 0;
  for (std::size_t at = 0; at < content.size(); ++lines) {
    const std::size_t end = content.find('\n', at);
    BOOST_REQUIRE(end != std::string::npos);
    boost::json::error_code code;
    boost::json::parse(content.substr(at, end - at), code);
    BOOST_REQUIRE(!code.failed());
    at = end + 1;
  }
  BOOST_TEST(lines == 1000U);
}

BOOST_AUTO_TEST_CASE(a_log_file_that_cannot_be_opened_is_an_error) {
  const SystemClock clock;
  BOOST_TEST((open_log({.file = "/nonexistent/a.log"}, clock).error() == BaseErrc::io_failed));
}

BOOST_AUTO_TEST_CASE(times_are_rfc_3339_with_milliseconds_in_utc) {
  using namespace std::chrono;
  const Clock::Wall time{sys_days{2024y / February / 29} + 23h + 59min + 58s + 7ms};
  BOOST_TEST(to_rfc3339(time) == "2024-02-29T23:59:58.007Z");
}

BOOST_AUTO_TEST_CASE(names_of_levels_and_formats_are_read_back) {
  for (const char* name : {"debug", "info", "warn", "error"}) {
    BOOST_TEST(to_string(parse_log_level(name).value()) == name);
  }
  BOOST_TEST((parse_log_level("Info").error() == BaseErrc::malformed));
  BOOST_TEST((parse_log_format("json").value() == LogFormat::json));
  BOOST_TEST((parse_log_format("xml").error() == BaseErrc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
