#include "models/vocabulary.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

BOOST_AUTO_TEST_SUITE(vocabulary_test)

BOOST_AUTO_TEST_CASE(items_keep_the_order_of_the_list) {
  const auto list = must(Vocabulary::parse_csv("item_id,title\nb,Bread\na,Apple\n"));
  BOOST_TEST(list.size() == 2U);
  BOOST_TEST(list.at(0).id == "b");
  BOOST_TEST(list.at(1).title == "Apple");
  BOOST_TEST(list.find("a").value() == 1U);
  BOOST_TEST(list.find("b").value() == 0U);
}

BOOST_AUTO_TEST_CASE(an_item_that_is_not_listed_is_not_found) {
  const auto list = must(Vocabulary::build({{"a", "Apple"}}));
  BOOST_TEST(!list.find("A").has_value());
  BOOST_TEST(!list.find("").has_value());
  BOOST_TEST(!list.find("aa").has_value());
  BOOST_TEST(!Vocabulary{}.find("a").has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_a_list) {
  BOOST_TEST(must(Vocabulary::parse_csv("item_id,title\n")).size() == 0U);
  BOOST_TEST(must(Vocabulary::build({})).to_csv() == "item_id,title\n");
}

BOOST_AUTO_TEST_CASE(the_published_text_reads_back_to_the_list) {
  const std::vector<Item> items{
      {"1,2", "comma"}, {"q", "say \"hi\""}, {"l", "two\nlines"}, {"e", ""}};
  const auto list = must(Vocabulary::build(items));
  const auto again = must(Vocabulary::parse_csv(list.to_csv()));
  BOOST_TEST(again.to_csv() == list.to_csv());
  for (ItemIndex i = 0; i < items.size(); ++i) {
    BOOST_TEST(again.at(i).id == items[i].id);
    BOOST_TEST(again.at(i).title == items[i].title);
  }
}

BOOST_AUTO_TEST_CASE(repeated_and_empty_ids_are_refused) {
  BOOST_TEST(refused(Vocabulary::build({{"a", "x"}, {"b", ""}, {"a", "y"}}), ModelsErrc::malformed,
                     "item id 'a' appears twice"));
  BOOST_TEST(refused(Vocabulary::build({{"a", "x"}, {"", "y"}}), ModelsErrc::malformed,
                     "item 1 has no id"));
}

BOOST_AUTO_TEST_CASE(problems_of_a_file_name_the_line) {
  const auto parse = [](std::string_view rows) {
    return Vocabulary::parse_csv("item_id,title\n" + std::string{rows}, "list.csv");
  };
  const auto malformed = ModelsErrc::malformed;
  BOOST_TEST(refused(parse("a,x\nb\n"), malformed, "list.csv:3: has 1 fields, not 2"));
  BOOST_TEST(refused(parse("a,x,y\n"), malformed, "list.csv:2: has 3 fields, not 2"));
  BOOST_TEST(refused(parse("a,x\n,y\n"), malformed, "list.csv:3: has no item_id"));
  BOOST_TEST(refused(parse("a,\"x\nx\"\nb,\na,y\n"), malformed,
                     "list.csv:5: repeats item_id 'a' of line 2"));
  BOOST_TEST(refused(parse("a,\"x\n"), malformed, "list.csv:2:"));
}

BOOST_AUTO_TEST_CASE(another_header_is_refused) {
  for (const char* text : {"", "id,title\n", "item_id\n", "item_id,title,price\n", "a,b\n"}) {
    BOOST_TEST(refused(Vocabulary::parse_csv(text, "list.csv"), ModelsErrc::malformed,
                       "list.csv:1: the header must be item_id,title"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
