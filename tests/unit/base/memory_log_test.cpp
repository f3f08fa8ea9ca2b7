#include "base/memory_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace guildsum;

BOOST_AUTO_TEST_SUITE(memory_log_test)

BOOST_AUTO_TEST_CASE(events_are_kept_with_their_fields_as_text) {
  MemoryLog log;
  log.debug("a.b", {{"n", 1}});
  log.warn("c");
  log.info("a.b", {{"n", 2}, {"who", "x y"}});
  BOOST_TEST(log.count("a.b") == 2U);
  BOOST_TEST(log.last("a.b").fields.at("n") == "2");
  BOOST_TEST(log.last("a.b").fields.at("who") == "x y");
  BOOST_TEST((log.records().at(1).level == LogLevel::warn));
  BOOST_TEST(log.last("never").event.empty());
}

BOOST_AUTO_TEST_CASE(null_log_is_disabled_for_ordinary_events) {
  NullLog log;
  log.error("nobody.hears");
  BOOST_TEST(!log.enabled(LogLevel::warn));
}

BOOST_AUTO_TEST_SUITE_END()
