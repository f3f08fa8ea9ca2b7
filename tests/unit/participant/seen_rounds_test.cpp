#include "participant/seen_rounds.hpp"

#include <fstream>

#include "protocol/signing.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup {
  test::TempDir dir;
  protocol::test::RoundSetup round;
  std::unique_ptr<SeenRounds> seen = open();

  [[nodiscard]] std::unique_ptr<SeenRounds> open() const {
    return SeenRounds::open(dir / "seen").value();
  }
  /// The sample round under another number, in a state whose model is told by `model`.
  protocol::RoundDescription at(std::uint64_t number, std::uint8_t model) {
    auto description = round.description;
    description.descriptor.round = protocol::RoundId{number};
    description.descriptor.state.model_root.mutable_view()[0] = std::byte{model};
    protocol::sign(description, round.coordinator);
    return description;
  }
  std::optional<std::uint64_t> other_than(std::uint8_t model) {
    const auto found = seen->other_state_of(at(1, model).descriptor.state).value();
    if (!found) return std::nullopt;
    return found->descriptor.round.value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(seen_rounds_test)

BOOST_AUTO_TEST_CASE(one_step_in_two_states_is_found_also_after_a_restart) {
  Setup setup;
  BOOST_TEST(!setup.other_than(1).has_value());
  GS_REQUIRE_DONE(setup.seen->keep(setup.at(7, 1)));
  GS_REQUIRE_DONE(setup.seen->keep(setup.at(8, 1)));  // Asked again in the same state.
  for (int restarts = 0; restarts < 2; ++restarts) {
    BOOST_TEST(!setup.other_than(1).has_value());
    BOOST_TEST(setup.other_than(2).value() == 7U);  // The oldest one.
    setup.seen = setup.open();
  }
  auto next_step = setup.at(9, 2);
  next_step.descriptor.state.step_number += 1;
  BOOST_TEST(!setup.seen->other_state_of(next_step.descriptor.state).value().has_value());
}

BOOST_AUTO_TEST_CASE(the_newest_ones_are_kept) {
  Setup setup;
  for (std::uint64_t number = 1; number <= SeenRounds::kFilesMax + 2; ++number) {
    GS_REQUIRE_DONE(setup.seen->keep(setup.at(number, 1)));
  }
  const auto files = std::distance(std::filesystem::directory_iterator{setup.dir / "seen"},
                                   std::filesystem::directory_iterator{});
  BOOST_TEST(static_cast<std::size_t>(files) == SeenRounds::kFilesMax);
  BOOST_TEST(setup.other_than(2).value() == 3U);
}

BOOST_AUTO_TEST_CASE(damaged_and_foreign_files_do_no_harm) {
  Setup setup;
  GS_REQUIRE_DONE(setup.seen->keep(setup.at(7, 1)));
  for (const char* name : {"3.0.gsum", "x.gsum", "4.gsum", "5.0.txt"}) {
    std::ofstream{setup.dir / "seen" / name} << "no frame";
  }
  setup.seen = setup.open();
  BOOST_TEST(setup.other_than(2).value() == 7U);
}

BOOST_AUTO_TEST_SUITE_END()
