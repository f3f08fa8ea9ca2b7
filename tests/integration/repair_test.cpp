#include <boost/test/unit_test.hpp>

#include "tests/integration/standstill.hpp"

// A certified round whose shares are gone before it opens: all programs are killed and come back,
// and the repair opens exactly the sum that was certified.
using namespace guildsum;
using namespace guildsum::test;
using protocol::MessageType;

namespace {

/// The played shop lives the attempt that it is invited to next; of its later answers the round may
/// need none any more.
void play_repair(Standstill& round) {
  ScriptedShop& played = round.played;
  const Bytes check_in = played.open_round();
  BOOST_TEST(played.round().value() == round.round());
  BOOST_TEST(played.attempt().value() == 1U);
  round.coordinator().restart();
  played.deliver(MessageType::check_in, check_in);
  played.deliver(MessageType::share_keys, played.take_description());
  (void)played.take_shares();
  played.upload();
  (void)played.try_to_deliver(MessageType::survivor_signature, played.take_proposal());
  (void)played.try_to_deliver(MessageType::unmask, played.take_certificate());
  played.deliver(MessageType::vote, played.take_result());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repair_test)

BOOST_AUTO_TEST_CASE(a_round_whose_holders_died_before_unmasking_is_repaired_exactly) {
  const Settings short_unmask{{"deadlines.unmask", "20s"}};
  Standstill round{short_unmask};
  // Five of seven answers open it: four are there, two agents and the played shop are silent.
  round.hold(Hold::unmasking);
  for (const std::size_t holder : {4U, 5U}) round.federation.shop(holder).kill();
  // One that has answered dies as well: it may neither answer nor abandon again.
  round.federation.shop(0).kill();
  for (const std::size_t index : {0U, 4U, 5U}) round.federation.shop(index).start();
  play_repair(round);
  round.finish();
  BOOST_TEST(round.check_sum().size() == 7U);
  const auto document = round.coordinator().round(round.round()).value();
  BOOST_TEST(number_at(document, "attempt") == 1U);
  for (std::size_t i = 0; i < round.federation.shops(); ++i) {
    ShopProcess& shop = round.federation.shop(i);
    BOOST_TEST(shop.plain(round.round(), 0) == shop.plain(round.round(), 1),
               boost::test_tools::per_element());
    expect_one_answer_per_phase(shop);
  }
  round.federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
