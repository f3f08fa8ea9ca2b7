#include "base/cli/progress.hpp"

#include <algorithm>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "base/cli/format.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using cli::Progress;
using cli::ProgressMode;
using namespace std::chrono_literals;

namespace {

struct Display {
  ManualClock clock;
  std::ostringstream out;
  cli::ProgressTarget target(bool terminal, std::size_t columns = 100) {
    return {.out = out, .terminal = terminal, .columns = columns};
  }
};

Progress::Options rows(ProgressMode mode = ProgressMode::automatic) {
  return {.label = "data", .total = 1000, .unit = "rows", .mode = mode};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(progress_test)

BOOST_AUTO_TEST_CASE(without_a_terminal_there_is_one_line_every_ten_seconds) {
  Display display;
  Progress progress{rows(), display.clock, display.target(false)};
  for (int i = 1; i <= 250; ++i) {
    display.clock.advance(100ms);
    progress.advance(2);
  }
  BOOST_TEST(display.out.str() ==
             "data  20 %  200 of 1,000 rows  20 rows/s  40.0 s left\n"
             "data  40 %  400 of 1,000 rows  20 rows/s  30.0 s left\n");
}

BOOST_AUTO_TEST_CASE(the_end_is_always_told_once) {
  Display display;
  {
    Progress progress{rows(), display.clock, display.target(false)};
    display.clock.advance(500ms);
    progress.update(1000);
    progress.finish();
    progress.finish();
    progress.update(5);
  }
  BOOST_TEST(display.out.str() ==
             "data  100 %  1,000 of 1,000 rows  2,000 rows/s  500 ms in all\n");
}

BOOST_AUTO_TEST_CASE(unfinished_work_ends_its_line_with_the_true_state) {
  Display display;
  {
    Progress progress{rows(), display.clock, display.target(true)};
    display.clock.advance(1s);
    progress.update(500);
  }
  const std::string text = display.out.str();
  BOOST_TEST(
      text.substr(text.rfind('\r') + 1) ==
      "data  ##########..........  50 %  500 of 1,000 rows  500 rows/s  1.0 s in all\x1b[K\n");
}

BOOST_AUTO_TEST_CASE(a_terminal_is_redrawn_at_most_ten_times_a_second) {
  Display display;
  Progress progress{rows(), display.clock, display.target(true)};
  for (int i = 0; i < 1000; ++i) {
    display.clock.advance(1ms);
    progress.advance();
  }
  const std::string text = display.out.str();
  BOOST_TEST(std::count(text.begin(), text.end(), '\r') == 11);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 0);
}

BOOST_AUTO_TEST_CASE(a_bar_never_wraps) {
  Display display;
  {
    Progress progress{rows(), display.clock, display.target(true, 30)};
    progress.note("waiting: 3 of 5 shops");
  }
  std::istringstream draws{display.out.str()};
  for (std::string draw; std::getline(draws, draw, '\r');) {
    BOOST_TEST(cli::display_width(draw.substr(0, draw.find('\x1b'))) <= 29U);
  }
}

BOOST_AUTO_TEST_CASE(notes_sizes_and_unknown_totals_are_shown) {
  Display display;
  Progress progress{{.label = "upload", .total = 0, .unit = "B", .mode = ProgressMode::plain},
                    display.clock,
                    display.target(true)};
  display.clock.advance(10s);
  progress.update(38'400'000);
  progress.note("to 127.0.0.1");
  progress.finish();
  BOOST_TEST(display.out.str() ==
             "upload  38.4 MB  3.84 MB/s\n"
             "upload  38.4 MB  3.84 MB/s  10.0 s in all  to 127.0.0.1\n");
}

BOOST_AUTO_TEST_CASE(none_shows_nothing) {
  Display display;
  {
    Progress progress{rows(ProgressMode::none), display.clock, display.target(true)};
    display.clock.advance(1min);
    progress.update(10);
  }
  BOOST_TEST(display.out.str().empty());
}

BOOST_AUTO_TEST_CASE(modes_are_read_by_name) {
  BOOST_TEST((cli::parse_progress_mode("auto").value() == ProgressMode::automatic));
  BOOST_TEST((cli::parse_progress_mode("plain").value() == ProgressMode::plain));
  BOOST_TEST((cli::parse_progress_mode("none").value() == ProgressMode::none));
  BOOST_TEST((cli::parse_progress_mode("bar").error() == BaseErrc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
