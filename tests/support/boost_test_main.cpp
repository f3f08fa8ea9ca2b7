#define BOOST_TEST_MODULE guildsum
#include <boost/test/unit_test.hpp>
