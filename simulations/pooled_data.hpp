#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/interactions.hpp"
#include "models/vocabulary.hpp"

namespace guildsum::simulations {

/// The data of all shops in one place, which is what federated training does without. Row u of both
/// matrices is the same customer.
struct PooledData {
  models::Interactions bought;
  models::Interactions held_out;
  std::map<std::string, std::size_t> customers;  ///< with purchases and consent, by shop
  std::size_t without_consent = 0;               ///< Customers with purchases who are left out.
};

/// Reads `<directory>/items.csv` and every shop's `shops/<name>/train.csv`, `holdout.csv` and
/// `consent.csv`, as `data prepare` wrote them: the former with the columns `customer` and `item`.
/// Only customers who agreed to training are read, as the agents do.
/// @return BaseErrc::not_found, malformed; ModelsErrc::malformed with file and line.
[[nodiscard]] Result<PooledData> read_pooled_data(const std::filesystem::path& directory);

}  // namespace guildsum::simulations
