#include <tuple>

#include <boost/test/unit_test.hpp>

#include "models/kernels/als.hpp"
#include "models/kernels/kernels.hpp"
#include "models/kernels/local_steps.hpp"
#include "models/kernels/scoring.hpp"

using namespace guildsum::models::kernels;

namespace {

using Sets = std::tuple<DenseKernels, AlsKernels, LocalKernels, ScoreKernels>;

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_cpu_runs_the_base_kernels, Set, Sets) {
  const Set* base = kernels_for<Set>(Isa::base);
  BOOST_TEST_REQUIRE((base != nullptr));
  BOOST_TEST(base->name == "base");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_best_kernels_are_the_last_that_this_cpu_can_run, Set, Sets) {
  const Set* expected = nullptr;
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    if (const Set* found = kernels_for<Set>(isa)) expected = found;
  }
  BOOST_TEST((&best_kernels<Set>() == expected));
}

#if defined(__x86_64__)
BOOST_AUTO_TEST_CASE_TEMPLATE(kernels_are_offered_where_the_cpu_has_their_instructions, Set, Sets) {
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi2");
  BOOST_TEST((kernels_for<Set>(Isa::v3) != nullptr) == v3);
  if (!__builtin_cpu_supports("avx512f")) BOOST_TEST((kernels_for<Set>(Isa::v4) == nullptr));
  if (const Set* found = kernels_for<Set>(Isa::v3)) BOOST_TEST(found->name == "v3");
  if (const Set* found = kernels_for<Set>(Isa::v4)) BOOST_TEST(found->name == "v4");
}
#endif

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_instruction_set_has_no_kernels, Set, Sets) {
  BOOST_TEST((kernels_for<Set>(static_cast<Isa>(9)) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
