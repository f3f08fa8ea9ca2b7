#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace guildsum::cli {

enum class ProgressMode {
  automatic,  ///< A bar where standard error is a terminal, plain lines elsewhere.
  plain,      ///< One line every 10 seconds and one at the end.
  none,       ///< Nothing.
};

/// BaseErrc::malformed unless `text` is auto, plain or none.
[[nodiscard]] Result<ProgressMode> parse_progress_mode(std::string_view text);

/// Where a progress display is drawn.
struct ProgressTarget {
  std::ostream& out;
  /// Whether `out` understands a carriage return and has `columns` columns.
  bool terminal = false;
  std::size_t columns = 80;

  /// Standard error, with the terminal's width.
  [[nodiscard]] static ProgressTarget standard_error();
};

/// Work that is done in `total` steps, shown with rate and time left. Not thread safe.
class Progress {
 public:
  struct Options {
    /// What is going on, in a few words: "round 3: masked inputs".
    std::string label;
    /// Steps in all; 0 if unknown (no bar, no time left).
    std::uint64_t total = 0;
    /// What a step is: "rows", "shops". "B" shows sizes in kB, MB, GB.
    std::string unit = "steps";
    ProgressMode mode = ProgressMode::automatic;
  };

  /// `clock` and `target.out` must outlive it.
  Progress(Options options, const Clock& clock, ProgressTarget target);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Ends an unfinished display with its last state.
  ~Progress();

  /// Sets the number of finished steps.
  void update(std::uint64_t done);
  void advance(std::uint64_t by = 1) { update(done_ + by); }
  /// A short remark behind the numbers, such as what is being waited for.
  void note(std::string text);
  /// Shows the end state with the total time. Later calls change nothing.
  void finish();

 private:
  void draw(bool last);
  [[nodiscard]] std::string describe(bool last) const;

  Options options_;
  const Clock& clock_;
  ProgressTarget target_;
  bool bar_ = false;
  bool finished_ = false;
  std::uint64_t done_ = 0;
  std::string note_;
  Clock::Steady started_;
  std::optional<Clock::Steady> drawn_;
};

}  // namespace guildsum::cli
