#include <boost/test/unit_test.hpp>

#include "models/kernels/kernels.hpp"
#include "models/kernels/local_steps.hpp"

using namespace guildsum::models::kernels;

BOOST_AUTO_TEST_SUITE(dispatch_test)

BOOST_AUTO_TEST_CASE(every_cpu_runs_the_base_kernels) {
  const Kernels* base = kernels_for(Isa::base);
  BOOST_TEST_REQUIRE((base != nullptr));
  BOOST_TEST(base->name == "base");
}

BOOST_AUTO_TEST_CASE(the_best_kernels_are_the_last_that_this_cpu_can_run) {
  const Kernels* expected = nullptr;
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    if (const Kernels* found = kernels_for(isa)) expected = found;
  }
  BOOST_TEST((&best_kernels() == expected));
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE(kernels_are_offered_exactly_where_the_cpu_has_their_instructions) {
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi2");
  BOOST_TEST((kernels_for(Isa::v3) != nullptr) == v3);
  if (!__builtin_cpu_supports("avx512f")) BOOST_TEST((kernels_for(Isa::v4) == nullptr));
  if (const Kernels* found = kernels_for(Isa::v3)) BOOST_TEST(found->name == "v3");
  if (const Kernels* found = kernels_for(Isa::v4)) BOOST_TEST(found->name == "v4");
}
#endif

BOOST_AUTO_TEST_CASE(local_kernels_are_offered_where_the_dense_ones_are) {
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    const Kernels* dense = kernels_for(isa);
    const LocalKernels* local = local_kernels_for(isa);
    BOOST_TEST_REQUIRE((dense != nullptr) == (local != nullptr));
    if (dense != nullptr) BOOST_TEST(local->name == dense->name);
  }
  BOOST_TEST(best_local_kernels().name == best_kernels().name);
  BOOST_TEST((local_kernels_for(static_cast<Isa>(9)) == nullptr));
}

BOOST_AUTO_TEST_CASE(an_unknown_instruction_set_has_no_kernels) {
  BOOST_TEST((kernels_for(static_cast<Isa>(9)) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
