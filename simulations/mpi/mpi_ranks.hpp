#pragma once

#include "simulations/faults/ranks.hpp"

/// The door of the module that knows MPI.
namespace guildsum::simulations {

inline constexpr const char* kMpiModule = "guildsum-mpi.so";
inline constexpr const char* kMpiEntry = "guildsum_mpi_ranks";
/// Joins the ranks that mpirun started; the caller owns the result, and leaves with it.
using MpiEntry = Ranks*();

}  // namespace guildsum::simulations

extern "C" guildsum::simulations::Ranks* guildsum_mpi_ranks();
