#include <boost/test/unit_test.hpp>

#include "live_round.hpp"
#include "protocol/errors.hpp"

// Who must be in the second sum of an evaluation, both machines together.
namespace {

using namespace guildsum;
using namespace guildsum::simulations;
using protocol::ProtocolErrc;

constexpr std::uint32_t kShops = 8;

/// The second sum, whose last `silent` shops upload nothing, up to the proposal of U2. In the first
/// one were all eight, six of them with held-out purchases; the owners want figures of five.
struct SecondSum {
  LiveRound round{kShops, 7};
  explicit SecondSum(std::uint32_t silent) {
    round.plan().descriptor.state.step_kind = "evaluation.quality";
    round.plan().descriptor.state.step_number = 2;
    participant::FirstSum first{{}, 6, 2};
    for (std::uint32_t i = 0; i < kShops; ++i) {
      first.survivors.push_back(round.federation().identity(i));
    }
    for (std::uint32_t i = 0; i < kShops; ++i) {
      round.shop(i).context.first_sum = [first](const auto&) {
        return Result<participant::FirstSum>{first};
      };
      round.shop(i).uploads = i + silent < kShops;
    }
    for (std::uint32_t i = 0; i < kShops; ++i) round.check_in(i);
    round.deliver_until<coordinator::Certifying>();
    if (silent == 0) return;
    round.submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(round.phase().index())});
    BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::Certifying>(round.phase()));
  }
  /// What shop 0 signs, or why it does not.
  [[nodiscard]] bool signs() {
    round.deliver(0);
    return std::ranges::any_of(round.shop(0).journal, [](const auto& record) {
      return std::holds_alternative<participant::SignedSurvivors>(record);
    });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(survivors_test)

BOOST_AUTO_TEST_CASE(one_shop_less_may_still_leave_five_with_figures) {
  BOOST_TEST(SecondSum{0}.signs());
  BOOST_TEST(SecondSum{1}.signs());
}

BOOST_AUTO_TEST_CASE(two_shops_less_may_leave_four_and_nobody_signs) {
  SecondSum second{2};
  BOOST_TEST(!second.signs());
  BOOST_TEST_REQUIRE(second.round.shop(0).refusals.size() == 1U);
  BOOST_TEST((second.round.shop(0).refusals.front() == ProtocolErrc::too_few));
  // Its input is out: what becomes of it is known from a certificate only.
  BOOST_TEST(
      std::holds_alternative<participant::AwaitingAbandonCertificate>(*second.round.shop(0).phase));
}

BOOST_AUTO_TEST_CASE(a_shop_whose_own_input_is_missing_follows_and_signs_nothing) {
  SecondSum second{1};
  second.round.deliver(kShops - 1);
  BOOST_TEST(std::holds_alternative<participant::AwaitingCertificate>(
      *second.round.shop(kShops - 1).phase));
}

BOOST_AUTO_TEST_SUITE_END()
