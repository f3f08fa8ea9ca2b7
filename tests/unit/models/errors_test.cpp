#include "models/errors.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum::models;

BOOST_AUTO_TEST_SUITE(errors_test)

BOOST_AUTO_TEST_CASE(every_code_has_a_meaning_of_its_own) {
  std::set<std::string> meanings;
  constexpr int kLast = static_cast<int>(ModelsErrc::unknown_item);
  for (int code = 1; code <= kLast; ++code) meanings.insert(models_category().message(code));
  BOOST_TEST(meanings.size() == static_cast<std::size_t>(kLast));
  BOOST_TEST(!meanings.contains("unknown models error"));
  BOOST_TEST(models_category().message(kLast + 1) == "unknown models error");
}

BOOST_AUTO_TEST_CASE(codes_belong_to_the_models) {
  const boost::system::error_code code = ModelsErrc::wrong_step;
  BOOST_TEST((code.category() == models_category()));
  BOOST_TEST(code.category().name() == std::string{"models"});
  BOOST_TEST(code.message() == "not the step the task is at");
}

BOOST_AUTO_TEST_CASE(data_that_cannot_be_used_has_the_exit_code_of_bad_data) {
  for (const auto code :
       {ModelsErrc::malformed, ModelsErrc::unknown_item, ModelsErrc::wrong_shape}) {
    BOOST_TEST((make_error_code(code).default_error_condition() ==
                guildsum::make_base_condition(guildsum::BaseErrc::malformed)));
  }
  BOOST_TEST((make_error_code(ModelsErrc::wrong_step).default_error_condition().category() ==
              models_category()));
}

BOOST_AUTO_TEST_SUITE_END()
