// What the ledger refuses to write, and what it does when the same is written again.
#include "base/errors.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::RoundId;
using testing::LedgerSetup;

namespace {

/// A ledger with task 1 and its round 1.0.
struct Setup : LedgerSetup {
  Setup() {
    GS_REQUIRE_DONE(change([](LedgerWriter& rows) -> Result<> {
      GS_CHECK(rows.add_task(testing::sample_task(1)));
      return rows.add_round(testing::sample_round(1, 0, 1));
    }));
  }
  const RoundKey key = testing::sample_round(1, 0, 1).key;

  Result<> add_event(std::uint64_t sequence, std::uint32_t kind) {
    return change([&](LedgerWriter& rows) {
      return rows.add_event(key, {sequence, kind, testing::sample_bytes(sequence, 10)});
    });
  }
  std::vector<EventRow> events() {
    return read([&](LedgerReader& rows) { return rows.events(key); }).value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_writes_test)

BOOST_AUTO_TEST_CASE(a_key_that_exists_is_refused_as_such) {
  Setup setup;
  const auto twice = [&](auto write) {
    return setup.change([&](LedgerWriter& rows) -> Result<> {
      GS_CHECK(write(rows));
      return write(rows);
    });
  };
  const auto refused = BaseErrc::already_exists;
  GS_CHECK_FAILS(refused, twice([](LedgerWriter& rows) {
                   return rows.set_federation({"f", testing::sample<protocol::FederationId>(1), 1});
                 }));
  GS_CHECK_FAILS(refused,
                 twice([](LedgerWriter& rows) { return rows.add_roster_entry(1, as_bytes("x")); }));
  GS_CHECK_FAILS(refused, twice([](LedgerWriter& rows) {
                   return rows.add_invitation(testing::sample_invitation(1));
                 }));
  GS_CHECK_FAILS(
      refused, twice([](LedgerWriter& rows) { return rows.add_model(testing::sample_model(1)); }));
  GS_CHECK_FAILS(refused, setup.change([](LedgerWriter& rows) {
    return rows.add_task(testing::sample_task(1));
  }));
  GS_CHECK_FAILS(refused, setup.change([](LedgerWriter& rows) {
    return rows.add_round(testing::sample_round(1, 0, 1));
  }));
  GS_REQUIRE_DONE(setup.add_event(1, 0));
  GS_CHECK_FAILS(refused, setup.add_event(1, 0));
}

BOOST_AUTO_TEST_CASE(a_row_that_does_not_exist_cannot_be_changed) {
  Setup setup;
  const auto refused = BaseErrc::not_found;
  GS_CHECK_FAILS(refused, setup.change([](LedgerWriter& rows) {
    return rows.set_last_seen(testing::sample<ParticipantId>(1), 1);
  }));
  GS_CHECK_FAILS(refused, setup.change([](LedgerWriter& rows) {
    return rows.update_task(testing::sample_task(2));
  }));
  GS_CHECK_FAILS(refused, setup.change([](LedgerWriter& rows) {
    return rows.end_round(testing::sample_round(1, 1, 1));
  }));
}

BOOST_AUTO_TEST_CASE(a_shop_is_replaced_but_for_its_time_of_joining) {
  Setup setup;
  ShopRow shop = testing::sample_shop(1);
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) { return rows.put_shop(shop); }));
  shop.joined_unix_ms += 5;
  shop.status = ShopStatus::revoked;
  shop.certificate_pem = "another";
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) { return rows.put_shop(shop); }));
  const auto stored =
      setup.read([&](LedgerReader& rows) { return rows.shop(shop.identity); }).value().value();
  BOOST_TEST(stored.joined_unix_ms == testing::sample_shop(1).joined_unix_ms);
  BOOST_TEST((stored.status == ShopStatus::revoked));
  BOOST_TEST(stored.certificate_pem == "another");
}

BOOST_AUTO_TEST_CASE(proposals_wait_in_order_and_one_of_a_kind_until_they_are_removed) {
  Setup setup;
  const auto row = [](std::uint64_t shop, protocol::RosterChange change, std::int64_t at) {
    return RosterProposalRow{
        {change, testing::sample<ParticipantId>(shop), "shop-" + std::to_string(shop)}, at};
  };
  const auto joins = protocol::RosterChange::join;
  const auto leaves = protocol::RosterChange::leave;
  const auto add = [&](const RosterProposalRow& proposal) {
    return setup.change(
        [&](LedgerWriter& rows) { return rows.add_roster_proposal(proposal); });
  };
  GS_REQUIRE_DONE(add(row(2, joins, 20)));
  GS_REQUIRE_DONE(add(row(1, leaves, 10)));
  GS_REQUIRE_DONE(add(row(2, leaves, 30)));
  GS_CHECK_FAILS(BaseErrc::already_exists, add(row(2, joins, 40)));
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.remove_roster_proposal(leaves, testing::sample<ParticipantId>(2)));
    return rows.remove_roster_proposal(joins, testing::sample<ParticipantId>(9));
  }));
  const auto waiting =
      setup.read([](LedgerReader& rows) { return rows.roster_proposals(); }).value();
  BOOST_REQUIRE(waiting.size() == 2U);
  BOOST_TEST((waiting[0].proposal == row(1, leaves, 10).proposal));
  BOOST_TEST((waiting[1].proposal == row(2, joins, 20).proposal));
}

