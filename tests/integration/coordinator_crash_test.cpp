#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "coordinator/keys.hpp"
#include "tests/integration/standstill.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

/// What the coordinator logged since byte `from`.
std::string since(CoordinatorProcess& coordinator, std::size_t from) {
  return coordinator.log().substr(from);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(coordinator_crash_test)

BOOST_AUTO_TEST_CASE(a_round_goes_on_after_sigkill_in_every_phase) {
  Standstill round;
  for (const Hold at : kAllHolds) {
    BOOST_TEST_CONTEXT("killed in " << name_of(at)) {
      round.hold(at);
      const std::uint32_t number = round.last_message();
      const Bytes before = number > 0 ? round.played.phase_frame(number) : Bytes{};
      const std::size_t logged = round.coordinator().log().size();
      round.coordinator().restart();
      BOOST_TEST(count_in(since(round.coordinator(), logged), "round.resumed") == 1U);
      const Bytes after = number > 0 ? round.played.phase_frame(number) : Bytes{};
      BOOST_TEST((after == before));
      if (at == Hold::inputs) round.await_progress(6, "uploaded");

      round.release();
      BOOST_TEST(round.check_sum().size() == 7U);
      // What was acknowledged before the kill was not asked for again with other content.
      BOOST_TEST(count_in(round.coordinator().log(), "conflicting-message") == 0U);
    }
  }
  for (std::size_t i = 0; i < 6; ++i) expect_one_answer_per_phase(round.federation.shop(i));
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(an_acknowledged_upload_is_not_sent_a_second_time) {
  Standstill round;
  round.hold(Hold::inputs);
  const std::size_t logged = round.coordinator().log().size();
  round.coordinator().restart();
  round.release();
  BOOST_TEST(round.check_sum().size() == 7U);
  // Only the played shop's own chunk arrives after the restart.
  const std::string log = since(round.coordinator(), logged);
  BOOST_TEST(count_in(log, "route=/v1/rounds/{round}/masked-input/chunks/{index}") == 1U, log);
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(a_whole_upload_whose_event_was_lost_is_found_at_the_restart) {
  Standstill round;
  round.hold(Hold::inputs);
  const auto status = round.played.call(net::Method::put,
                                        round.played.round_path() + "/masked-input", round.owed());
  BOOST_REQUIRE((status.has_value() && status->status == 200));
  round.coordinator().kill();
  // As if killed between the last chunk on the disk and its event in the ledger.
  const coordinator::DataDirectory files{round.coordinator().directory()};
  const auto spooled =
      files.spool() / (std::to_string(round.round()) + ".0") / round.played.id().hex();
  BOOST_REQUIRE(std::filesystem::exists(spooled));
  BOOST_REQUIRE_EQUAL(round.played.chunks().size(), 1U);
  auto file = PositionedFile::open(spooled).value();
  BOOST_REQUIRE(file.write_at(0, round.played.chunks().front()).has_value());
  BOOST_REQUIRE(file.sync().has_value());

  round.coordinator().start();
  // Nobody sends it again: the round moves on by itself.
  round.await_progress(6, "voted");
  round.release();
  BOOST_TEST(round.check_sum().size() == 7U);
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(killed_while_the_sum_is_opened_the_sum_is_opened_once) {
  Standstill round;
  round.hold(Hold::unmasking);
  const std::size_t logged = round.coordinator().log().size();
  round.played.deliver(protocol::MessageType::unmask, round.owed());
  round.coordinator().kill();
  round.coordinator().start();
  round.release();  // Repeats the answer, which is harmless whether or not it was stored.
  BOOST_TEST(round.check_sum().size() == 7U);
  BOOST_TEST(count_in(since(round.coordinator(), logged), "model.released") == 1U);
  round.federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
