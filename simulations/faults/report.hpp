#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "simulations/faults/campaign.hpp"

namespace guildsum::simulations {

/// One campaign of a run: all of it, or one value of a sweep.
struct CampaignPoint {
  double value = 0;  ///< of the sweep's key
  Campaign campaign;
};

struct FaultReport {
  Scenario scenario;
  std::string command;  ///< that makes this report again
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;  ///< of each point
  std::vector<CampaignPoint> points;
  double seconds = 0;
};

/// The first failure of any point, or null.
[[nodiscard]] const Failure* failure_of(const FaultReport& report) noexcept;
/// The command that runs one seed again.
[[nodiscard]] std::string replay_command(const FaultReport& report, const CampaignPoint& point,
                                         std::uint64_t seed);

/// Keys as docs/simulator.md lists them. Wall-clock values only under keys that contain "seconds".
[[nodiscard]] boost::json::object to_json(const FaultReport& report);
[[nodiscard]] std::string to_text(const FaultReport& report);
/// A page of its own, made from the same object: nothing is loaded from elsewhere, no scripts.
[[nodiscard]] std::string fault_report_page(const boost::json::object& report);
/// Writes report.json and report.html into `directory`, which is made where it is missing.
[[nodiscard]] Result<> write_fault_report(const FaultReport& report,
                                          const std::filesystem::path& directory);

}  // namespace guildsum::simulations
