#include "simulations/faults/ranks.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

#include "base/errors.hpp"
#include "simulations/mpi/mpi_ranks.hpp"

namespace guildsum::simulations {

Result<std::unique_ptr<Ranks>> join_ranks() {
  // Open MPI sets it for each process that it starts.
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) {
    return std::unique_ptr<Ranks>{std::make_unique<OneRank>()};
  }
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::string module = (program.parent_path() / kMpiModule).string();
  // Open MPI's own plugins look for its symbols. It is never unloaded: they keep threads and hooks.
  void* library = failure ? nullptr : dlopen(module.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* symbol = library == nullptr ? nullptr : dlsym(library, kMpiEntry);
  if (symbol == nullptr) {
    return Error{BaseErrc::not_found,
                 "mpirun started this program, which was built without MPI: install "
                 "libboost-mpi1.81-dev, libopenmpi-dev and openmpi-bin and build it again"};
  }
  return std::unique_ptr<Ranks>{reinterpret_cast<MpiEntry*>(symbol)()};
}

}  // namespace guildsum::simulations
