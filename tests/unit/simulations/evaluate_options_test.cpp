#include "simulations/evaluate_options.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using cli::ExitCode;
using test::contains;
using test::simulate;

/// What the program says to options that are looked at before any file is read.
std::string answer_to(std::vector<std::string> more) {
  std::vector<std::string> words{"evaluate", "--train", "nowhere.txt", "--test", "nowhere.txt"};
  words.insert(words.end(), more.begin(), more.end());
  const auto answer = simulate(words);
  BOOST_TEST((answer.code != ExitCode::ok));
  return answer.err;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate_options_test)

BOOST_AUTO_TEST_CASE(every_option_has_one_name_and_a_help_text) {
  auto options = evaluate_options();
  std::ranges::sort(options, {}, &cli::Option::name);
  BOOST_TEST((std::ranges::adjacent_find(options, {}, &cli::Option::name) == options.end()));
  for (const auto& option : options) {
    BOOST_TEST((!option.help.empty() || option.name == "model"), option.name);
  }
}

BOOST_AUTO_TEST_CASE(words_and_numbers_that_cannot_be_are_refused_by_name) {
  BOOST_TEST(contains(answer_to({"--model", "magic"}), "magic"));
  BOOST_TEST(contains(answer_to({"--model", "ease", "--protocol", "guess"}), "discover"));
  BOOST_TEST(contains(answer_to({"--model", "ease", "--epsilon", "0"}), "epsilon"));
  BOOST_TEST(contains(answer_to({"--model", "ease", "--epsilon", "1", "--delta", "1"}), "delta"));
  BOOST_TEST(contains(answer_to({"--model", "ease", "--epsilon", "1", "--customer-items", "0"}),
                      "customer-items"));
  BOOST_TEST(contains(answer_to({"--model", "ease", "--tune", "v.txt", "--epsilon", "1"}),
                      "--tune looks at customers without noise"));
}

BOOST_AUTO_TEST_CASE(epsilons_are_numbers_between_commas) {
  for (const char* bad : {"1,,4", "1,x", ",1", "1,", "0", "-3", "nan", "1e99"}) {
    BOOST_TEST(contains(answer_to({"--model", "ease", "--epsilons", bad}), "--epsilons"), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
