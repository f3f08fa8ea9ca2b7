#include "simulations/library/grid.hpp"

#include "base/errors.hpp"
#include "tests/unit/simulations/retail_sample.hpp"

namespace guildsum::simulations {

using test::contains;
using test::must;
using test::refused;

BOOST_AUTO_TEST_SUITE(grid_test)

BOOST_AUTO_TEST_CASE(a_grid_has_every_combination) {
  BOOST_TEST(must(points_of({"x.toml", {{"a", {"1", "2", "3"}}, {"b", {"4", "5"}}}})) == 6U);
  BOOST_TEST(refused(points_of({"x.toml", {}}), "--set KEY=A,B,C"));
  BOOST_TEST(refused(points_of({"x.toml", {{"a", {"1", "1"}}}}), "stands twice"));
  BOOST_TEST(refused(points_of({"x.toml", {{"a", {"1", ""}}}}), "empty"));
  BOOST_TEST(refused(points_of({"x.toml", {{"a", {"1"}}, {"a", {"2"}}}}), "stands twice"));
  const std::vector<std::string> many{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"};
  BOOST_TEST(refused(points_of({"x.toml", {{"a", many}, {"b", many}, {"c", many}}}), "1,000"));
}

BOOST_FIXTURE_TEST_CASE(points_over_real_data_differ_by_settings_only, test::SampleDirectory) {
  Grid grid{scenario("[model]\nkind = \"ials\"\nfactors = 4\nepochs = 1\n", "compare = []\n"),
            {{"model.bits", {"0", "12"}}, {"data.groups", {"none", "activity"}}},
            {{"seed", "3"}}};
  std::vector<std::size_t> done;
  GridOptions options;
  options.progress = [&](std::size_t steps, const std::string&) { done.push_back(steps); };
  const auto report = must(run_grid(grid, "guildsum-simulate sweep", options));
  const auto& points = report.at("points").as_array();
  BOOST_REQUIRE(points.size() == 4U);
  const auto quality = [&](std::size_t k) {
    return points[k].at("figures").at("federated").as_double();
  };
  BOOST_TEST(quality(0) == quality(1));  // An audit changes no model.
  BOOST_TEST(quality(0) != quality(2));
  BOOST_TEST(points[3].at("settings").at("model.bits").as_string() == "12");
  BOOST_TEST(points[3].at("report").at("scenario").at("seed").to_number<int>() == 3);
  BOOST_TEST(report.at("passed").as_bool());
  BOOST_TEST((done == std::vector<std::size_t>{0, 1, 2, 3}));
  const auto page = grid_page(report);
  BOOST_TEST(contains(page, "the higher the darker"));
  BOOST_TEST(contains(page, "run sample.toml --set seed=3 --set model.bits=12"));
  BOOST_TEST(!contains(page, directory.path().string()));
  BOOST_TEST(contains(grid_text(report), "model.bits"));
}

BOOST_FIXTURE_TEST_CASE(a_fault_scenario_is_swept_by_any_of_its_keys, test::SampleDirectory) {
  test::write(directory / "calm.toml",
              "shops_min = 5\nshops_max = 5\nrounds = 1\nseeds = 1\n[faults]\nuntil = \"1s\"\n");
  const Grid grid{directory / "calm.toml", {{"vector_length", {"16", "32"}}}};
  auto report = must(run_grid(grid, "sweep"));
  auto again = must(run_grid(grid, "sweep"));
  const auto& first = report.at("points").as_array()[0].as_object();
  BOOST_TEST(first.at("figures").at("completed").as_double() == 1.0);
  BOOST_TEST((first.at("figures") == again.at("points").as_array()[0].at("figures")));
  BOOST_TEST(contains(grid_page(report), "<polyline"));
}

BOOST_FIXTURE_TEST_CASE(a_sweep_that_is_stopped_gives_no_report, test::SampleDirectory) {
  GridOptions options;
  options.stop = [] { return true; };
  const Grid grid{scenario("[model]\nkind = \"popularity\"\n"), {{"seed", {"1", "2"}}}};
  const auto stopped = run_grid(grid, "", options);
  BOOST_REQUIRE(stopped.has_error());
  BOOST_TEST((stopped.error() == BaseErrc::interrupted));
}

BOOST_FIXTURE_TEST_CASE(a_bad_value_is_refused_before_anything_runs, test::SampleDirectory) {
  std::size_t steps = 0;
  GridOptions options;
  options.progress = [&](std::size_t, const std::string&) { ++steps; };
  const auto file = scenario("[model]\nkind = \"popularity\"\n");
  BOOST_TEST(refused(run_grid({file, {{"data.shops", {"country", "planets"}}}}, "", options),
                     "data.shops"));
  BOOST_TEST(refused(run_grid({file, {{"model.brims", {"1", "2"}}}}, "", options), "model.brims"));
  BOOST_TEST(steps == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
