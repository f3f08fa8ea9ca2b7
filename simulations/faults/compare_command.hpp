#pragma once

#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/cli/command_line.hpp"

namespace guildsum::simulations {

/// One value that two reports give differently; empty where a report does not have it.
struct ReportDifference {
  std::string key;  ///< "points[0].totals.attempts"
  std::string first;
  std::string second;
};

/// Every value that differs, in the order of the first report's keys and then of the second's.
/// Values of the wall clock (keys that contain "seconds") are passed over.
[[nodiscard]] std::vector<ReportDifference> compare_reports(const boost::json::object& first,
                                                            const boost::json::object& second);

/// `compare`: two reports, value by value.
[[nodiscard]] cli::Command compare_command();

}  // namespace guildsum::simulations
