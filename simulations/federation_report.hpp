#pragma once

#include <string>

#include <boost/json/fwd.hpp>

#include "base/cli/command_line.hpp"
#include "simulations/federation_run.hpp"
#include "simulations/pooled_data.hpp"

namespace guildsum::simulations {

/// What a finished run shows, every value measured in that run.
struct FederationReport {
  struct Shop {
    std::string name;
    std::size_t customers = 0;
    double popularity_ndcg_at_20 = 0;
    double alone_ndcg_at_20 = 0;
    double federated_ndcg_at_20 = 0;  ///< EASE
    std::uint64_t bytes_up = 0;
  };
  std::vector<Shop> shops;
  std::size_t without_consent = 0;  ///< Customers who are in no sum, and in no comparison.
  double ease_centralised = 0;  ///< NDCG@20 of one model trained on all shops' data in one place
  double ease_federated = 0;    ///< NDCG@20 that the agents measured, over all their customers
  bool gram_bit_equal = false;  ///< the shared Gram matrix against that of all data in one place
  double ials_centralised = 0;
  double ials_federated = 0;
  std::uint64_t ials_rounds = 0;
  bool sums_exact = false;  ///< every opened sum equals the sum of the plain vectors
  std::uint64_t sums = 0;
  std::uint64_t values_compared = 0;
  /// The first round that lost a shop after key sharing.
  struct Drill {
    std::uint64_t round = 0;
    std::string dropped;
    bool recovered = false;  ///< its masks were removed and the sum is exact
  };
  std::optional<Drill> drill;
  double seconds = 0;
};

/// Trains the centralised references and compares. Takes a few seconds of CPU.
[[nodiscard]] Result<FederationReport> make_report(const FederationRun& run, const PooledData& data,
                                                   double seconds);
/// result.json as docs/quickstart.md describes it.
[[nodiscard]] boost::json::object to_json(const FederationReport& report);
/// The table and sentences for a terminal.
[[nodiscard]] std::string to_text(const FederationReport& report);

/// `report federation --run DIR`: writes DIR/result.json and prints the text.
[[nodiscard]] cli::Command federation_report_command();

}  // namespace guildsum::simulations
