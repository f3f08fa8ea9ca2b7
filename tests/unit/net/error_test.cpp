#include "base/net/error.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace guildsum::net;

BOOST_AUTO_TEST_SUITE(error_test)

BOOST_AUTO_TEST_CASE(every_code_has_a_message_of_its_own) {
  std::set<std::string> messages;
  constexpr int kLast = static_cast<int>(NetErrc::address_in_use);
  for (int value = 1; value <= kLast; ++value) {
    messages.insert(make_error_code(static_cast<NetErrc>(value)).message());
  }

  BOOST_TEST(messages.size() == static_cast<std::size_t>(kLast));
  BOOST_TEST(messages.count("unknown network error") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
