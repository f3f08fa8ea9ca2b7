#include "participant/source/csv_source.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/gzip.hpp"
#include "participant/errors.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup {
  test::TempDir dir;
  SourceConfig source;
  RejectReport rejects;
  std::vector<PurchaseEvent> events;
  std::vector<RowPlace> places;

  Setup() {
    source.name = "orders";
    source.path = dir / "orders.csv";
  }
  void write(const std::string& name, std::string_view text) const {
    GS_REQUIRE_DONE(write_file_atomically(dir / name, as_bytes(text)));
  }
  Result<SourceSummary> read() {
    const OnEvent on_event = [this](const PurchaseEvent& event,
                                    const RowPlace& place) -> Result<std::optional<RejectReason>> {
      if (event.item == "unknown") return std::optional{RejectReason::not_in_catalogue};
      events.push_back(event);
      places.push_back(place);
      return std::optional<RejectReason>{};
    };
    return read_source(source, on_event, rejects);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_source_test)

BOOST_AUTO_TEST_CASE(rows_are_counted_accepted_or_named_with_file_and_line) {
  Setup setup;
  setup.write("orders.csv",
              "customer;item;date\r\nann;tea;2011-12-09\r\n\r\nbob;;2011-12-09\r\n"
              "carl;unknown;2011-12-09\r\n\"dora\"x;tea;2011-12-09\r\nemil;cup;1323435000\r\n");
  const auto summary = setup.read().value();
  BOOST_TEST(summary.rows == 5U);
  BOOST_TEST(summary.accepted == 2U);
  BOOST_TEST(summary.delimiter == ';');
  BOOST_TEST(summary.columns.size() == 3U);
  BOOST_TEST(summary.times[static_cast<std::size_t>(TimeFormat::date)] == 1U);
  BOOST_TEST(summary.times[static_cast<std::size_t>(TimeFormat::epoch_s)] == 1U);
  BOOST_TEST(setup.places.at(1).line == 7U);
  BOOST_TEST(setup.places.at(1).file == (setup.dir / "orders.csv").string());
  BOOST_TEST(setup.rejects.total() == 3U);
  BOOST_TEST(setup.rejects.of(RejectReason::no_item).examples.at(0).line == 4U);
  BOOST_TEST(setup.rejects.of(RejectReason::not_in_catalogue).rows == 1U);
  BOOST_TEST(setup.rejects.of(RejectReason::text_after_quote).rows == 1U);
}

BOOST_AUTO_TEST_CASE(a_pattern_takes_its_files_by_name) {
  Setup setup;
  for (const char* name : {"b-2.csv", "b-1.csv", "b-10.txt", ".b-3.csv", "c-1.csv"}) {
    setup.write(name, std::string{"customer,item\n"} + name + ",tea\n");
  }
  std::filesystem::create_directory(setup.dir / "b-4.csv");
  setup.source.path = setup.dir / "b-*.csv";
  const auto summary = setup.read().value();
  BOOST_REQUIRE(summary.files.size() == 2U);
  BOOST_TEST(setup.events.at(0).customer == "b-1.csv");
  BOOST_TEST(setup.events.at(1).customer == "b-2.csv");
  setup.source.path = setup.dir / "[bc]-1.csv";
  BOOST_TEST(files_of(setup.source).value().size() == 2U);
}

BOOST_AUTO_TEST_CASE(files_with_different_columns_are_each_mapped) {
  Setup setup;
  setup.write("a1.csv", "item,customer\ntea,ann\n");
  setup.write("a2.csv", "customer|item|qty\nbob|cup|2\n");
  setup.source.path = setup.dir / "a?.csv";
  GS_REQUIRE_DONE(setup.read());
  BOOST_REQUIRE(setup.events.size() == 2U);
  BOOST_TEST(setup.events[0].customer == "ann");
  BOOST_TEST(setup.events[1].customer == "bob");
  BOOST_TEST(setup.events[1].quantity == 2.0);
}

BOOST_AUTO_TEST_CASE(a_source_without_a_file_is_refused_by_name) {
  Setup setup;
  const auto refused = setup.read();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
  BOOST_TEST(refused.error().detail().find("\"orders\"") != std::string::npos);
  setup.source.path = setup.dir / "missing" / "*.csv";
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, files_of(setup.source));
  setup.source.path = setup.dir.path();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, files_of(setup.source));
}

