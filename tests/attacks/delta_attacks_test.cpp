#include "tests/attacks/second_sum.hpp"

// Sums of what changed. Whoever gets one change twice, or one change over other shops once more,
// reads the difference; a change that is asked for against a wrong state is lost or doubled. Which
// state a shop's next change is against follows from certificates alone.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::MessageType;

constexpr std::uint32_t kItems = 12;
constexpr int kBefore = 9;  // the victim's customers at its first sum

models::TaskPlan gram_plan() {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ease;
  plan.items = kItems;
  plan.customers_max = 1000;
  return plan;
}

/// How the victim's matrix differs between two numbers of customers, of whom the k-th bought items
/// 0 to k.
std::vector<std::int64_t> change(int from, int to) {
  const auto common = [](int customers, int item) { return std::max(0, customers - item); };
  std::vector<std::int64_t> values;
  for (int i = 0; i < static_cast<int>(kItems); ++i) {
    for (int j = i; j < static_cast<int>(kItems); ++j) {
      values.push_back(common(to, j) - common(from, j));
    }
  }
  return values;
}

/// The others keep no journal, so that every step of the lineage seems to be their first. The
/// victim's owner allows a change at any time, unless `policy` says otherwise.
struct MatrixScene : Scene {
  explicit MatrixScene(const std::string& policy = "delta_interval_min = \"0s\"\n")
      : Scene{"[policy]\n" + policy, kOtherShops, gram_plan()} {
    for (std::size_t i = 0; i < shops.size(); ++i) {
      shops[i].policy().accept_new_lineages = true;
      shops[i].policy().accept_joins = true;
    }
  }
};

