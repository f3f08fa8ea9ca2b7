#include "base/cli/progress.hpp"

#include <algorithm>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cli/format.hpp"
#include "base/errors.hpp"

namespace guildsum::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kBarInterval = 100ms;
constexpr auto kLineInterval = 10s;
constexpr std::size_t kBarCells = 20;
constexpr std::string_view kEraseToEnd = "\x1b[K";

std::string amount(std::uint64_t count, const std::string& unit) {
  return unit == "B" ? format_bytes(count) : format_count(count);
}

std::string with_unit(std::uint64_t count, const std::string& unit) {
  return unit == "B" ? format_bytes(count) : format_count(count) + " " + unit;
}

std::string rate_text(double per_second, const std::string& unit) {
  if (unit == "B" || per_second >= 10) {
    return with_unit(static_cast<std::uint64_t>(per_second), unit) + "/s";
  }
  return format_fixed(per_second, 1) + " " + unit + "/s";
}

}  // namespace

Result<ProgressMode> parse_progress_mode(std::string_view text) {
  if (text == "auto") return ProgressMode::automatic;
  if (text == "plain") return ProgressMode::plain;
  if (text == "none") return ProgressMode::none;
  return Error{BaseErrc::malformed, "progress must be auto, plain or none"};
}

ProgressTarget ProgressTarget::standard_error() {
  ProgressTarget target{.out = std::cerr, .terminal = ::isatty(STDERR_FILENO) == 1};
  winsize size{};
  if (target.terminal && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    target.columns = size.ws_col;
  }
  return target;
}

Progress::Progress(Options options, const Clock& clock, ProgressTarget target)
    : options_{std::move(options)},
      clock_{clock},
      target_{target},
      bar_{options_.mode == ProgressMode::automatic && target.terminal},
      started_{clock.steady_now()} {
  if (bar_) draw(false);
  // The first plain line comes after one interval: short work prints its end only.
  if (!bar_) drawn_ = started_;
}

Progress::~Progress() {
  if (!finished_) draw(true);
}

void Progress::update(std::uint64_t done) {
  done_ = done;
  const auto interval =
      bar_ ? Clock::Steady::duration{kBarInterval} : Clock::Steady::duration{kLineInterval};
  if (!finished_ && (!drawn_ || clock_.steady_now() - *drawn_ >= interval)) draw(false);
}

void Progress::note(std::string text) {
  note_ = std::move(text);
  update(done_);
}

void Progress::finish() {
  if (finished_) return;
  draw(true);
  finished_ = true;
}

void Progress::draw(bool last) {
  if (options_.mode == ProgressMode::none) return;
  drawn_ = clock_.steady_now();
  if (!bar_) {
    target_.out << describe(last) << std::endl;
    return;
  }
  // One column stays free: a full line would wrap on some terminals.
  target_.out << '\r' << fit_to_width(describe(last), target_.columns - 1) << kEraseToEnd;
  if (last) target_.out << '\n';
  target_.out.flush();
}

std::string Progress::describe(bool last) const {
  const std::string& unit = options_.unit;
  const std::uint64_t total = options_.total;
  std::string text = options_.label + "  ";
  if (total > 0) {
    const std::uint64_t shown = std::min(done_, total);
    const double part = static_cast<double>(shown) / static_cast<double>(total);
    if (bar_) {
      const auto filled = static_cast<std::size_t>(part * static_cast<double>(kBarCells));
      text += std::string(filled, '#') + std::string(kBarCells - filled, '.') + "  ";
    }
    text += std::to_string(static_cast<int>(part * 100)) + " %  " + amount(shown, unit) + " of " +
            with_unit(total, unit);
  } else {
    text += with_unit(done_, unit);
  }
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady_now() - started_);
  if (elapsed > 0ms && done_ > 0) {
    const double rate = static_cast<double>(done_) * 1000 / static_cast<double>(elapsed.count());
    text += "  " + rate_text(rate, unit);
    if (!last && total > done_) {
      const double left_ms = static_cast<double>(total - done_) / rate * 1000;
      text += "  " +
              format_duration(std::chrono::milliseconds{static_cast<std::int64_t>(left_ms)}) +
              " left";
    }
  }
  if (last) text += "  " + format_duration(elapsed) + " in all";
  if (!note_.empty()) text += "  " + note_;
  return text;
}

}  // namespace guildsum::cli
