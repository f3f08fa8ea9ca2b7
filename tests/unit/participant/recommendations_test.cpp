#include "participant/serving/recommendations.hpp"

#include <boost/json.hpp>

#include "participant/errors.hpp"
#include "participant/serving/next_model.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

namespace {

struct Setup : ServingSetup {
  Result<Recommendations> ask(const std::string& user, std::size_t count = 10, bool explain = true,
                              bool exclude_purchased = true) {
    return answer({.user = user,
                .count = count,
                .explain = explain,
                .exclude_purchased = exclude_purchased});
  }
  Result<Recommendations> answer(const RecommendationQuery& query) {
    return recommend_for(query, shelf, purchases, random);
  }
};

std::vector<std::string> ids(const Recommendations& answer) {
  std::vector<std::string> out;
  for (const RecommendedItem& item : answer.items) out.push_back(item.item_id);
  return out;
}

using Ids = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(recommendations_test)

BOOST_AUTO_TEST_CASE(before_the_purchases_are_read_there_is_no_answer) {
  Setup setup;
  GS_CHECK_FAILS(ParticipantErrc::no_model, setup.ask("ann"));
}

BOOST_AUTO_TEST_CASE(before_a_shared_model_customers_get_what_is_popular_here) {
  Setup setup;
  setup.put_data();
  const auto answer = setup.ask("ann").value();
  BOOST_TEST(answer.fallback == "no_shared_model");
  BOOST_TEST((ids(answer) == Ids{"pot"}));  // She has tea and cup.
  BOOST_TEST(answer.model_version.value() == 0U);
  BOOST_TEST(answer.items[0].title == "Pot");
  BOOST_TEST(!answer.shortfall_reason.empty());
}

BOOST_AUTO_TEST_CASE(a_stranger_gets_what_is_popular_and_is_told_so) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  setup.shelf.put(setup.build(setup.release("popularity", 2)));
  const auto answer = setup.ask("nobody").value();
  BOOST_TEST(answer.fallback == "unknown_customer");
  BOOST_TEST(answer.model_kind == "popularity");
  BOOST_TEST(answer.items.size() == 3U);
  BOOST_TEST(answer.items[0].reasons.at(0).kind == "popular");
}

BOOST_AUTO_TEST_CASE(a_shared_model_explains_itself_by_her_own_purchases) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  const auto answer = setup.ask("bob").value();
  BOOST_TEST(answer.fallback.empty());
  BOOST_TEST(answer.model_kind == "ease");
  BOOST_TEST(answer.model_version.value() == 1U);
  BOOST_TEST(answer.items.size() == 2U);
  bool bought = false;
  for (const auto& item : answer.items) {
    BOOST_TEST(!item.reasons.empty());
    for (const auto& reason : item.reasons) {
      if (reason.kind != "bought") continue;
      bought = true;
      BOOST_TEST(reason.item_id == "tea");
      BOOST_TEST(reason.text.find("Tea") != std::string::npos);
    }
  }
  BOOST_TEST(bought);
}

BOOST_AUTO_TEST_CASE(count_exclusion_and_explanation_follow_the_query) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  BOOST_TEST(setup.ask("bob", 1).value().items.size() == 1U);
  BOOST_TEST(setup.ask("bob", 1).value().shortfall_reason.empty());
  BOOST_TEST(setup.ask("bob", 10, false, false).value().items.size() == 3U);
  BOOST_TEST(setup.ask("bob", 10, false).value().items[0].reasons.empty());
  BOOST_TEST(setup.ask("bob").value().rec_id != setup.ask("bob").value().rec_id);
  BOOST_TEST(setup.ask("bob").value().rec_id.size() == 32U);
}

