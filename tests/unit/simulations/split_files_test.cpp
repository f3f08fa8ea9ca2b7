#include "simulations/split_files.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::refused;

using Numbers = std::vector<std::uint32_t>;

std::vector<models::ItemIndex> row_of(const models::Interactions& matrix, std::size_t row) {
  return {matrix.row(row).begin(), matrix.row(row).end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split_files_test)

BOOST_AUTO_TEST_CASE(lines_are_numbers_between_blanks) {
  NumberLines lines{"1 2\t3\n\n  \n 4 \r\n5", "file"};
  BOOST_TEST(must(lines.next()).value() == (Numbers{1, 2, 3}));
  BOOST_TEST(must(lines.next()).value() == (Numbers{4}));
  BOOST_TEST(must(lines.next()).value() == (Numbers{5}));
  BOOST_TEST(lines.error("why").detail() == "file:5: why");
  BOOST_TEST(lines.file_error("why").detail() == "file: why");
  BOOST_TEST(!must(lines.next()).has_value());
}

BOOST_AUTO_TEST_CASE(words_that_are_no_index_are_refused_with_their_line) {
  for (const char* word : {"x", "-1", "1.5", "4294967296", "1x", "+1"}) {
    const std::string text = std::string{"1 2\n3 "} + word + "\n";
    NumberLines lines{text, "file"};
    static_cast<void>(lines.next());
    BOOST_TEST(refused(lines.next(), std::string{"file:2: '"} + word + "' is no index"));
  }
}

BOOST_AUTO_TEST_CASE(interactions_of_several_files_add_up) {
  UserItems rows;
  must(add_interactions("0 5 3\n2 1\n", "a", rows));
  must(add_interactions("0 7\n1 0\n", "b", rows));
  BOOST_TEST_REQUIRE(rows.size() == 3U);
  BOOST_TEST(rows[0] == (Numbers{5, 3, 7}));
  BOOST_TEST(rows[1] == (Numbers{0}));
  BOOST_TEST(rows[2] == (Numbers{1}));
}

BOOST_AUTO_TEST_CASE(impossible_interaction_lines_are_refused) {
  const auto add = [](std::string_view text) {
    UserItems rows;
    return add_interactions(text, "file", rows);
  };
  BOOST_TEST(refused(add("0 1\n0 2\n"), "file:2: user 0 has a line already"));
  BOOST_TEST(refused(add("100000000 1\n"), "file:1: user 100000000 is too high"));
  BOOST_TEST(refused(add("0 10000000\n"), "file:1: an item index is too high"));
  BOOST_TEST(add("").has_value());
  BOOST_TEST(add("7\n").has_value());
}

BOOST_AUTO_TEST_CASE(both_matrices_have_the_same_users_and_items) {
  const guildsum::test::TempDir directory;
  test::write(directory / "train.txt", "0 1 2\n");
  must(write_file_atomically(directory / "valid.txt.gz", gzip(as_bytes("0 2\n3 4\n"))));
  test::write(directory / "test.txt", "1 6\n");
  const std::vector<std::filesystem::path> train{directory / "train.txt",
                                                 directory / "valid.txt.gz"};
  const auto split = must(read_split(train, directory / "test.txt"));
  BOOST_TEST(split.train.customers() == 4U);
  BOOST_TEST(split.test.customers() == 4U);
  BOOST_TEST(split.train.items() == 7U);
  BOOST_TEST(split.test.items() == 7U);
  BOOST_TEST(row_of(split.train, 0) == (Numbers{1, 2}));
  BOOST_TEST(row_of(split.train, 3) == (Numbers{4}));
  BOOST_TEST(row_of(split.test, 1) == (Numbers{6}));
}

BOOST_AUTO_TEST_CASE(missing_and_empty_files_are_refused) {
  const guildsum::test::TempDir directory;
  test::write(directory / "empty.txt", "0\n1\n");
  const std::vector<std::filesystem::path> empty{directory / "empty.txt"};
  const std::vector<std::filesystem::path> missing{directory / "missing.txt"};
  BOOST_TEST(refused(read_split(empty, directory / "empty.txt"), "no interaction"));
  BOOST_TEST((read_split(missing, directory / "empty.txt").error() == BaseErrc::not_found));
  BOOST_TEST((read_split(empty, directory / "missing.txt").error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(event_files_keep_times_and_mix_with_lists) {
  const guildsum::test::TempDir directory;
  test::write(directory / "train.tsv", "user\titem\tseconds\n0\t1\t50\n0\t1\t20\n2\t3\t7\n");
  test::write(directory / "more.txt", "0 2\n");
  test::write(directory / "test.csv", "0,1\n0,1\n1,4\n");
  const std::vector<std::filesystem::path> train{directory / "train.tsv", directory / "more.txt"};
  const auto split = must(read_split(train, directory / "test.csv"));
  BOOST_TEST(split.train.items() == 5U);
  BOOST_TEST(row_of(split.train, 0) == (Numbers{1, 2}));
  BOOST_TEST(row_of(split.test, 0) == (Numbers{1}));
  BOOST_TEST_REQUIRE(split.histories.customers() == 3U);
  const auto histories = split.known_histories();
  const auto history = histories.row(0);
  BOOST_TEST_REQUIRE(history.size() == 3U);
  BOOST_TEST(history[0].item == 2U);  // A list has no times: before everything else.
  BOOST_TEST(history[1].seconds == 20);
  BOOST_TEST(history[2].seconds == 50);
  // Matrices without histories still have some.
  const SplitMatrices bare{split.train, split.test, {}};
  BOOST_TEST(bare.known_histories().row(0).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
