#include "simulations/evaluate_command.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "simulations/retail_split.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using cli::ExitCode;
using test::contains;
using test::simulate;

using Words = std::vector<std::string>;

std::string lines_of(const models::Interactions& data) {
  std::vector<std::vector<models::ItemIndex>> rows;
  for (std::size_t u = 0; u < data.customers(); ++u) {
    rows.emplace_back(data.row(u).begin(), data.row(u).end());
  }
  return interaction_lines(rows);
}

/// The files of a small split and five shops.
struct Files {
  Files() {
    test::write(directory / "train.txt", lines_of(test::random_purchases(60, 1)));
    test::write(directory / "test.txt", lines_of(test::random_purchases(60, 2)));
    std::string shops;
    for (int user = 0; user < 60; ++user) {
      shops += std::to_string(user) + " " + std::to_string(user % 5) + "\n";
    }
    test::write(directory / "shops.txt", shops);
  }
  [[nodiscard]] std::string path(const char* name) const { return (directory / name).string(); }
  [[nodiscard]] test::Answer evaluate(Words more) const {
    Words words{"evaluate",   "--train", path("train.txt"), "--test", path("test.txt"),
                "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return simulate(words);
  }
  /// The JSON report of a run that must work.
  [[nodiscard]] boost::json::object report(Words more) const {
    more.insert(more.end(), {"--format", "json"});
    const auto answer = evaluate(std::move(more));
    BOOST_TEST_REQUIRE((answer.code == ExitCode::ok), answer.err);
    return boost::json::parse(answer.out).as_object();
  }
  guildsum::test::TempDir directory;
};

/// A titles file: the items of one taste have the same title.
std::string titles_of_two_tastes() {
  std::string items;
  for (unsigned i = 0; i < test::kSmallItems; ++i) {
    items +=
        std::to_string(i) + "\tc\t" + (i < test::kSmallItems / 2 ? "red bag" : "blue cup") + "\n";
  }
  return items;
}

double ndcg(const boost::json::object& report) { return report.at("ndcg_at_20").as_double(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluate_command_test)

BOOST_AUTO_TEST_CASE(a_centralised_report_has_the_promised_members) {
  const Files files;
  const auto report = files.report({"--model", "ease"});
  std::string keys;
  for (const auto& member : report) keys += std::string{member.key()} + " ";
  BOOST_TEST(keys ==
             "model mode users items evaluated recall_at_20 recall_error ndcg_at_20 ndcg_error "
             "hit_rate_at_10 "
             "coverage_at_20 per_shop seconds ");
  BOOST_TEST(report.at("model").as_string() == "ease");
  BOOST_TEST(report.at("mode").as_string() == "centralised");
  BOOST_TEST(report.at("users").to_number<int>() == 60);
  BOOST_TEST(report.at("items").to_number<unsigned>() == test::kSmallItems);
  BOOST_TEST(report.at("per_shop").as_array().empty());
  BOOST_TEST(ndcg(report) > 0.1);
}

BOOST_AUTO_TEST_CASE(federated_runs_real_rounds_and_equals_centralised) {
  const Files files;
  const auto together = files.report({"--model", "ease"});
  const auto federated =
      files.report({"--model", "ease", "--mode", "federated", "--shops", files.path("shops.txt")});
  BOOST_TEST(federated.at("secure_sums").to_number<int>() == 1);
  BOOST_TEST(federated.at("per_shop").as_array().size() == 5U);
  BOOST_TEST(ndcg(federated) == ndcg(together), boost::test_tools::tolerance(1e-12));
  const auto& shop = federated.at("per_shop").as_array().front().as_object();
  BOOST_TEST(shop.at("shop").as_string() == "shop-1");
  BOOST_TEST(shop.at("customers").to_number<int>() == 12);
}

BOOST_AUTO_TEST_CASE(every_model_runs_in_every_mode) {
  const Files files;
  std::string events;
  const auto purchases = test::with_times(test::random_purchases(60, 1));
  for (std::size_t user = 0; user < purchases.customers(); ++user) {
    for (const auto& purchase : purchases.row(user)) {
      events += std::to_string(user) + "\t" + std::to_string(purchase.item) + "\t" +
                std::to_string(purchase.seconds) + "\n";
    }
  }
  test::write(files.directory / "train.txt", events);
  test::write(files.directory / "items.tsv", titles_of_two_tastes());
  for (const char* model : {"popularity", "knn", "ease", "ials", "blend", "bpr", "softmax",
                            "buy-again", "title", "transitions"}) {
    for (const char* mode : {"centralised", "federated", "alone"}) {
      const auto report =
          files.report({"--model", model, "--mode", mode, "--shops", files.path("shops.txt"),
                        "--factors", "3", "--epochs", "2", "--rounds", "3", "--items",
                        files.path("items.tsv"), "--withhold", "0.3", "--protocol", "next-basket"});
      BOOST_TEST(ndcg(report) > 0.0, model << " " << mode);
      BOOST_TEST(report.contains("secure_sums") == (std::string_view{mode} == "federated"));
    }
  }
}

BOOST_AUTO_TEST_CASE(options_reach_the_training) {
  const Files files;
  const auto with = [&](const Words& more) {
    Words words{"--model", "ials", "--factors", "3", "--epochs", "3"};
    words.insert(words.end(), more.begin(), more.end());
    return ndcg(files.report(words));
  };
  const double base = with({});
  BOOST_TEST(with({}) == base);
  BOOST_TEST(with({"--alpha", "0.001"}) != base);
  BOOST_TEST(with({"--reg", "10"}) != base);
  BOOST_TEST(with({"--seed", "7"}) != base);
  BOOST_TEST(ndcg(files.report({"--model", "ease", "--ridge", "0.01"})) !=
             ndcg(files.report({"--model", "ease"})));
  BOOST_TEST(ndcg(files.report({"--model", "popularity", "--protocol", "next-basket"})) !=
             ndcg(files.report({"--model", "popularity"})));
}

BOOST_AUTO_TEST_CASE(options_reach_the_gradient_steps) {
  const Files files;
  const auto with = [&](const char* model, const Words& more) {
    Words words{"--model", model, "--factors", "3", "--rounds", "4", "--local-rate", "0.05"};
    words.insert(words.end(), more.begin(), more.end());
    return ndcg(files.report(words));
  };
  for (const char* model : {"bpr", "softmax"}) {
    const double base = with(model, {});
    BOOST_TEST(with(model, {}) == base);
    BOOST_TEST(with(model, {"--reg", "10"}) != base);
    BOOST_TEST(with(model, {"--seed", "7"}) != base);
    BOOST_TEST(with(model, {"--optimiser", "adam"}) != base);
    BOOST_TEST(with(model, {"--server-rate", "50"}) != base);
    BOOST_TEST(with(model, {"--local-epochs", "9"}) != base);
    BOOST_TEST(with(model, {"--proximal", "20", "--local-epochs", "3"}) !=
               with(model, {"--local-epochs", "3"}));
  }
  const auto federated = files.report({"--model", "bpr", "--mode", "federated", "--shops",
                                       files.path("shops.txt"), "--rounds", "3"});
  BOOST_TEST(federated.at("secure_sums").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(products_per_epoch_are_counted_in_sums) {
  const Files files;
  const auto report =
      files.report({"--model", "ials", "--factors", "2", "--epochs", "2", "--products", "3",
                    "--mode", "federated", "--shops", files.path("shops.txt")});
  BOOST_TEST(report.at("secure_sums").to_number<int>() == 2 * (1 + 3));
}

BOOST_AUTO_TEST_CASE(people_get_a_table) {
  const Files files;
  const auto answer =
      files.evaluate({"--model", "ease", "--mode", "alone", "--shops", files.path("shops.txt")});
  BOOST_TEST((answer.code == ExitCode::ok));
  BOOST_TEST(contains(answer.out, "ease, alone: 60 users x 24 items, "));
  BOOST_TEST(contains(answer.out, "NDCG@20"));
  BOOST_TEST(contains(answer.out, "shop-5"));
  BOOST_TEST(contains(answer.out, "all"));
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_explained) {
  const Files files;
  const auto bad = [&](const Words& more, std::string_view part) {
    Words words{"--model", "ials"};
    words.insert(words.end(), more.begin(), more.end());
    const auto answer = files.evaluate(words);
    return answer.code != ExitCode::ok && answer.out.empty() && contains(answer.err, part);
  };
  BOOST_TEST(bad({"--factors", "0"}, "factors"));
  BOOST_TEST(bad({"--factors", "1025"}, "factors"));
  BOOST_TEST(bad({"--factors", "many"}, "factors"));
  BOOST_TEST(bad({"--alpha", "0"}, "alpha"));
  BOOST_TEST(bad({"--reg", "-1"}, "reg"));
  BOOST_TEST(bad({"--reg", "nan"}, "reg"));
  BOOST_TEST(bad({"--epochs", "0"}, "epochs"));
  BOOST_TEST(bad({"--products", "17"}, "products"));
  BOOST_TEST(bad({"--seed", "-1"}, "seed"));
  BOOST_TEST(bad({"--ridge", "0"}, "ridge"));
  BOOST_TEST(bad({"--protocol", "later"}, "use discover or next-basket"));
  BOOST_TEST(bad({"--mode", "local"}, "use centralised, federated or alone"));
  BOOST_TEST(bad({"--model", "svd"}, "model"));
  BOOST_TEST(bad({"--blend-ials", "-1"}, "blend-ials"));
  BOOST_TEST(bad({"--rounds", "0"}, "rounds"));
  BOOST_TEST(bad({"--local-epochs", "101"}, "local-epochs"));
  BOOST_TEST(bad({"--local-rate", "0"}, "local-rate"));
  BOOST_TEST(bad({"--server-rate", "nan"}, "server-rate"));
  BOOST_TEST(bad({"--proximal", "-1"}, "proximal"));
  BOOST_TEST(bad({"--optimiser", "lbfgs"}, "use sgd, momentum, adam or yogi"));
  BOOST_TEST(bad({"--half-life", "-1"}, "half-life"));
  BOOST_TEST(bad({"--title-ridge", "0"}, "title-ridge"));
  BOOST_TEST(bad({"--sampled-negatives", "0"}, "sampled-negatives"));
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said) {
  const Files files;
  const auto no_shops = files.evaluate({"--model", "ease", "--mode", "federated"});
  BOOST_TEST(contains(no_shops.err, "mode federated needs --shops FILE"));
  BOOST_TEST((simulate({"evaluate", "--model", "ease"}).code == ExitCode::usage));
  const auto no_model = files.evaluate({});
  BOOST_TEST((no_model.code == ExitCode::usage));
  BOOST_TEST(contains(no_model.err, "model"));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_are_named) {
  const Files files;
  test::write(files.directory / "bad.txt", "0 1\n1 x\n");
  const auto bad_train = simulate({"evaluate", "--model", "ease", "--train", files.path("bad.txt"),
                                   "--test", files.path("test.txt")});
  BOOST_TEST(contains(bad_train.err, "bad.txt:2: 'x' is no index"));
  const auto missing = simulate({"evaluate", "--model", "ease", "--train", files.path("none.txt"),
                                 "--test", files.path("test.txt")});
  BOOST_TEST(contains(missing.err, "none.txt"));
  test::write(files.directory / "few.txt", "0 0\n");
  const auto few =
      files.evaluate({"--model", "ease", "--mode", "alone", "--shops", files.path("few.txt")});
  BOOST_TEST(contains(few.err, "few.txt: user 1 has no shop"));
}

BOOST_AUTO_TEST_CASE(tuning_chooses_on_one_file_and_measures_on_another) {
  const Files files;
  test::write(files.directory / "valid.txt", lines_of(test::random_purchases(60, 3)));
  const auto report = files.report({"--model", "ease", "--tune", files.path("valid.txt")});
  const auto& tuning = report.at("tuning").as_object();
  const std::string chosen{tuning.at("chosen").as_string()};
  const auto again = files.report({"--model", "ease", "--train", files.path("valid.txt"), "--ridge",
                                   chosen.substr(std::string_view{"ridge "}.size())});
  BOOST_TEST(ndcg(report) == ndcg(again));
  const auto federated =
      files.report({"--model", "blend", "--tune", files.path("valid.txt"), "--mode", "federated",
                    "--shops", files.path("shops.txt"), "--factors", "2", "--epochs", "2"});
  BOOST_TEST(ndcg(federated) > 0.0);
}

BOOST_AUTO_TEST_CASE(new_items_are_placed_by_their_titles) {
  const Files files;
  test::write(files.directory / "items.tsv", titles_of_two_tastes());
  const auto report = files.report({"--model", "title", "--items", files.path("items.tsv"),
                                    "--factors", "4", "--withhold", "0.3"});
  BOOST_TEST(report.at("items_withheld").to_number<int>() > 2);
  BOOST_TEST(ndcg(report) > 0.5);
  BOOST_TEST(contains(files.evaluate({"--model", "title"}).err, "model title needs --items FILE"));
  const auto none =
      files.evaluate({"--model", "title", "--items", files.path("items.tsv"), "--withhold", "0"});
  BOOST_TEST(contains(none.err, "raise --withhold"));
  const auto all =
      files.evaluate({"--model", "title", "--items", files.path("items.tsv"), "--withhold", "1"});
  BOOST_TEST(contains(all.err, "lower --withhold"));
}

BOOST_AUTO_TEST_CASE(groups_of_customers_are_compared_by_secure_sums) {
  const Files files;
  std::string groups;
  for (int user = 0; user < 60; ++user) {
    groups += std::to_string(user) + (user % 10 == 0 ? "\trare\n" : "\tmany\n");
  }
  test::write(files.directory / "groups.tsv", groups);
  const auto federated = files.report({"--model", "ease", "--mode", "federated", "--shops",
                                       files.path("shops.txt"), "--groups",
                                       files.path("groups.tsv")});
  const auto& fairness = federated.at("fairness").as_object();
  BOOST_TEST_REQUIRE(fairness.at("groups").as_array().size() == 1U);
  const auto& many = fairness.at("groups").as_array()[0].as_object();
  BOOST_TEST(many.at("group").as_string() == "many");
  BOOST_TEST(many.at("customers").to_number<int>() >= 50);
  BOOST_TEST(fairness.at("suppressed").as_array()[0].as_string() == "rare");
  BOOST_TEST(fairness.at("shops").to_number<int>() == 5);
  BOOST_TEST(federated.at("secure_sums").to_number<int>() == 3);
  const auto together = files.report({"--model", "ease", "--groups", files.path("groups.tsv")});
  const auto& same = together.at("fairness").as_object().at("groups").as_array()[0].as_object();
  BOOST_TEST(same.at("ndcg_at_10").as_double() == many.at("ndcg_at_10").as_double(),
             boost::test_tools::tolerance(1e-4));
  BOOST_TEST(!together.at("fairness").as_object().contains("shops"));
  const auto text = files.evaluate({"--model", "popularity", "--groups", "activity"});
  BOOST_TEST(contains(text.out, "fairness by group"));
  BOOST_TEST(contains(files.evaluate({"--model", "ease", "--groups", files.path("shops.txt")}).err,
                      "needs a user, a tab and a group"));
}

BOOST_AUTO_TEST_CASE(event_files_and_sampled_negatives_are_taken) {
  const Files files;
  test::write(files.directory / "events.tsv", "user\titem\tseconds\n0\t1\t5\n0\t2\t9\n1\t2\t3\n");
  test::write(files.directory / "later.csv", "0,3\n1,1\n");
  const auto answer =
      simulate({"evaluate", "--model", "transitions", "--train", files.path("events.tsv"), "--test",
                files.path("later.csv"), "--sampled-negatives", "1", "--progress", "none"});
  BOOST_TEST((answer.code == ExitCode::ok), answer.err);
  BOOST_TEST(contains(answer.out, "one item among 1 sampled ones: 2 customers"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
