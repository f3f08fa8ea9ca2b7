#include "participant/consent/consent_file.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "participant/errors.hpp"
#include "tests/support/shop_data.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct File {
  Result<std::vector<CustomerDecision>> read(const std::string& text) const {
    test::write_text(path, text);
    return read_consent_file(path);
  }
  [[nodiscard]] bool refused(const std::string& rows, std::string_view part) const {
    const auto result = read("customer,purpose,state,decided_at,notice_version\n" + rows);
    return result.has_error() && result.error().message().find(part) != std::string::npos;
  }
  test::TempDir dir;
  std::filesystem::path path = dir / "consent.csv";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(consent_file_test, File)

BOOST_AUTO_TEST_CASE(columns_stand_in_any_order_and_others_are_passed_over) {
  const auto decisions =
      read("state;decided_at;note;customer;purpose;notice_version;method\r\n"
           "given;2026-01-02T03:04:05Z;x;7;training;2026-05;checkbox\r\n"
           "denied;1767323045;;8;personalization_storage;;\r\n")
          .value();
  BOOST_REQUIRE(decisions.size() == 2U);
  BOOST_TEST(decisions[0].customer == "7");
  BOOST_TEST((decisions[0].decision.state == ConsentState::given));
  BOOST_TEST(decisions[0].decision.notice_version == "2026-05");
  BOOST_TEST(decisions[0].decision.method == "checkbox");
  BOOST_TEST((decisions[1].decision.purpose == Purpose::recommendations));
  BOOST_TEST((decisions[1].decision.state == ConsentState::refused));
  BOOST_TEST((decisions[0].decision.decided_at == decisions[1].decision.decided_at));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named_with_its_line_and_nothing_is_taken) {
  BOOST_TEST(refused("7,training,given,2026-01-02,v1\n8,training,maybe,2026-01-02,v1\n",
                     "consent.csv:3: state \"maybe\": expected given, refused"));
  BOOST_TEST(refused("7,ads,given,2026-01-02,v1\n", "consent.csv:2: purpose \"ads\""));
  BOOST_TEST(refused("7,training,given,soon,v1\n", "decided_at"));
  BOOST_TEST(refused(",training,given,2026-01-02,v1\n", "no customer"));
  BOOST_TEST(refused("7,training,given,2026-01-02,\n", "notice_version"));
  BOOST_TEST(refused("7,training,given\n", "expected 5 fields"));
  std::string many;
  for (int k = 0; k < 14; ++k) many += "7,ads,given,2026-01-02,v1\n";
  BOOST_TEST(refused(many, "and 4 more; nothing was taken in"));
}

BOOST_AUTO_TEST_CASE(a_file_without_its_columns_is_none) {
  BOOST_TEST((read("customer,purpose,state\n7,training,given\n").error() ==
              ParticipantErrc::missing_column));
  BOOST_TEST((read("").error() == ParticipantErrc::source_unreadable));
  BOOST_TEST(read("customer,purpose,state,decided_at\n").value().empty());
  BOOST_TEST((read_consent_file(dir / "none.csv").error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