BOOST_AUTO_TEST_CASE(only_what_the_shop_sells_is_recommended_by_every_model) {
  Setup setup;
  setup.put_data();
  setup.serving.stock = {"pot"};
  const auto sell_pots_only = [&] {
    const auto stock = stock_of(setup.serving, testing::vocabulary()).value();
    setup.shelf.put_stock(stock);
  };
  sell_pots_only();
  BOOST_TEST((ids(setup.ask("bob").value()) == Ids{"pot"}));  // The own popularity.
  BOOST_TEST((ids(setup.ask("nobody").value()) == Ids{"pot"}));
  for (const char* kind : {"popularity", "ease", "ials"}) {
    setup.shelf.put(setup.build(setup.release(kind, 1)));
    for (const char* user : {"bob", "nobody"}) {
      BOOST_TEST((ids(setup.ask(user).value()) == Ids{"pot"}), kind << " " << user);
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_have_their_members_also_when_they_are_empty) {
  Setup setup;
  setup.put_data();
  const auto answer = setup.ask("ann").value();
  const auto plain = to_json(answer, false);
  BOOST_TEST(!plain.at("items").as_array().at(0).as_object().contains("reasons"));
  BOOST_TEST(std::string{plain.at("fallback").as_string()} == "no_shared_model");
  const auto explained = to_json(answer, true);
  const auto& reason = explained.at("items").as_array().at(0).as_object().at("reasons").as_array();
  BOOST_TEST(reason.at(0).as_object().at("item_id").is_null());
  BOOST_TEST(to_json(Recommendations{}, true).at("shortfall_reason").is_null());
}

BOOST_AUTO_TEST_CASE(a_hidden_purchase_counts_as_if_it_had_not_been_made) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  const auto all = setup.answer({.user = "ann", .explain = true}).value();
  const auto hidden = setup.answer({.user = "ann", .explain = true, .hide = {"tea"}}).value();
  BOOST_TEST((ids(all) == Ids{"pot"}));
  BOOST_TEST((ids(hidden) == Ids{"pot"}));  // What is hidden was bought all the same.
  BOOST_TEST(all.items[0].score != hidden.items[0].score);
  for (const auto& reason : hidden.items[0].reasons) BOOST_TEST(reason.item_id != "tea");
  const auto none = setup.answer({.user = "ann", .hide = {"tea", "cup"}}).value();
  BOOST_TEST(none.fallback == "all_hidden");
  BOOST_TEST((ids(none) == Ids{"pot"}));
}

BOOST_AUTO_TEST_CASE(without_a_profile_nothing_of_any_customer_is_read) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  // A query that touched the table would fail from now on.
  GS_REQUIRE_DONE(setup.store->session()->execute("ALTER TABLE customer RENAME TO gone"));
  BOOST_TEST(setup.answer({.user = "ann"}).has_error());
  const auto answer = setup.answer({.user = "ann", .explain = true, .profile = false}).value();
  BOOST_TEST(answer.fallback.empty());
  BOOST_TEST(!answer.profile);
  BOOST_TEST(answer.model_kind == "own-popularity");
  BOOST_TEST((ids(answer) == Ids{"tea", "cup", "pot"}));  // Also what she has: nobody knows.
  BOOST_TEST(answer.items[0].reasons.at(0).kind == "popular");
  const auto cart =
      setup.answer({.context = RecommendationContext::cart, .profile = false, .items = {"tea"}})
          .value();
  BOOST_TEST(cart.model_kind == "ease");
}

BOOST_AUTO_TEST_CASE(a_cart_and_an_item_are_answered_by_what_goes_with_them) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  RecommendationQuery query{.explain = true, .context = RecommendationContext::item};
  query.items = {"tea"};
  const auto similar = setup.answer(query).value();
  BOOST_TEST(similar.items.size() == 2U);
  bool looked_at = false;
  for (const auto& item : similar.items) {
    BOOST_TEST(item.item_id != "tea");
    for (const auto& reason : item.reasons) looked_at |= reason.kind == "looked_at";
  }
  BOOST_TEST(looked_at);
  query.context = RecommendationContext::cart;
  query.items = {"tea", "cup", "from elsewhere"};
  const auto cart = setup.answer(query).value();
  BOOST_TEST((ids(cart) == Ids{"pot"}));
  BOOST_TEST((cart.ignored == Ids{"from elsewhere"}));
  query.items = {"from elsewhere"};
  const auto unknown = setup.answer(query).value();
  BOOST_TEST(unknown.fallback == "unknown_item");
  BOOST_TEST(unknown.model_kind == "own-popularity");
}

BOOST_AUTO_TEST_CASE(what_she_buys_again_is_what_she_bought) {
  Setup setup;
  setup.put_data();
  const auto again =
      setup.answer({.user = "ann", .explain = true, .context = RecommendationContext::buy_again})
          .value();
  BOOST_TEST(again.model_kind == "buy-again");
  BOOST_TEST(again.items.size() == 2U);
  BOOST_TEST(again.items[0].item_id == "tea");  // More customers bought it.
  BOOST_TEST(again.items[0].reasons.at(0).kind == "bought");
  BOOST_TEST(again.shortfall_reason.find("bought before") != std::string::npos);
  const auto stranger =
      setup.answer({.user = "nobody", .context = RecommendationContext::buy_again}).value();
  BOOST_TEST(stranger.fallback == "unknown_customer");
}

