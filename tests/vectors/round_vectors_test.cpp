#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/vectors/round_recorder.hpp"

// The production machines, once more with the same keys: every byte of the recorded rounds.
namespace {

std::string recorded(std::string_view name) {
  const std::string path =
      std::string{GUILDSUM_TEST_DATA_DIR} + "/vectors/rounds/" + std::string{name};
  std::ifstream file{path, std::ios::binary};
  BOOST_REQUIRE_MESSAGE(file.good(), "cannot open " << path);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Both files are long: what matters is the first line that differs.
void check_same(const std::string& now, const std::string& then) {
  std::size_t line = 1;
  for (std::size_t i = 0; i < std::min(now.size(), then.size()); ++i) {
    if (now[i] != then[i]) {
      BOOST_ERROR("differs in line " << line << ": " << then.substr(i, 80) << "\nnow "
                                     << now.substr(i, 80));
      return;
    }
    if (now[i] == '\n') ++line;
  }
  BOOST_TEST(now.size() == then.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_vectors_test)

BOOST_AUTO_TEST_CASE(a_round_with_a_dropout_is_the_recorded_one) {
  check_same(guildsum::vectors::record_dropout(), recorded("dropout.json"));
}

BOOST_AUTO_TEST_CASE(an_abandoned_attempt_is_the_recorded_one) {
  check_same(guildsum::vectors::record_abandoned(), recorded("abandoned.json"));
}

BOOST_AUTO_TEST_SUITE_END()
