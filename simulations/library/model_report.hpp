#pragma once

#include <filesystem>
#include <string>

#include <boost/json/fwd.hpp>

#include "simulations/library/model_run.hpp"

namespace guildsum::simulations {

/// A finished run and the command that makes it again.
struct ModelReport {
  ModelScenario scenario;
  std::string command;
  ModelRun run;
};

/// One sentence: what federating brought, and whether the sums were exact.
[[nodiscard]] std::string verdict_of(const ModelReport& report);
/// Keys as docs/simulator.md lists them. Wall-clock values only under keys that contain "seconds".
[[nodiscard]] boost::json::object to_json(const ModelReport& report);
[[nodiscard]] std::string to_text(const ModelReport& report);
/// A page of its own, made from the same object.
[[nodiscard]] std::string model_report_page(const boost::json::object& report);

/// Writes report.json and report.html into `directory`, which is made where it is missing; a file
/// is there whole or not at all. BaseErrc::io_failed, no_space.
[[nodiscard]] Result<> write_report(const boost::json::object& report, const std::string& page,
                                    const std::filesystem::path& directory);

}  // namespace guildsum::simulations
