#include "base/net/error.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

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

BOOST_AUTO_TEST_CASE(what_a_program_exits_with_follows_from_the_error) {
  const auto condition_of = [](NetErrc errc) {
    return make_error_code(errc).default_error_condition();
  };
  using guildsum::BaseErrc;
  using guildsum::make_base_condition;
  BOOST_TEST((condition_of(NetErrc::unreachable) == make_base_condition(BaseErrc::unreachable)));
  BOOST_TEST((condition_of(NetErrc::timed_out) == make_base_condition(BaseErrc::timed_out)));
  BOOST_TEST((condition_of(NetErrc::certificate_untrusted) ==
              make_base_condition(BaseErrc::unauthorised)));
  BOOST_TEST((condition_of(NetErrc::cancelled) == make_base_condition(BaseErrc::interrupted)));
  BOOST_TEST((condition_of(NetErrc::too_large).category() == net_category()));
}

BOOST_AUTO_TEST_SUITE_END()
