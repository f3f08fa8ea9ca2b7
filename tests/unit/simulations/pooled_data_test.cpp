#include "simulations/pooled_data.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::simulations {
namespace {

void write(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  BOOST_REQUIRE(write_file_atomically(path, as_bytes(text)).has_value());
}

std::string consents(const std::vector<std::string>& customers) {
  std::string text = "customer,purpose,state,decided_at,notice_version\n";
  for (const auto& customer : customers) text += customer + ",training,given,2024-01-01,v1\n";
  return text;
}

struct TwoShops {
  test::TempDir directory;
  TwoShops() {
    write(directory / "items.csv", "item_id,title\nA,Apple\nB,Bread\nC,Cheese\n");
    write(directory / "shops/one/train.csv", "customer,item,time\n7,A,1\n7,B,1\n8,C,2\n7,A,3\n");
    write(directory / "shops/one/holdout.csv", "customer,item,time\n7,C,9\n");
    write(directory / "shops/two/train.csv", "time,item,customer\n1,C,7\n1,unlisted,9\n");
    write(directory / "shops/two/holdout.csv", "time,item,customer\n");
    write(directory / "shops/one/consent.csv", consents({"7", "8"}));
    write(directory / "shops/two/consent.csv", consents({"7", "9"}));
  }
};

std::vector<models::ItemIndex> row(const models::Interactions& matrix, std::size_t customer) {
  const auto view = matrix.row(customer);
  return {view.begin(), view.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pooled_data_test)

BOOST_AUTO_TEST_CASE(customers_of_all_shops_are_rows_of_one_matrix) {
  const TwoShops shops;
  const auto data = read_pooled_data(shops.directory.path());
  BOOST_REQUIRE(data.has_value());
  BOOST_TEST(data->bought.customers() == 3U);
  BOOST_TEST(row(data->bought, 0) == (std::vector<models::ItemIndex>{0, 1}));
  BOOST_TEST(row(data->bought, 1) == (std::vector<models::ItemIndex>{2}));
}

BOOST_AUTO_TEST_CASE(equal_customer_numbers_of_two_shops_are_two_customers) {
  const TwoShops shops;
  const auto data = read_pooled_data(shops.directory.path());
  BOOST_REQUIRE(data.has_value());
  BOOST_TEST(row(data->bought, 2) == (std::vector<models::ItemIndex>{2}));
  BOOST_TEST(data->customers.at("one") == 2U);
  BOOST_TEST(data->customers.at("two") == 1U);
}

BOOST_AUTO_TEST_CASE(who_did_not_agree_to_training_is_left_out) {
  const TwoShops shops;
  write(shops.directory / "shops/one/consent.csv",
        consents({"7", "8"}) + "7,training,withdrawn,2024-01-02,v1\n");
  write(shops.directory / "shops/two/consent.csv", consents({"9"}));
  const auto data = read_pooled_data(shops.directory.path());
  BOOST_REQUIRE(data.has_value());
  BOOST_TEST(data->bought.customers() == 1U);
  BOOST_TEST(row(data->bought, 0) == (std::vector<models::ItemIndex>{2}));
  BOOST_TEST(data->held_out.pairs() == 0U);
  BOOST_TEST(data->customers.at("one") == 1U);
  BOOST_TEST(data->customers.at("two") == 0U);
  BOOST_TEST(data->without_consent == 2U);
  std::filesystem::remove(shops.directory / "shops/two/consent.csv");
  BOOST_TEST(read_pooled_data(shops.directory.path()).has_error());
}

BOOST_AUTO_TEST_CASE(held_out_items_are_in_the_row_of_their_customer) {
  const TwoShops shops;
  const auto data = read_pooled_data(shops.directory.path());
  BOOST_REQUIRE(data.has_value());
  BOOST_TEST(data->held_out.customers() == 3U);
  BOOST_TEST(row(data->held_out, 0) == (std::vector<models::ItemIndex>{2}));
  BOOST_TEST(row(data->held_out, 1).empty());
}

BOOST_AUTO_TEST_CASE(a_missing_column_is_named) {
  const TwoShops shops;
  write(shops.directory / "shops/two/train.csv", "time,article,customer\n1,C,7\n");
  const auto data = read_pooled_data(shops.directory.path());
  BOOST_REQUIRE(data.has_error());
  BOOST_TEST(data.error().detail().find("has no column item") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_without_shops_is_refused) {
  const test::TempDir directory;
  write(directory / "items.csv", "item_id,title\nA,Apple\n");
  const auto data = read_pooled_data(directory.path());
  BOOST_REQUIRE(data.has_error());
  BOOST_TEST((data.error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
