#include "simulations/prepare.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/gzip.hpp"
#include "models/vocabulary.hpp"
#include "simulations/pooled_data.hpp"
#include "simulations/split_files.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using cli::ExitCode;
using test::contains;
using test::must;
using test::simulate;

/// The first `lines` lines of the real transactions.
std::string real_slice(std::size_t lines) {
  const auto text = must(read_plain_or_gzip(bundled_transactions(), std::size_t{1} << 30));
  std::size_t end = 0;
  for (std::size_t k = 0; k < lines; ++k) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

/// The first three weeks of the shop, prepared once for all cases.
struct Prepared {
  Prepared() {
    test::write(input(), real_slice(30'001));
    answer = simulate(
        {"data", "prepare", "--input", input(), "--output", output().string(), "--format", "json"});
  }
  [[nodiscard]] std::string input() const { return (directory / "sales.csv").string(); }
  [[nodiscard]] std::filesystem::path output() const { return directory / "data"; }
  guildsum::test::TempDir directory;
  test::Answer answer;
};

const Prepared& prepared() {
  static const Prepared instance;
  return instance;
}

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prepare_test)

BOOST_AUTO_TEST_CASE(the_report_counts_every_row_once) {
  BOOST_TEST_REQUIRE((prepared().answer.code == ExitCode::ok), prepared().answer.err);
  const auto report = boost::json::parse(prepared().answer.out).as_object();
  std::size_t rows = report.at("used").to_number<std::size_t>();
  for (const auto& reason : report.at("not_used").as_object()) {
    rows += reason.value().to_number<std::size_t>();
  }
  BOOST_TEST(report.at("rows").to_number<std::size_t>() == 30'000U);
  BOOST_TEST(rows == 30'000U);
  BOOST_TEST(report.at("shops").as_array().size() == 8U);
}

BOOST_AUTO_TEST_CASE(every_row_of_the_split_is_in_exactly_one_file_of_one_shop) {
  const auto data = must(read_retail(prepared().input()));
  const auto split = split_last_basket(data);
  BOOST_TEST(split.rows.size() > 1000U);
  std::size_t rows = 0;
  for (const auto& name : shops_by_country(split).names) {
    for (const char* file : {"train.csv", "holdout.csv"}) {
      const auto text = test::read(prepared().output() / "shops" / name / file);
      BOOST_TEST(text.starts_with("customer,item,time,quantity,price,order,title\n"));
      rows += line_count(text) - 1;
    }
  }
  BOOST_TEST(rows == split.rows.size());
}

BOOST_AUTO_TEST_CASE(the_item_list_is_published_and_the_agents_files_fit_it) {
  const auto items =
      must(models::Vocabulary::parse_csv(test::read(prepared().output() / "items.csv")));
  const auto split = split_last_basket(must(read_retail(prepared().input())));
  BOOST_TEST(items.size() == split.items.size());
  const auto pooled = must(read_pooled_data(prepared().output()));
  BOOST_TEST(pooled.bought.items() == items.size());
  std::size_t pairs = 0;
  for (const auto part : {Part::test}) {
    for (const auto& row : split.baskets(part)) pairs += row.size();
  }
  BOOST_TEST(pooled.held_out.pairs() == pairs);
}

BOOST_AUTO_TEST_CASE(the_split_files_are_the_split) {
  const auto directory = prepared().output() / "split";
  const auto split = split_last_basket(must(read_retail(prepared().input())));
  BOOST_TEST(
      (test::read(directory / "train.txt") == interaction_lines(split.baskets(Part::train))));
  BOOST_TEST(
      (test::read(directory / "valid.txt") == interaction_lines(split.baskets(Part::valid))));
  BOOST_TEST((test::read(directory / "test.txt") == interaction_lines(split.baskets(Part::test))));
  BOOST_TEST((test::read(directory / "items.tsv") == item_lines(split)));
  BOOST_TEST((test::read(directory / "users.tsv") == user_lines(split)));
  BOOST_TEST((test::read(directory / "shops32.txt") == shops_equal(split).lines()));
  BOOST_TEST((test::read(directory / "shops.txt") == shops_by_country(split).lines()));
  // The bundled random assignment is of the whole data, not of a slice.
  BOOST_TEST(!std::filesystem::exists(directory / "shops_skew.txt"));
  const std::vector<std::filesystem::path> train{directory / "train.txt", directory / "valid.txt"};
  BOOST_TEST(must(read_split(train, directory / "test.txt")).train.customers() ==
             split.users.size());
}

BOOST_AUTO_TEST_CASE(preparing_twice_gives_the_same_bytes) {
  const auto again = prepared().directory / "again";
  const auto answer =
      simulate({"data", "prepare", "--input", prepared().input(), "--output", again.string()});
  BOOST_TEST_REQUIRE((answer.code == ExitCode::ok), answer.err);
  BOOST_TEST(contains(answer.out, "Online Retail 30,000 rows -> 8 shops; used "));
  for (const char* file : {"items.csv", "split/train.txt", "shops/uk-1/train.csv"}) {
    BOOST_TEST((test::read(again / file) == test::read(prepared().output() / file)), file);
  }
}

BOOST_AUTO_TEST_CASE(shops_can_be_chosen) {
  const auto split = split_last_basket(must(read_retail(prepared().input())));
  BOOST_TEST(must(choose_shops("country", split)).names.size() == 8U);
  BOOST_TEST(must(choose_shops("32", split)).names.size() == 32U);
  std::string lines;
  for (std::size_t user = 0; user < split.users.size(); ++user) {
    lines += std::to_string(user) + " " + std::to_string(user % 3) + "\n";
  }
  const auto path = (prepared().directory / "mine.txt").string();
  test::write(path, lines);
  BOOST_TEST(must(choose_shops(path, split)).names.size() == 3U);
  BOOST_TEST(test::refused(choose_shops("skew", split), "shops_skew.txt.gz"));
  BOOST_TEST(choose_shops("nowhere.txt", split).has_error());
}

BOOST_AUTO_TEST_CASE(a_shops_file_holds_its_customers_only_and_separates_the_test_baskets) {
  const auto data = must(read_retail(prepared().input()));
  const auto split = split_last_basket(data);
  const auto shops = shops_by_country(split);
  std::size_t expected = 0;
  for (const auto& row : split.rows) {
    expected += shops.shop_of_user[row.user] == 0 && row.part == Part::test;
  }
  BOOST_TEST(expected > 0U);
  BOOST_TEST(line_count(shop_csv(data, split, shops, 0, true)) == expected + 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_prepared_is_explained) {
  const auto& directory = prepared().directory;
  test::write(directory / "bad.csv", "a,b\n");
  const auto bad = simulate({"data", "prepare", "--input", (directory / "bad.csv").string(),
                             "--output", (directory / "out").string()});
  BOOST_TEST((bad.code != ExitCode::ok));
  BOOST_TEST(contains(bad.err, "bad.csv:1: the header must be"));
  const auto no_output = simulate({"data", "prepare"});
  BOOST_TEST((no_output.code == ExitCode::usage));
  const auto into_file =
      simulate({"data", "prepare", "--input", prepared().input(), "--output", prepared().input()});
  BOOST_TEST((into_file.code != ExitCode::ok));
}

BOOST_AUTO_TEST_CASE(the_whole_data_has_the_published_size) {
  const auto data = must(read_retail(bundled_transactions()));
  BOOST_TEST(data.counts.rows == 541'909U);
  BOOST_TEST(data.counts.no_customer == 135'080U);
  const auto split = split_last_basket(data);
  BOOST_TEST(split.users.size() == 4'074U);
  BOOST_TEST(split.items.size() == 3'148U);
  const auto skew = must(shops_by_skew(split));
  BOOST_TEST(skew.names.size() == 8U);
  std::size_t test_customers = 0;
  for (const auto& basket : split.baskets(Part::test)) test_customers += !basket.empty();
  BOOST_TEST(test_customers == 1'963U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
