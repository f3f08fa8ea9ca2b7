#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"
#include "models/fairness.hpp"
#include "simulations/federation.hpp"

namespace guildsum::simulations {

/// What an audit found.
struct FairnessFindings {
  std::vector<std::string> group_names;  ///< By group number.
  models::FairnessReport report;
  std::uint64_t sums = 0;  ///< Sums that were made for it.
};

/// What one shop brings to an audit.
struct AuditedShop {
  models::FairnessMeter meter;
  std::optional<double> gain;  ///< NDCG@20 of the shared model minus that of its own.
};

/// Makes the two sums with `secure_sum` and reads them. `buyers`: customers per item.
[[nodiscard]] Result<FairnessFindings> audit_fairness(std::span<const AuditedShop> shops,
                                                      std::vector<std::string> group_names,
                                                      std::span<const std::uint64_t> buyers,
                                                      SecureSum& secure_sum);

/// Keys as docs/simulation.md lists them.
[[nodiscard]] boost::json::object to_json(const FairnessFindings& findings);
[[nodiscard]] std::string to_text(const FairnessFindings& findings);

}  // namespace guildsum::simulations
