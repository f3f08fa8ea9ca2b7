#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// Common customers of every pair of items of one data set: X^T X, upper triangle.
[[nodiscard]] GramModel gram_of(const Interactions& interactions);

/// Takes customers out again: afterwards `gram` equals, bit for bit, one that never saw them.
/// ModelsErrc::wrong_shape on another item count; out_of_range, leaving `gram` as it was, if they
/// were not in it.
[[nodiscard]] Result<> subtract(GramModel& gram, const Interactions& removed);

}  // namespace guildsum::models
