#include "base/suggest.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

using namespace guildsum;

BOOST_AUTO_TEST_SUITE(suggest_test)

BOOST_AUTO_TEST_CASE(the_nearest_word_is_found_through_usual_slips) {
  const std::vector<std::string> words{"listen", "log_level", "limit", "name"};
  for (const char* slip : {"lisen", "listten", "lsiten", "lisyen"}) {
    BOOST_TEST(nearest_word(slip, words) == "listen", slip);
  }
  BOOST_TEST(nearest_word("log-level", words) == "log_level");
}

BOOST_AUTO_TEST_CASE(nothing_is_suggested_for_a_different_word) {
  const std::vector<std::string> words{"listen", "name"};
  BOOST_TEST(nearest_word("certificate", words).empty());
  BOOST_TEST(nearest_word("", {}).empty());
  BOOST_TEST(did_you_mean("certificate", words).empty());
}

BOOST_AUTO_TEST_CASE(the_suggestion_is_a_ready_half_sentence) {
  const std::vector<std::string> words{"listen"};
  BOOST_TEST(did_you_mean("lissen", words) == "; did you mean \"listen\"?");
}

BOOST_AUTO_TEST_SUITE_END()
