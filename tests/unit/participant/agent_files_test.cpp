#include "participant/agent_files.hpp"

#include "agent_setup.hpp"
#include "base/errors.hpp"
#include "participant/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

BOOST_AUTO_TEST_SUITE(agent_files_test)

BOOST_AUTO_TEST_CASE(an_enrolled_agents_files_are_opened_again_and_again) {
  AgentSetup setup;
  auto& shop = setup.add_shop("corner", "ann,tea\n");
  protocol::ParticipantId id;
  for (int i = 0; i < 2; ++i) {
    const auto files = AgentFiles::open(shop.config, setup.clock, setup.random).value();
    BOOST_TEST(files->membership.name == "corner");
    BOOST_TEST(files->vocabulary.size() == 3U);
    BOOST_TEST((i == 0 || files->keys.id() == id));
    id = files->keys.id();
    BOOST_TEST(files->models->models().value().empty());
    BOOST_TEST(files->activity->rounds(1).value().empty());
  }
  BOOST_TEST(std::filesystem::exists(AgentPaths{shop.config.dir}.customer_key()));
}

BOOST_AUTO_TEST_CASE(an_agent_that_never_joined_or_lost_its_keys_is_refused) {
  AgentSetup setup;
  Config config;
  config.dir = setup.dir / "nobody";
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled,
                 AgentFiles::open(config, setup.clock, setup.random));
  auto& shop = setup.add_shop("corner", "ann,tea\n");
  std::filesystem::remove(AgentPaths{shop.config.dir}.identity_key());
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled,
                 AgentFiles::open(shop.config, setup.clock, setup.random));
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_refused) {
  AgentSetup setup;
  auto& shop = setup.add_shop("corner", "ann,tea\n");
  std::ofstream{AgentPaths{shop.config.dir}.store()} << std::string(5000, 'x');
  GS_CHECK_FAILS(BaseErrc::corrupt, AgentFiles::open(shop.config, setup.clock, setup.random));
}

BOOST_AUTO_TEST_SUITE_END()
