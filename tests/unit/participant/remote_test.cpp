#include "participant/remote/remote.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

using namespace guildsum;
using namespace guildsum::participant;
using protocol::MessageType;

BOOST_AUTO_TEST_SUITE(remote_test)

BOOST_AUTO_TEST_CASE(messages_of_a_shop_have_names_of_their_own) {
  std::set<std::string_view> names;
  for (const MessageType type :
       {MessageType::check_in, MessageType::share_keys, MessageType::masked_input_upload,
        MessageType::survivor_signature, MessageType::unmask, MessageType::vote,
        MessageType::abandon, MessageType::complaint, MessageType::refusal}) {
    BOOST_TEST(!name_of(type).empty());
    names.insert(name_of(type));
  }
  BOOST_TEST(names.size() == 9U);
  BOOST_TEST(name_of(MessageType::check_in) == "check_in");
  BOOST_TEST(name_of(MessageType::masked_input_upload) == "masked_input_header");
}

BOOST_AUTO_TEST_CASE(attempts_are_ordered_by_round_first) {
  const AttemptId early{protocol::RoundId{1}, protocol::Attempt{9}};
  const AttemptId late{protocol::RoundId{2}, protocol::Attempt{0}};
  BOOST_TEST((early < late));
  BOOST_TEST((AttemptId{protocol::RoundId{2}, protocol::Attempt{1}} > late));
}

BOOST_AUTO_TEST_SUITE_END()
