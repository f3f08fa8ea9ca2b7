#pragma once

#include "participant/enrol.hpp"
#include "participant/remote/coordinator_client.hpp"
#include "tests/unit/coordinator/application_setup.hpp"

namespace guildsum::participant::testing {

/// A running coordinator, and shops that join it over its real listener.
struct EnrolledSetup : coordinator::testing::ApplicationSetup {
  EnrolledSetup() { serve(tiny()); }
  [[nodiscard]] coordinator::Config tiny() const {
    auto settings = config();
    settings.rounds.cohort_min = 3;
    settings.rounds.allow_tiny_cohorts = true;
    return settings;
  }
  [[nodiscard]] std::string token_for(const std::string& name) const {
    const Run invited = here({"shop", "invite", name});
    BOOST_REQUIRE_MESSAGE(invited.code == cli::ExitCode::ok, invited.err);
    std::string token = invited.out.substr(invited.out.rfind(' ') + 1);
    token.pop_back();
    return token;
  }
  [[nodiscard]] AgentPaths paths(const std::string& name) const { return {dir / name}; }
  Membership join(const std::string& name) {
    auto membership = enrol(paths(name), token_for(name), clock, random);
    GS_REQUIRE_DONE(membership);
    return *std::move(membership);
  }
};

}  // namespace guildsum::participant::testing
