#include "participant/approvals.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/memory_log.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace guildsum;
using namespace guildsum::participant;

struct OwnedAgent {
  test::TempDir dir;
  MemoryLog log;
  AgentPaths paths{dir.path()};
  Journal journal = *Journal::open(paths.journal(), log);
  void take() { BOOST_TEST(take_approvals(paths, journal, log).has_value()); }
  bool approved(const std::string& kind) const {
    return journal.state().history.approvals().contains(kind);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(approvals_test)

BOOST_AUTO_TEST_CASE(an_approval_is_taken_once_and_survives_a_restart) {
  OwnedAgent agent;
  agent.take();
  BOOST_TEST(!agent.approved("ease"));
  BOOST_TEST(leave_approval(agent.paths, "ease").has_value());
  BOOST_TEST(leave_approval(agent.paths, "ease").has_value());
  agent.take();
  BOOST_TEST(agent.approved("ease"));
  BOOST_TEST(agent.log.count("lineage.approved") == 1U);
  agent.take();
  BOOST_TEST(agent.log.count("lineage.approved") == 1U);
  const Journal again = *Journal::open(agent.paths.journal(), agent.log);
  BOOST_TEST(again.state().history.approvals().contains("ease"));
}

BOOST_AUTO_TEST_CASE(another_past_can_be_approved_once) {
  OwnedAgent agent;
  BoundAttempt bound;
  bound.round = protocol::RoundId{3};
  bound.rd.mutable_view()[0] = std::byte{1};
  BOOST_TEST(agent.journal.append(bound).has_value());
  agent.take();
  BOOST_TEST(agent.journal.state().last_bound.has_value());
  BOOST_TEST(leave_approval(agent.paths, "past").has_value());
  agent.take();
  BOOST_TEST(!agent.journal.state().last_bound.has_value());
  BOOST_TEST(!Journal::open(agent.paths.journal(), agent.log)->state().last_bound.has_value());
  BOOST_TEST(agent.journal.append(bound).has_value());
  agent.take();
  BOOST_TEST(agent.journal.state().last_bound.has_value());
  BOOST_TEST(agent.log.count("past.approved") == 1U);
}

BOOST_AUTO_TEST_CASE(only_task_kinds_can_be_approved) {
  OwnedAgent agent;
  for (const char* word : {"", "all", "../journal", "Ease"}) {
    const auto left = leave_approval(agent.paths, word);
    BOOST_TEST_REQUIRE(left.has_error());
    BOOST_TEST((left.error() == BaseErrc::invalid_argument));
  }
}

BOOST_AUTO_TEST_SUITE_END()