BOOST_AUTO_TEST_CASE(the_last_head_and_the_last_check_in_replace_what_was_there) {
  Setup setup;
  const auto shop = testing::sample<ParticipantId>(1);
  for (const char* text : {"one", "two"}) {
    GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
      GS_CHECK(rows.set_roster_head(as_bytes(text)));
      return rows.set_last_check_in(shop, as_bytes(text));
    }));
  }
  const auto head = setup.read([](LedgerReader& rows) { return rows.roster_head(); }).value();
  BOOST_TEST(as_text(head.value()) == "two");
  const auto last =
      setup.read([&](LedgerReader& rows) { return rows.last_check_in(shop); }).value();
  BOOST_TEST(as_text(last.value()) == "two");
  const auto none = setup.read([&](LedgerReader& rows) {
    return rows.last_check_in(testing::sample<ParticipantId>(2));
  });
  BOOST_TEST(!none.value().has_value());
}

BOOST_AUTO_TEST_CASE(refusals_are_kept_one_per_attempt_and_old_ones_go) {
  Setup setup;
  const auto add = [&](std::uint64_t shop, std::uint64_t round, const char* code) {
    const RefusalRow row{testing::sample<ParticipantId>(shop), RoundId{round},
                         protocol::Attempt{0}, code, 5};
    GS_REQUIRE_DONE(
        setup.change([&](LedgerWriter& rows) { return rows.add_refusal(row, 10); }));
  };
  add(1, 1, "too-few");
  add(1, 1, "duplicate");  // The first one says why.
  add(2, 1, "new-lineage");
  add(1, 11, "too-few");
  const auto of = [&](std::uint64_t round) {
    return setup.read([&](LedgerReader& rows) { return rows.refusals_of(RoundId{round}); }).value();
  };
  BOOST_TEST(of(1).size() == 2U);
  for (const RefusalRow& row : of(1)) BOOST_TEST(row.code != "duplicate");
  add(1, 12, "repeated-step");
  BOOST_TEST(of(1).size() == 1U);
  add(1, 1, "too-few");  // One that comes as late as this is forgotten at once.
  BOOST_TEST(of(1).size() == 1U);
  const auto last = setup.read([](LedgerReader& rows) { return rows.last_refusals(); }).value();
  BOOST_REQUIRE(last.size() == 2U);
  for (const RefusalRow& row : last) {
    BOOST_TEST(row.code == (row.round == RoundId{12} ? "repeated-step" : "new-lineage"));
  }
}

BOOST_AUTO_TEST_CASE(an_invitation_is_used_once) {
  Setup setup;
  const InvitationRow row = testing::sample_invitation(1);
  const auto use = [&](std::uint64_t shop) {
    return setup.change([&](LedgerWriter& rows) {
      return rows.use_invitation(row.id, testing::sample<ParticipantId>(shop),
                                 testing::sample<Digest>(shop));
    });
  };
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) { return rows.add_invitation(row); }));
  GS_REQUIRE_DONE(use(5));
  GS_CHECK_FAILS(BaseErrc::already_exists, use(5));
  GS_CHECK_FAILS(BaseErrc::already_exists, use(6));
  const auto stored =
      setup.read([&](LedgerReader& rows) { return rows.invitation(row.id); }).value().value();
  BOOST_TEST((stored.used_by == testing::sample<ParticipantId>(5)));
  BOOST_TEST((stored.request == testing::sample<Digest>(5)));
}

BOOST_AUTO_TEST_CASE(invitations_of_a_name_expire_unless_they_were_used) {
  Setup setup;
  InvitationRow used = testing::sample_invitation(1);
  InvitationRow open = testing::sample_invitation(2);
  InvitationRow other = testing::sample_invitation(3);
  used.name = open.name = "corner";
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
    for (const auto* row : {&used, &open, &other}) GS_CHECK(rows.add_invitation(*row));
    GS_CHECK(rows.use_invitation(used.id, testing::sample<ParticipantId>(5), Digest{}));
    GS_CHECK(rows.expire_invitations("corner", 15));
    return rows.expire_invitations("corner", 17);  // Never later than it was.
  }));
  const auto expires = [&](const InvitationRow& row) {
    return setup.read([&](LedgerReader& rows) { return rows.invitation(row.id); })
        .value()
        .value()
        .expires_unix_ms;
  };
  BOOST_TEST(expires(open) == 15);
  BOOST_TEST(expires(used) == 20);
  BOOST_TEST(expires(other) == 20);
}

