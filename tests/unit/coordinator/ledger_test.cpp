#include "coordinator/store/ledger.hpp"

#include "base/errors.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;

namespace {

std::vector<AuditRow> chain(std::uint64_t length) {
  std::vector<AuditRow> rows;
  Digest last;
  for (std::uint64_t i = 1; i <= length; ++i) {
    AuditRow row;
    row.sequence = i;
    row.at_unix_ms = static_cast<std::int64_t>(1000 * i);
    row.actor = "operator";
    row.action = "shop.invited";
    row.detail = "{\"name\":\"shop-" + std::to_string(i) + "\"}";
    row.previous = last;
    row.digest = last = audit_digest(row);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ledger_test)

BOOST_AUTO_TEST_CASE(an_untouched_audit_chain_verifies_whole_and_in_parts) {
  const auto rows = chain(4);
  GS_REQUIRE_DONE(verify_audit(rows, Digest{}));
  GS_REQUIRE_DONE(verify_audit({rows.begin() + 2, rows.end()}, rows[1].digest));
  GS_REQUIRE_DONE(verify_audit({}, Digest{}));
}

BOOST_AUTO_TEST_CASE(every_change_of_a_link_is_noticed_and_named) {
  using Change = void (*)(AuditRow&);
  const std::vector<Change> changes{[](AuditRow& row) { row.at_unix_ms += 1; },
                                    [](AuditRow& row) { row.actor = "coordinator"; },
                                    [](AuditRow& row) { row.action += "x"; },
                                    [](AuditRow& row) { row.detail.clear(); },
                                    [](AuditRow& row) { row.sequence = 7; },
                                    [](AuditRow& row) { row.digest = Digest{}; },
                                    [](AuditRow& row) { row.previous = Digest{}; }};
  for (const Change change : changes) {
    auto rows = chain(3);
    change(rows[1]);
    const auto refused = verify_audit(rows, Digest{});
    GS_CHECK_FAILS(BaseErrc::corrupt, refused);
    BOOST_TEST(refused.error().detail().starts_with("audit link"));
  }
}

BOOST_AUTO_TEST_CASE(a_link_that_is_missing_moved_or_rewritten_with_its_digest_is_noticed) {
  auto missing = chain(3);
  missing.erase(missing.begin() + 1);
  GS_CHECK_FAILS(BaseErrc::corrupt, verify_audit(missing, Digest{}));
  auto moved = chain(3);
  std::swap(moved[0], moved[1]);
  GS_CHECK_FAILS(BaseErrc::corrupt, verify_audit(moved, Digest{}));
  auto rewritten = chain(3);
  rewritten[1].detail = "{}";
  rewritten[1].digest = audit_digest(rewritten[1]);
  GS_CHECK_FAILS(BaseErrc::corrupt, verify_audit(rewritten, Digest{}));
}

BOOST_AUTO_TEST_CASE(two_splits_of_the_same_text_have_different_digests) {
  AuditRow one = chain(1)[0];
  AuditRow two = one;
  one.actor = "ab";
  one.action = "c";
  two.actor = "a";
  two.action = "bc";
  BOOST_TEST((audit_digest(one) != audit_digest(two)));
}

BOOST_AUTO_TEST_CASE(reading_one_value_hands_over_value_and_error) {
  testing::LedgerSetup setup;
  const auto none = read_from(*setup.ledger, [](LedgerReader& rows) { return rows.shops(); });
  BOOST_TEST(none.value().empty());
  const auto failed = read_from(
      *setup.ledger, [](LedgerReader&) -> Result<int> { return Error{BaseErrc::corrupt, "here"}; });
  GS_CHECK_FAILS(BaseErrc::corrupt, failed);
  BOOST_TEST(failed.error().detail() == "here");
}

BOOST_AUTO_TEST_SUITE_END()