BOOST_AUTO_TEST_CASE(a_file_without_a_header_is_refused_with_its_name) {
  for (const std::string_view text : {"", "\n\n", "\xEF\xBB\xBF"}) {
    Setup setup;
    setup.write("orders.csv", text);
    const auto refused = setup.read();
    GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
    BOOST_TEST(refused.error().detail().find("orders.csv") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_header_without_the_columns_is_refused_with_the_files_name) {
  Setup setup;
  setup.write("orders.csv", "who,what\nann,tea\n");
  const auto refused = setup.read();
  GS_CHECK_FAILS(ParticipantErrc::missing_column, refused);
  BOOST_TEST(refused.error().detail().find("orders.csv") != std::string::npos);
  BOOST_TEST(setup.events.empty());
}

BOOST_AUTO_TEST_CASE(a_header_alone_is_an_empty_source) {
  Setup setup;
  setup.write("orders.csv", "customer,item\n");
  BOOST_TEST(setup.read().value().rows == 0U);
}

BOOST_AUTO_TEST_CASE(files_larger_than_one_piece_are_read_whole) {
  Setup setup;
  std::string text = "customer,item\n";
  for (int i = 0; i < 60'000; ++i)
    text += "customer-" + std::to_string(i) + ",item-of-some-length\n";
  setup.write("orders.csv", text);
  const auto summary = setup.read().value();
  BOOST_TEST(summary.accepted == 60'000U);
  BOOST_TEST(setup.events.back().customer == "customer-59999");
  BOOST_TEST(setup.places.back().line == 60'001U);
}

BOOST_AUTO_TEST_CASE(compressed_files_are_read_whatever_their_names_are) {
  Setup setup;
  setup.write("a1.csv", as_text(gzip(as_bytes("customer,item\nann,tea\nbob,\n"))));
  setup.write("a2.csv", "customer,item\ncarl,cup\n");
  setup.source.path = setup.dir / "a?.csv";
  const auto summary = setup.read().value();
  BOOST_TEST(summary.accepted == 2U);
  BOOST_TEST(summary.compressed_files == 1U);
  BOOST_TEST(setup.rejects.of(RejectReason::no_item).examples.at(0).line == 3U);
}

BOOST_AUTO_TEST_CASE(damage_in_the_last_file_is_found_before_the_first_row_is_used) {
  Setup setup;
  setup.write("a1.csv", "customer,item\nann,tea\n");
  const Bytes packed = gzip(as_bytes("customer,item\nbob,cup\n"));
  setup.write("a2.csv", as_text(ByteView{packed}.first(packed.size() - 1)));
  setup.source.path = setup.dir / "a?.csv";
  const auto refused = setup.read();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
  BOOST_TEST(refused.error().detail() ==
             (setup.dir / "a2.csv").string() + ": gzip stream is cut off");
  BOOST_TEST(setup.events.empty());
}

BOOST_AUTO_TEST_CASE(a_command_is_read_as_a_file_is_and_counts_only_as_a_whole) {
  Setup setup;
  CommandSpec command;
  command.argv = {"/bin/sh", "-c", "printf 'customer\\titem\\nann\\ttea\\nbob\\t\\n'"};
  command.spool = setup.dir.path();
  setup.source.command = command;
  const auto summary = setup.read().value();
  BOOST_TEST(summary.accepted == 1U);
  BOOST_TEST(summary.delimiter == '\t');
  BOOST_TEST(summary.command == "/bin/sh");
  BOOST_TEST(setup.places.at(0).file == "orders (command)");
  setup.source.command->argv[2] += "; exit 1";
  const auto refused = setup.read();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
  BOOST_TEST(refused.error().detail().find("source \"orders\"") != std::string::npos);
  BOOST_TEST(setup.events.size() == 1U);
}

BOOST_AUTO_TEST_CASE(json_lines_go_through_the_same_intake) {
  Setup setup;
  setup.source.format = SourceFormat::jsonl;
  setup.write("orders.csv",
              "{\"user\":1,\"item\":\"tea\",\"ts\":1700000000}\n{}\n"
              "{\"user\":\"1\",\"item\":\"unknown\"}\n{\"user\":1,\"user\":2}\n");
  const auto summary = setup.read().value();
  BOOST_TEST(summary.rows == 4U);
  BOOST_TEST(summary.accepted == 1U);
  BOOST_TEST(summary.times[static_cast<std::size_t>(TimeFormat::epoch_s)] == 1U);
  BOOST_TEST(setup.rejects.of(RejectReason::no_customer).examples.at(0).line == 2U);
  BOOST_TEST(setup.rejects.of(RejectReason::not_in_catalogue).examples.at(0).line == 3U);
  BOOST_TEST(setup.rejects.of(RejectReason::duplicate_member).examples.at(0).line == 4U);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_receiver_ends_the_reading) {
  Setup setup;
  setup.write("orders.csv", "customer,item\nann,tea\nbob,tea\n");
  const auto failed = read_source(
      setup.source,
      [](const PurchaseEvent&, const RowPlace&) -> Result<std::optional<RejectReason>> {
        return Error{BaseErrc::no_space, "full"};
      },
      setup.rejects);
  GS_CHECK_FAILS(BaseErrc::no_space, failed);
}

BOOST_AUTO_TEST_SUITE_END()
