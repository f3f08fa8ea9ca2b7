#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "tests/support/federation.hpp"

// A roster that the coordinator cannot sign: from `registrar init` to exact rounds, with the real
// programs.
using namespace guildsum;
using namespace guildsum::test;

namespace {

bool says(const Finished& finished, std::string_view text) {
  return (finished.out + finished.err).find(text) != std::string::npos;
}

/// One more training, opened exactly; who is in its sum.
std::vector<std::string> train(Federation& federation, std::uint64_t round) {
  federation.run_task("popularity");
  auto survivors = federation.check_sum(round);
  BOOST_TEST(federation.coordinator().opened_sum(round) == federation.counted(survivors),
             boost::test_tools::per_element());
  return survivors;
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The coordinator's last answer was no.
bool is_refused(const ShopProcess& shop) { return !text_at(shop.status(), "last_error").empty(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(external_registrar_test)

BOOST_AUTO_TEST_CASE(whom_the_registrar_signs_takes_part_and_nobody_else) {
  Federation federation{{.shops = 6, .external_registrar = true}};
  CoordinatorProcess& coordinator = federation.coordinator();
  const auto answer = federation.path("answer");

  // The claim is the stronger one, on both sides.
  BOOST_TEST(count_in(coordinator.log(), "registrar.embedded") == 0U);
  BOOST_TEST(count_in(coordinator.log(), "registrar.external") == 1U);
  BOOST_TEST(count_in(federation.shop(0).log(), "registrar.embedded") == 0U);
  const auto registrar = federation.shop(0).status().at("registrar").as_object();
  BOOST_TEST(text_at(registrar, "key") == federation.registrar().key());
  BOOST_TEST(registrar.at("pinned").as_bool());
  BOOST_TEST(says(federation.shop(0).run({"status"}), "external and pinned"));
  BOOST_TEST(train(federation, 1).size() == 6U);
  BOOST_TEST(federation.shop(0).status().at("registrar").at("on_roster").as_bool());

  // A shop that joined waits for the registrar.
  ShopProcess& late = federation.add_shop();
  const Finished joined = late.join(coordinator.invite(late.name()));
  BOOST_REQUIRE_MESSAGE(joined.exit_code == 0, joined.err);
  BOOST_TEST(says(joined, text_at(registrar, "fingerprint")), joined.err);
  late.start();
  Federation::await_online(late);
  BOOST_TEST(says(coordinator.run({"shop", "list"}), "pending"));
  BOOST_TEST(says(coordinator.run({"registrar", "pending"}), late.name()));
  for (std::size_t i = 0; i < 6; ++i) {
    const Finished approved = federation.shop(i).run({"approve", "popularity"});
    BOOST_TEST(approved.exit_code == 0, approved.err);
  }
  BOOST_TEST(!is_in(train(federation, 2), late.name()));

  // What another registrar signed is not taken in.
  const RegistrarProcess other{federation.path("other")};
  BOOST_CHECK_THROW(other.ceremony(coordinator), std::runtime_error);
  BOOST_TEST(says(coordinator.run({"shop", "list"}), "pending"));

  federation.registrar().ceremony(coordinator, {"--only", late.name()});
  BOOST_TEST(!says(coordinator.run({"shop", "list"}), "pending"));
  BOOST_TEST(says(federation.registrar().run({"show"}), late.name()));

  // A shop that is removed is out at once, and off the roster when the registrar has signed.
  const Finished removed = coordinator.run({"shop", "remove", "shop-0"});
  BOOST_TEST(removed.exit_code == 0, removed.err);
  BOOST_TEST(says(removed, "when the registrar has signed"), removed.err);
  federation.registrar().ceremony(coordinator);
  for (std::size_t i = 1; i < 6; ++i) {
    const Finished approved = federation.shop(i).run({"approve", "popularity"});
    BOOST_TEST(approved.exit_code == 0, approved.err);
  }
  const auto survivors = train(federation, 3);
  BOOST_TEST(survivors.size() == 6U);
  BOOST_TEST(is_in(survivors, late.name()));
  BOOST_TEST(!is_in(survivors, "shop-0"));

  // Anybody replays it under the registrar's key.
  const auto file = federation.path("federation.audit");
  BOOST_TEST(coordinator.run({"audit", "export", "--output", file.string()}).exit_code == 0);
  const Finished verified = late.run({"audit", "verify", file.string()});
  BOOST_TEST(verified.exit_code == 0, verified.err);
  BOOST_TEST(says(verified, "7 shops joined"), verified.out);
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_revoked_shop_renews_its_certificate_and_a_removed_one_cannot) {
  Federation federation{{.shops = 5}};
  CoordinatorProcess& coordinator = federation.coordinator();
  ShopProcess& shop = federation.shop(1);

  BOOST_TEST(coordinator.run({"shop", "revoke", shop.name()}).exit_code == 0);
  BOOST_REQUIRE(eventually([&] { return is_refused(shop); }));
  BOOST_TEST(eventually([&] {
    return says(shop.run({"status"}), "not connected: this shop's certificate is not accepted");
  }));
  BOOST_TEST(shop.stop() == 0);
  const std::string token = coordinator.invite(shop.name(), true);
  BOOST_TEST(federation.shop(2).stop() == 0);
  const Finished foreign = federation.shop(2).run({"renew", token});
  BOOST_TEST(foreign.exit_code != 0);
  BOOST_TEST(says(foreign, "the join token is not valid"), foreign.err);
  federation.shop(2).start();
  const Finished renewed = shop.run({"renew", token});
  BOOST_REQUIRE_MESSAGE(renewed.exit_code == 0, renewed.err);
  BOOST_TEST(says(renewed, "renewed the certificate of " + shop.name()));
  shop.start();
  federation.await_online();
  BOOST_TEST(train(federation, 1).size() == 5U);

  BOOST_TEST(coordinator.run({"shop", "remove", shop.name()}).exit_code == 0);
  BOOST_TEST(coordinator.run({"shop", "remove", shop.name()}).exit_code != 0);
  BOOST_TEST(coordinator.run({"shop", "invite", shop.name(), "--renew"}).exit_code != 0);
  BOOST_REQUIRE(eventually([&] { return is_refused(shop); }));
  // Its name is free for a new key.
  ShopProcess successor{shop.name(), federation.path("successor")};
  const Finished joined = successor.join(coordinator.invite(shop.name()));
  BOOST_TEST(joined.exit_code == 0, joined.err);
  BOOST_TEST(shop.stop() == 0);
  const Finished again = shop.run({"renew", coordinator.invite(shop.name(), true)});
  BOOST_TEST(again.exit_code != 0);
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
