#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "tests/support/federation.hpp"

// `audit export` and `audit verify` of both programs, on a federation of real processes.
using namespace guildsum;
using namespace guildsum::test;

namespace {

bool says(const Finished& finished, std::string_view text) {
  return (finished.out + finished.err).find(text) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_test)

BOOST_AUTO_TEST_CASE(operator_and_shop_replay_every_round_and_find_each_changed_byte) {
  Federation federation;
  const auto file = federation.path("federation.audit");
  const auto empty = federation.path("empty.audit");
  const CoordinatorProcess& coordinator = federation.coordinator();
  BOOST_TEST(coordinator.run({"audit", "export", "--output", empty.string()}).exit_code == 0);
  BOOST_TEST(says(coordinator.run({"audit", "verify", empty.string()}), "verified: 0 attempts"));

  federation.run_task("popularity");
  federation.run_task("ials", {{"factors", "4"}, {"epochs", "1"}});
  const auto exported = coordinator.run({"audit", "export", "--output", file.string()});
  BOOST_TEST_REQUIRE(exported.exit_code == 0, exported.err);

  const auto by_operator = coordinator.run({"audit", "verify", file.string()});
  BOOST_TEST(by_operator.exit_code == 0, by_operator.err);
  BOOST_TEST(says(by_operator, "3 attempts, 3 with a sum, 0 without; 6 shops joined"),
             by_operator.out);
  BOOST_TEST(says(by_operator, "not verified: that each sum is the sum of the uploads"));
  const auto by_shop = federation.shop(2).run({"audit", "verify", file.string()});
  BOOST_TEST(by_shop.exit_code == 0, by_shop.err);
  BOOST_TEST(by_shop.out == by_operator.out);

  const auto content = read_file(file, 16U << 20);
  BOOST_TEST_REQUIRE(content.has_value());
  const auto changed = federation.path("changed.audit");
  for (int part = 1; part < 24; ++part) {
    Bytes bytes = *content;
    bytes[bytes.size() * static_cast<std::size_t>(part) / 24] ^= std::byte{1};
    BOOST_TEST_REQUIRE(write_file_atomically(changed, bytes).has_value());
    const auto damaged = federation.shop(2).run({"audit", "verify", changed.string()});
    BOOST_TEST(damaged.exit_code == 6, "a change in part " << part << " of 24 was not found");
    BOOST_TEST(damaged.err.starts_with("NOT verified: "), damaged.err);
    BOOST_TEST(damaged.out.empty());
  }
  BOOST_TEST_REQUIRE(
      write_file_atomically(changed, ByteView{*content}.first(content->size() - 1)).has_value());
  const auto cut = coordinator.run({"audit", "verify", changed.string(), "--format", "jsonl"});
  BOOST_TEST(cut.exit_code == 6);
  BOOST_TEST(says(cut, "\"verified\":false"), cut.out);
  BOOST_TEST(federation.shop(2).run({"audit", "verify", "/nowhere"}).exit_code == 1);

  // Another federation's keys do not vouch for it.
  Federation other{{.shops = 5}};
  const auto stranger = other.shop(0).run({"audit", "verify", file.string()});
  BOOST_TEST(stranger.exit_code != 0);
  BOOST_TEST(says(stranger, "another federation"), stranger.err);
  other.stop();
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
