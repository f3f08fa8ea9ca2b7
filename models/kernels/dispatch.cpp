#include "models/kernels/als.hpp"
#include "models/kernels/kernels.hpp"
#include "models/kernels/local_steps.hpp"
#include "models/kernels/scoring.hpp"

// Each set has a constant per instruction set: kDenseKernels_base, kDenseKernels_v3 and so on.
#ifdef GUILDSUM_KERNELS_X86
#define GS_DECLARE_VARIANTS(Set)  \
  extern const Set k##Set##_base; \
  extern const Set k##Set##_v3;   \
  extern const Set k##Set##_v4
#define GS_VARIANTS(Set) &k##Set##_base, &k##Set##_v3, &k##Set##_v4
#else
#define GS_DECLARE_VARIANTS(Set) extern const Set k##Set##_base
#define GS_VARIANTS(Set) &k##Set##_base, nullptr, nullptr
#endif

namespace guildsum::models::kernels {

GS_DECLARE_VARIANTS(DenseKernels);
GS_DECLARE_VARIANTS(AlsKernels);
GS_DECLARE_VARIANTS(LocalKernels);
GS_DECLARE_VARIANTS(ScoreKernels);

namespace {

bool runs_v3() noexcept {
#ifdef GUILDSUM_KERNELS_X86
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

bool runs_v4() noexcept {
#ifdef GUILDSUM_KERNELS_X86
  return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

template <class Set>
const Set* variant(Isa isa, const Set* base, const Set* v3, const Set* v4) noexcept {
  switch (isa) {
    case Isa::base:
      return base;
    case Isa::v3:
      return runs_v3() ? v3 : nullptr;
    case Isa::v4:
      return runs_v4() ? v4 : nullptr;
  }
  return nullptr;
}

}  // namespace

template <>
const DenseKernels* kernels_for<DenseKernels>(Isa isa) noexcept {
  return variant(isa, GS_VARIANTS(DenseKernels));
}

template <>
const AlsKernels* kernels_for<AlsKernels>(Isa isa) noexcept {
  return variant(isa, GS_VARIANTS(AlsKernels));
}

template <>
const LocalKernels* kernels_for<LocalKernels>(Isa isa) noexcept {
  return variant(isa, GS_VARIANTS(LocalKernels));
}

template <>
const ScoreKernels* kernels_for<ScoreKernels>(Isa isa) noexcept {
  return variant(isa, GS_VARIANTS(ScoreKernels));
}

}  // namespace guildsum::models::kernels