/// A federation whose first sum is open, seen by everybody.
struct AfterFirst : MatrixScene {
  explicit AfterFirst(const std::string& policy = "delta_interval_min = \"0s\"\n")
      : MatrixScene{policy} {
    Opened first{*this};
    BOOST_TEST(victim.input() == change(0, kBefore), boost::test_tools::per_element());
    victim.tell(PhaseNumber::result, protocol::encode(first.result));
    const auto vote = victim.sent(MessageType::vote);
    BOOST_TEST_REQUIRE(vote.has_value());
    BOOST_TEST(protocol::decode<protocol::Vote>(*vote)->accept);
    go_on(first);
  }
  void go_on(const Opened& opened) {
    go_on(opened.sum, static_cast<std::uint32_t>(opened.play.uploads.size()));
  }
  /// The next step, whose start whoever missed this one may fetch.
  void go_on(const std::vector<std::int64_t>& sum, std::uint32_t survivors) {
    adversary.go_on(sum, survivors);
    const Bytes checkpoint = adversary.task()->checkpoint();
    wire.publish(protocol::blob_id(checkpoint), checkpoint);
  }
  void restart() {
    victim.crash();
    victim.serve();
  }
  void sell_to(int customers) {
    victim.crash();
    victim.sell_to(customers);
    victim.serve();
  }
  /// The victim joins the step that is asked for; what it puts in. The attempt is abandoned.
  std::vector<std::int64_t> asked() {
    Play play = this->play();
    play.play_to_uploads();
    auto input = victim.input();
    play.abort(victim);
    BOOST_TEST(victim.reaches("ended"));
    return input;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(delta_attacks_test)
BOOST_AUTO_TEST_SUITE(delta_resend)

BOOST_AUTO_TEST_CASE(a_change_that_may_be_counted_is_not_asked_for_again) {
  AfterFirst scene;
  scene.sell_to(10);
  Opened second{scene};
  BOOST_TEST(scene.victim.input() == change(kBefore, 10), boost::test_tools::per_element());
  // Opened, and said to have come to nothing: neither that step nor, with the same change in it,
  // the next one is to be had.
  say_ended(second.play, scene);
  BOOST_TEST(scene.victim.reaches("awaiting-abandon-certificate"));
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  scene.go_on(second);
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  scene.sell_to(11);
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  // The certificate that names the victim moves its state on, and nothing moves it back.
  scene.wire.serve_survivors(second.play.round(), unopened(second.play));
  BOOST_TEST(scene.asked() == change(10, 11), boost::test_tools::per_element());
  scene.wire.serve_outcome(
      protocol::encode(ended(second.play, scene, second.play.abandon_certificate())));
  scene.restart();
  BOOST_TEST(scene.asked() == change(10, 11), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_step_itself_can_only_be_repaired_with_the_very_same_change) {
  AfterFirst scene;
  scene.sell_to(10);
  Opened second{scene};
  say_ended(second.play, scene);
  scene.wire.serve_survivors(second.play.round(), unopened(second.play));
  BOOST_TEST(asked_again(scene) == "repair-mismatch");
  scene.sell_to(12);
  Opened repaired{scene};
  BOOST_TEST(scene.victim.input() == change(kBefore, 10), boost::test_tools::per_element());
  scene.victim.tell(PhaseNumber::result, protocol::encode(repaired.result));
  BOOST_TEST_REQUIRE(scene.victim.sent(MessageType::vote).has_value());
  // Its state is now that of the repair, which is that of the attempt it repaired.
  scene.go_on(repaired);
  BOOST_TEST(scene.asked() == change(10, 12), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_abandoned_change_is_made_again_against_the_same_state) {
  AfterFirst scene;
  scene.sell_to(10);
  BOOST_TEST(scene.asked() == change(kBefore, 10), boost::test_tools::per_element());
  scene.sell_to(11);
  BOOST_TEST(scene.asked() == change(kBefore, 11), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whom_the_certificate_does_not_name_sends_its_change_later) {
  AfterFirst scene;
  scene.sell_to(10);
  Play play = scene.play();
  play.play_to_uploads();
  play.uploads.erase(scene.victim.id());
  play.propose();
  play.certify();
  say_ended(play, scene);
  scene.wire.serve_survivors(play.round(), unopened(play));
  // The others' sum is open; the victim is in none of this step.
  std::vector<std::int64_t> others(change(0, 0).size(), 0);
  for (std::size_t shop = 0; shop < scene.shops.size(); ++shop) {
    for (std::size_t i = 0; i < others.size(); ++i) others[i] += scene.shops[shop].values()[i];
  }
  scene.go_on(others, kOtherShops);
  BOOST_TEST(scene.asked() == change(kBefore, 10), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_coordinators_word_moves_no_state) {
  AfterFirst scene;
  scene.sell_to(10);
  Opened second{scene};
  say_ended(second.play, scene);
  BOOST_TEST(scene.victim.reaches("awaiting-abandon-certificate"));
  // A result is signed by the coordinator alone.
  scene.victim.tell(PhaseNumber::result, protocol::encode(second.result));
  BOOST_TEST(scene.victim.reaches("finished"));
  scene.go_on(second);
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
}

BOOST_AUTO_TEST_CASE(without_its_own_state_the_victim_sends_nothing) {
  AfterFirst scene;
  scene.victim.crash();
  std::filesystem::remove_all(scene.victim.counted_states());
  scene.victim.serve();
  // Not even its shares, which the others would have to replace by theirs in every attempt.
  BOOST_TEST(asked_again(scene) == "delta-base-lost");
}

BOOST_AUTO_TEST_CASE(who_is_new_gives_all_it_has_only_with_the_owners_leave) {
  // The others' changes may be none, and then the sum is the newcomer's matrix.
  MatrixScene scene;
  const std::vector<std::int64_t> others(change(0, 0).size(), 7);
  scene.adversary.go_on(others, kOtherShops);
  const Bytes checkpoint = scene.adversary.task()->checkpoint();
  scene.wire.publish(protocol::blob_id(checkpoint), checkpoint);
  BOOST_TEST(asked_again(scene) == "new-lineage");
  BOOST_TEST(scene.victim.run({"approve", "ease"}) == 0);
  BOOST_TEST(asked_again(scene) == "new-lineage");
  BOOST_TEST(scene.victim.run({"approve", "ease-join"}) == 0);
  Play play = scene.play();
  play.play_to_uploads();
  BOOST_TEST(scene.victim.input() == change(0, kBefore), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_was_just_counted_is_not_asked_for_the_next_change_at_once) {
  // Who runs the next sum at once has changes of nobody but of the one shop that it left out.
  AfterFirst scene{""};
  scene.sell_to(10);
  BOOST_TEST(asked_again(scene) == "policy-refused");
  scene.restart();
  BOOST_TEST(asked_again(scene) == "policy-refused");
}

BOOST_AUTO_TEST_CASE(an_owner_who_wants_no_changes_read_is_asked_for_none) {
  AfterFirst scene{"accept_deltas = false\n"};
  BOOST_TEST(asked_again(scene) == "policy-refused");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
