#include "models/kernels/scoring.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models::kernels;
using models::test::Draw;

namespace {

struct Problem {
  Problem(std::size_t row_count, std::size_t row_stride)
      : count{row_count}, stride{row_stride}, rows{Draw{row_stride}.floats(count * stride + 1)} {
    Draw draw{row_count};
    for (std::size_t k = 0; k <= stride; ++k) customer.push_back(draw.real());
    for (std::size_t i = 0; i <= count; ++i) before.push_back(draw.real());
  }
  /// `offset` values further on, so that nothing lies on a multiple of the vectors.
  [[nodiscard]] std::vector<double> after(const ScoreKernels& kernels, std::size_t offset) const {
    auto scores = before;
    kernels.add_scores(rows.data() + offset, count, stride, customer.data() + offset,
                       scores.data() + offset);
    return scores;
  }
  std::size_t count;
  std::size_t stride;
  std::vector<float> rows;
  std::vector<double> customer;
  std::vector<double> before;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scoring_test)

BOOST_AUTO_TEST_CASE(scores_equal_the_plain_loop_and_are_the_same_bits_on_every_cpu) {
  for (const std::size_t stride : {8U, 16U, 24U, 64U, 72U, 128U}) {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 8U, 33U}) {
      for (const std::size_t offset : {0U, 1U}) {
        BOOST_TEST_CONTEXT("stride " << stride << ", count " << count << ", offset " << offset) {
          const Problem problem{count, stride};
          const auto found = problem.after(*kernels_for<ScoreKernels>(Isa::base), offset);
          for (std::size_t i = 0; i < count; ++i) {
            double expected = problem.before[i + offset];
            for (std::size_t k = 0; k < stride; ++k) {
              expected += static_cast<double>(problem.rows[i * stride + k + offset]) *
                          problem.customer[k + offset];
            }
            BOOST_TEST_REQUIRE(std::abs(found[i + offset] - expected) < 1e-13);
          }
          BOOST_TEST(found[offset == 0 ? count : 0] == problem.before[offset == 0 ? count : 0]);
          for (const Isa isa : {Isa::v3, Isa::v4}) {
            const ScoreKernels* kernels = kernels_for<ScoreKernels>(isa);
            if (kernels != nullptr) BOOST_TEST((problem.after(*kernels, offset) == found));
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
