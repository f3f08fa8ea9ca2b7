#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "base/config/reader.hpp"
#include "base/result.hpp"
#include "base/thread_pool.hpp"

namespace guildsum::simulations {

/// One key of a scenario and the values that it takes.
struct GridAxis {
  std::string key;
  std::vector<std::string> values;
};

/// Every combination of the axes' values over one scenario file, the last axis fastest.
struct Grid {
  std::filesystem::path scenario;
  std::vector<GridAxis> axes;
  config::Settings fixed{};  ///< the same for every point
};

/// Points of a grid; BaseErrc::invalid_argument for none, for too many, for an empty or repeated
/// value and for a key that stands twice.
[[nodiscard]] Result<std::size_t> points_of(const Grid& grid);

struct GridOptions {
  ThreadPool* pool = nullptr;
  std::uint32_t threads = 0;  ///< for seeds of a fault scenario side by side; 0 = one per processor
  std::function<void(std::size_t done, const std::string& what)> progress{};
  std::function<bool()> stop{};
};

/// Runs all points and gives one report: axes, and for each point its settings, its main figures
/// and the report that `run` would give of it. Every point's settings are checked before the first
/// one runs. Same grid, same bytes, but for keys that contain "seconds".
/// @return BaseErrc::invalid_config naming the setting; interrupted; what a run says.
[[nodiscard]] Result<boost::json::object> run_grid(const Grid& grid, const std::string& command,
                                                   const GridOptions& options = {});

/// For people: a line per point.
[[nodiscard]] std::string grid_text(const boost::json::object& report);
/// A page of its own, made from the same object.
[[nodiscard]] std::string grid_page(const boost::json::object& report);

}  // namespace guildsum::simulations
