#include "models/kernels/kernels.hpp"
#include "models/kernels/local_steps.hpp"

namespace guildsum::models::kernels {

extern const Kernels kKernels_base;
extern const LocalKernels kLocalKernels_base;
#ifdef GUILDSUM_KERNELS_X86
extern const Kernels kKernels_v3;
extern const Kernels kKernels_v4;
extern const LocalKernels kLocalKernels_v3;
extern const LocalKernels kLocalKernels_v4;

namespace {

bool runs_v3() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}

bool runs_v4() noexcept {
  return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

}  // namespace
#endif

const Kernels* kernels_for(Isa isa) noexcept {
  switch (isa) {
    case Isa::base:
      return &kKernels_base;
#ifdef GUILDSUM_KERNELS_X86
    case Isa::v3:
      return runs_v3() ? &kKernels_v3 : nullptr;
    case Isa::v4:
      return runs_v4() ? &kKernels_v4 : nullptr;
#else
    case Isa::v3:
    case Isa::v4:
      return nullptr;
#endif
  }
  return nullptr;
}

const Kernels& best_kernels() noexcept {
  for (const auto isa : {Isa::v4, Isa::v3}) {
    if (const auto* found = kernels_for(isa)) return *found;
  }
  return kKernels_base;
}

const LocalKernels* local_kernels_for(Isa isa) noexcept {
  switch (isa) {
    case Isa::base:
      return &kLocalKernels_base;
#ifdef GUILDSUM_KERNELS_X86
    case Isa::v3:
      return runs_v3() ? &kLocalKernels_v3 : nullptr;
    case Isa::v4:
      return runs_v4() ? &kLocalKernels_v4 : nullptr;
#else
    case Isa::v3:
    case Isa::v4:
      return nullptr;
#endif
  }
  return nullptr;
}

const LocalKernels& best_local_kernels() noexcept {
  for (const auto isa : {Isa::v4, Isa::v3}) {
    if (const auto* found = local_kernels_for(isa)) return *found;
  }
  return kLocalKernels_base;
}

}  // namespace guildsum::models::kernels
