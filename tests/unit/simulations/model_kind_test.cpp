#include "simulations/model_kind.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using test::must;

BOOST_AUTO_TEST_SUITE(model_kind_test)

BOOST_AUTO_TEST_CASE(words_name_models_and_modes) {
  for (const auto kind :
       {ModelKind::popularity, ModelKind::knn, ModelKind::ease, ModelKind::ials, ModelKind::blend,
        ModelKind::buy_again, ModelKind::title, ModelKind::transitions, ModelKind::bpr,
        ModelKind::softmax}) {
    BOOST_TEST((must(parse_model_kind(to_string(kind))) == kind));
    BOOST_TEST((model_kind_words().find(to_string(kind)) != std::string_view::npos));
  }
  for (const auto mode :
       {TrainingMode::centralised, TrainingMode::federated, TrainingMode::alone}) {
    BOOST_TEST((must(parse_training_mode(to_string(mode))) == mode));
  }
  BOOST_TEST(to_string(static_cast<ModelKind>(200)) == "unknown");
}

BOOST_AUTO_TEST_CASE(other_words_are_refused_with_those_that_are_known) {
  BOOST_TEST(test::refused(parse_model_kind("svd"), "model 'svd': use popularity, knn, "));
  BOOST_TEST(test::refused(parse_training_mode("local"), "use centralised, federated or alone"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
