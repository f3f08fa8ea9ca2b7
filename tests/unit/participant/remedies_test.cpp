#include "participant/serving/remedies.hpp"

#include <boost/test/unit_test.hpp>

#include "participant/errors.hpp"
#include "protocol/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::ProtocolErrc;

BOOST_AUTO_TEST_SUITE(remedies_test)

BOOST_AUTO_TEST_CASE(what_an_owner_can_do_is_told_by_the_code_that_is_shown) {
  for (const Error& error :
       {Error{ProtocolErrc::policy_refused}, Error{ProtocolErrc::new_lineage},
        Error{ProtocolErrc::restored_backup}, Error{ProtocolErrc::roster_expired},
        Error{ProtocolErrc::forked_chain},
        Error{ProtocolErrc::trusted_missing}, Error{ProtocolErrc::conflicting_message},
        Error{ParticipantErrc::spool_lost}, Error{ParticipantErrc::catalogue_mismatch}}) {
    BOOST_TEST(!remedy_of(refusal_code(error)).empty(), refusal_code(error));
  }
}

BOOST_AUTO_TEST_CASE(of_other_codes_there_is_nothing_to_say) {
  BOOST_TEST(remedy_of("malformed").empty());
  BOOST_TEST(remedy_of("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