BOOST_AUTO_TEST_CASE(a_purchase_of_a_second_ago_counts_and_omitted_items_never_appear) {
  Setup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  BOOST_TEST(setup.ask("eve").value().fallback == "unknown_customer");
  PurchaseStore::Import import{setup.purchases, false};
  GS_REQUIRE_DONE(import.add(testing::event("eve", "cup"), "b.csv"));
  GS_REQUIRE_DONE(import.finish());
  BOOST_TEST(setup.ask("eve").value().fallback == "no_consent");
  setup.everybody_consents();
  const auto answer = setup.answer({.user = "eve", .omit = {"pot"}}).value();
  BOOST_TEST(answer.fallback.empty());
  BOOST_TEST((ids(answer) == Ids{"tea"}));
}

BOOST_AUTO_TEST_CASE(what_comes_next_follows_her_latest_baskets_and_what_she_takes_now) {
  Setup setup;
  setup.put_data();
  RecommendationQuery query{.user = "bob", .explain = true, .context = RecommendationContext::next};
  BOOST_TEST(setup.answer(query).value().fallback == "no_shared_model");
  setup.shelf.put(setup.build(setup.release("ease", 1)));
  const auto before = setup.answer(query).value();
  BOOST_TEST(before.fallback == "no_next_model");
  BOOST_TEST(before.model_kind == "ease");
  setup.shelf.put_next(
      build_next_model(setup.release("transitions", 3), *setup.models_kept, setup.load()).value());
  const auto after_tea = setup.answer(query).value();
  BOOST_TEST(after_tea.fallback.empty());
  BOOST_TEST(after_tea.model_kind == "transitions");
  BOOST_TEST(after_tea.model_version.value() == 3U);
  BOOST_TEST((ids(after_tea) == Ids{"cup", "pot"}));
  BOOST_TEST(after_tea.items[0].reasons.at(0).kind == "bought");
  BOOST_TEST(after_tea.items[0].reasons.at(0).text == "often bought after Tea");
  query.items = {"cup"};
  const auto after_cup = setup.answer(query).value();
  BOOST_TEST((ids(after_cup) == Ids{"pot"}));  // Tea she has, and the cup she takes.
  BOOST_TEST(after_cup.items[0].reasons.at(0).kind == "in_cart");
  BOOST_TEST(after_cup.items[0].reasons.at(1).item_id == "tea");
  query = {.user = "ann", .exclude_purchased = false, .context = RecommendationContext::next};
  BOOST_TEST((ids(setup.answer(query).value()) == Ids{"pot", "cup"}));
}

BOOST_AUTO_TEST_CASE(where_nothing_ever_followed_nothing_comes_next) {
  Setup setup;
  setup.put_data();
  setup.shelf.put_next(
      build_next_model(setup.release("transitions", 3), *setup.models_kept, setup.load()).value());
  RecommendationQuery query{.user = "carl", .context = RecommendationContext::next};
  const auto none = setup.answer(query).value();
  BOOST_TEST(none.items.empty());
  BOOST_TEST(none.shortfall_reason.starts_with("only 0 items"));
  query.user = "nobody";
  BOOST_TEST(setup.answer(query).value().fallback == "unknown_customer");
  query = {.user = "bob", .context = RecommendationContext::next, .hide = {"tea"}};
  BOOST_TEST(setup.answer(query).value().fallback == "all_hidden");
  query = {.context = RecommendationContext::next, .items = {"from elsewhere"}};
  BOOST_TEST(setup.answer(query).value().fallback == "unknown_item");
  // Without a profile only what the query names counts, and no customer is read.
  GS_REQUIRE_DONE(setup.store->session()->execute("ALTER TABLE customer RENAME TO gone"));
  query = {
      .user = "bob", .context = RecommendationContext::next, .profile = false, .items = {"tea"}};
  BOOST_TEST((ids(setup.answer(query).value()) == Ids{"cup", "pot"}));
}

BOOST_AUTO_TEST_CASE(what_is_popular_leaves_out_what_she_has_only_with_a_profile) {
  Setup setup;
  setup.put_data();
  RecommendationQuery query{.user = "bob", .context = RecommendationContext::popular};
  BOOST_TEST((ids(setup.answer(query).value()) == Ids{"cup", "pot"}));
  BOOST_TEST(setup.answer(query).value().fallback.empty());
  query.profile = false;
  BOOST_TEST((ids(setup.answer(query).value()) == Ids{"tea", "cup", "pot"}));
}

BOOST_AUTO_TEST_SUITE_END()