BOOST_AUTO_TEST_CASE(a_round_ends_once) {
  Setup setup;
  RoundRow row = testing::sample_round(1, 0, 1);
  row.status = RoundStatus::completed;
  row.ended_unix_ms = 900;
  row.outcome = testing::sample_bytes(5, 50);
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) { return rows.end_round(row); }));
  row.status = RoundStatus::aborted;
  GS_CHECK_FAILS(BaseErrc::not_found,
                 setup.change([&](LedgerWriter& rows) { return rows.end_round(row); }));
  const auto stored =
      setup.read([](LedgerReader& rows) { return rows.attempts(RoundId{1}); }).value().at(0);
  BOOST_TEST((stored.status == RoundStatus::completed));
  BOOST_TEST((stored.outcome == row.outcome));
}

BOOST_AUTO_TEST_CASE(events_of_the_named_kinds_are_deleted_and_no_others) {
  Setup setup;
  for (std::uint32_t i = 1; i <= 6; ++i) GS_REQUIRE_DONE(setup.add_event(i, i % 3));
  GS_REQUIRE_DONE(
      setup.change([&](LedgerWriter& rows) { return rows.remove_events(setup.key, {0, 2}); }));
  const auto left = setup.events();
  BOOST_REQUIRE(left.size() == 2U);
  BOOST_TEST(left[0].sequence == 1U);
  BOOST_TEST(left[1].sequence == 4U);
  // Removing what is not there is harmless.
  GS_REQUIRE_DONE(
      setup.change([&](LedgerWriter& rows) { return rows.remove_events(setup.key, {0, 2}); }));
}

BOOST_AUTO_TEST_CASE(a_key_agreement_ends_once_and_its_events_with_it) {
  LedgerSetup setup;
  const AgreementRow row = testing::sample_agreement(4, 1);
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_agreement(row));
    GS_CHECK(rows.add_agreement_event(row.id, 1, to_bytes("offer")));
    return rows.add_agreement_event(row.id, 2, to_bytes("another"));
  }));
  GS_CHECK_FAILS(BaseErrc::already_exists,
                 setup.change([&](LedgerWriter& rows) { return rows.add_agreement(row); }));
  GS_CHECK_FAILS(BaseErrc::already_exists, setup.change([&](LedgerWriter& rows) {
    return rows.add_agreement_event(row.id, 2, to_bytes("third"));
  }));
  AgreementRow ended = row;
  ended.status = AgreementStatus::agreed;
  ended.key = testing::sample<Digest>(8);
  ended.ended_unix_ms = 5;
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) { return rows.end_agreement(ended); }));
  const auto events =
      setup.read([&](LedgerReader& rows) { return rows.agreement_events(row.id); }).value();
  BOOST_TEST(events.empty());
  GS_CHECK_FAILS(BaseErrc::not_found,
                 setup.change([&](LedgerWriter& rows) { return rows.end_agreement(ended); }));
}

BOOST_AUTO_TEST_CASE(publishing_twice_keeps_the_first_time) {
  Setup setup;
  const BlobId blob = testing::sample<BlobId>(1);
  BOOST_TEST(!setup.read([&](LedgerReader& rows) { return rows.is_published(blob); }).value());
  for (const std::int64_t time : {1, 2}) {
    GS_REQUIRE_DONE(
        setup.change([&](LedgerWriter& rows) { return rows.publish(blob, "sum", time); }));
  }
  BOOST_TEST(setup.read([&](LedgerReader& rows) { return rows.is_published(blob); }).value());
}

BOOST_AUTO_TEST_CASE(audit_links_continue_the_chain_over_restarts) {
  Setup setup;
  for (std::int64_t i = 1; i <= 3; ++i) {
    GS_REQUIRE_DONE(setup.change(
        [&](LedgerWriter& rows) { return rows.append_audit(i, "operator", "a", "{}"); }));
    setup.reopen();
  }
  const auto rows = setup.read([](LedgerReader& reader) { return reader.audit(0, 9); }).value();
  BOOST_REQUIRE(rows.size() == 3U);
  BOOST_TEST(rows.back().sequence == 3U);
  GS_REQUIRE_DONE(verify_audit(rows, Digest{}));
}

BOOST_AUTO_TEST_SUITE_END()
