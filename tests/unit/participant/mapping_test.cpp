#include "participant/source/mapping.hpp"

#include "participant/errors.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

using Fields = std::vector<std::string>;

const Fields kHeader{"InvoiceNo",   "Stock Code",  "Quantity",
                     "InvoiceDate", "Customer-ID", "Country"};

ColumnMap usual() { return ColumnMap::resolve({}, kHeader).value(); }

/// The usual row with one field changed.
Fields row(std::size_t column = 99, std::string value = {}) {
  Fields fields{"536365", "85123A", "6", "2010-12-01 08:26", "17850", "France"};
  if (column < fields.size()) fields[column] = std::move(value);
  return fields;
}

std::string reason(const Fields& fields, bool allow_email = false) {
  const auto read = usual().read(fields, allow_email);
  const auto* refused = std::get_if<RejectReason>(&read);
  return refused == nullptr ? "accepted" : std::string{code_of(*refused)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mapping_test)

BOOST_AUTO_TEST_CASE(usual_names_are_found_in_any_spelling) {
  const ColumnMap map = usual();
  const std::vector<std::pair<std::string, std::string>> expected{{"customer", "Customer-ID"},
                                                                  {"item", "Stock Code"},
                                                                  {"time", "InvoiceDate"},
                                                                  {"quantity", "Quantity"},
                                                                  {"order", "InvoiceNo"}};
  BOOST_TEST((map.used() == expected));
  BOOST_TEST(ColumnMap::resolve({}, {"USER_ID", "sku"}).has_value());
}

BOOST_AUTO_TEST_CASE(a_row_becomes_an_event) {
  const auto read = usual().read(row(), false);
  const auto& accepted = std::get<AcceptedRow>(read);
  BOOST_TEST(accepted.event.customer == "17850");
  BOOST_TEST(accepted.event.item == "85123A");
  BOOST_TEST(accepted.event.quantity == 6.0);
  BOOST_TEST(accepted.event.order == "536365");
  BOOST_TEST((accepted.time_format == TimeFormat::local_seconds));
  BOOST_TEST((accepted.event.time == parse_time("2010-12-01 08:26").value().time));
}

BOOST_AUTO_TEST_CASE(optional_columns_may_be_absent) {
  const ColumnMap map = ColumnMap::resolve({}, {"customer", "item"}).value();
  const auto read = map.read({" ann ", "\ttea"}, false);
  const auto& accepted = std::get<AcceptedRow>(read);
  BOOST_TEST(accepted.event.customer == "ann");
  BOOST_TEST(accepted.event.item == "tea");
  BOOST_TEST(accepted.event.quantity == 1.0);
  BOOST_TEST(accepted.event.order.empty());
  BOOST_TEST(!accepted.time_format.has_value());
  BOOST_TEST(accepted.event.time.time_since_epoch().count() == 0);
}

BOOST_AUTO_TEST_CASE(named_columns_must_be_there_and_near_misses_are_named) {
  Mapping mapping;
  mapping.customer = "Custmer-ID";
  const auto refused = ColumnMap::resolve(mapping, kHeader);
  GS_CHECK_FAILS(ParticipantErrc::missing_column, refused);
  BOOST_TEST(refused.error().detail().find("mapping.customer") != std::string::npos);
  BOOST_TEST(refused.error().detail().find("did you mean \"Customer-ID\"") != std::string::npos);
  // An optional column that is named is not optional.
  mapping.customer = "Country";
  mapping.time = "When";
  GS_CHECK_FAILS(ParticipantErrc::missing_column, ColumnMap::resolve(mapping, kHeader));
  mapping.time.clear();
  BOOST_TEST(ColumnMap::resolve(mapping, kHeader).value().used()[0].second == "Country");
}

BOOST_AUTO_TEST_CASE(a_header_without_customer_or_item_is_refused_with_its_columns) {
  const auto refused = ColumnMap::resolve({}, {"item", "price"});
  GS_CHECK_FAILS(ParticipantErrc::missing_column, refused);
  BOOST_TEST(refused.error().detail() ==
             "no column for the customer: set mapping.customer to one of \"item\", \"price\"");
  GS_CHECK_FAILS(ParticipantErrc::missing_column, ColumnMap::resolve({}, {"customer"}));
  GS_CHECK_FAILS(ParticipantErrc::missing_column, ColumnMap::resolve({}, {}));
}

BOOST_AUTO_TEST_CASE(with_a_products_fields_the_item_is_the_same_in_every_shop) {
  const Fields header{"customer", "sku", "gtin", "EAN", "Brand", "MPN"};
  // Without being asked nothing is guessed.
  BOOST_TEST(ColumnMap::resolve({}, header).value().used().size() == 2U);
  Mapping mapping;
  mapping.gtin = "EAN";
  mapping.brand = "Brand";
  mapping.mpn = "MPN";
  mapping.shop = "north";
  const ColumnMap map = ColumnMap::resolve(mapping, header).value();
  const auto item = [&](const char* ean, const char* brand, const char* part) {
    const auto row = map.read({"ann", "sku-1", "", ean, brand, part}, false);
    const auto* accepted = std::get_if<AcceptedRow>(&row);
    return accepted == nullptr ? std::string{code_of(std::get<RejectReason>(row))}
                               : accepted->event.item;
  };
  BOOST_TEST(item("4006381333931", "Acme", "7") == "04006381333931");
  BOOST_TEST(item(" ", "Acme", "7") == "acme|7");
  BOOST_TEST(item("", "Acme", "") == "local:north:sku-1");
  BOOST_TEST(item("4006381333930", "Acme", "7") == "bad_gtin");
}

BOOST_AUTO_TEST_CASE(every_reason_to_leave_a_row_out_is_found) {
  BOOST_TEST(reason(row()) == "accepted");
  BOOST_TEST(reason({"1", "2"}) == "wrong_field_count");
  Fields longer = row();
  longer.emplace_back("x");
  BOOST_TEST(reason(longer) == "wrong_field_count");
  BOOST_TEST(reason(row(4, "")) == "no_customer");
  BOOST_TEST(reason(row(4, "  \t")) == "no_customer");
  BOOST_TEST(reason(row(4, "ann@example.org")) == "email_as_customer");
  BOOST_TEST(reason(row(4, "ann@example.org"), true) == "accepted");
  BOOST_TEST(reason(row(1, " ")) == "no_item");
  BOOST_TEST(reason(row(3, "")) == "no_time");
  BOOST_TEST(reason(row(3, "tomorrow")) == "bad_time");
  for (const char* quantity :
       {"", "six", "6 pieces", "nan", "inf", "1,000", "1.5,2", "1,2,3", "0x6", "1e999"}) {
    BOOST_TEST(reason(row(2, quantity)) == "bad_quantity", quantity);
  }
  for (const char* quantity : {"0", "-1", "-0.0", "0.0"}) {
    BOOST_TEST(reason(row(2, quantity)) == "not_a_purchase", quantity);
  }
  for (const char* quantity : {"+6", " 6 ", "0.5", "6.0", "1,5", "0,25", "1e3"}) {
    BOOST_TEST(reason(row(2, quantity)) == "accepted", quantity);
  }
}

BOOST_AUTO_TEST_SUITE_END()
