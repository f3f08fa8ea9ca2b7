#pragma once

#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "simulations/faults/scenario.hpp"

namespace guildsum::simulations::test {

/// A scenario of simulations/scenarios.
inline Scenario shipped_scenario(const std::string& name) {
  const auto scenario = load_scenario(std::filesystem::path{GUILDSUM_SCENARIOS} / (name + ".toml"));
  BOOST_REQUIRE_MESSAGE(scenario.has_value(),
                        (scenario ? std::string{} : scenario.error().message()));
  return *scenario;
}

/// Five to eight shops to whom nothing happens.
inline Scenario calm_scenario() {
  Scenario scenario;
  scenario.name = "calm";
  scenario.deadlines = shipped_scenario("faults").deadlines;
  scenario.faults.until = milliseconds{0};
  return scenario;
}

}  // namespace guildsum::simulations::test
