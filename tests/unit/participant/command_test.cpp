// Real programs: /bin/sh as the program, its text as an argument.
#include "participant/source/command.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.hpp"
#include "participant/errors.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup {
  test::TempDir dir;
  CommandSpec command;

  explicit Setup(const std::string& script) {
    command.argv = {"/bin/sh", "-c", script};
    command.spool = dir.path();
  }
  [[nodiscard]] std::string text() const {
    const auto file = output_of(command);
    GS_REQUIRE_DONE(file);
    Bytes content(file->size_bytes().value());
    GS_REQUIRE_DONE(file->read_at(0, content));
    return std::string{as_text(content)};
  }
  /// The detail of the refusal with this code.
  template <class Code>
  [[nodiscard]] std::string refusal(Code code) const {
    const auto file = output_of(command);
    GS_CHECK_FAILS(code, file);
    return file.has_error() ? file.error().detail() : std::string{};
  }
  [[nodiscard]] bool is_empty() const { return std::filesystem::is_empty(dir.path()); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(command_test)

BOOST_AUTO_TEST_CASE(standard_output_is_handed_out_whole_and_leaves_no_file) {
  const Setup small{"printf 'customer,item\\n'; echo ann,tea; echo not this >&2"};
  BOOST_TEST(small.text() == "customer,item\nann,tea\n");
  BOOST_TEST(small.is_empty());
  BOOST_TEST(Setup{"exit 0"}.text().empty());
  // More than a pipe holds, on both, in the worst order.
  const Setup large{"head -c 300000 /dev/zero >&2; head -c 1000000 /dev/zero; echo end"};
  const std::string text = large.text();
  BOOST_TEST(text.size() == 1'000'004U);
  BOOST_TEST(text.ends_with("end\n"));
}

BOOST_AUTO_TEST_CASE(arguments_reach_the_program_as_they_are) {
  Setup setup{""};
  setup.command.argv = {"printf", "%s|", "$HOME; echo x", "*", "a b", ""};
  BOOST_TEST(setup.text() == "$HOME; echo x|*|a b||");
}

BOOST_AUTO_TEST_CASE(a_failed_program_is_named_with_its_last_words) {
  const Setup setup{
      "echo ann,tea; for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; "
      "printf '\\033[31mred\\n' >&2; exit 3"};
  const std::string detail = setup.refusal(ParticipantErrc::source_unreadable);
  BOOST_TEST(detail ==
             "the command /bin/sh ended with exit code 3: line 4 / line 5 / line 6 / line 7 / "
             "?[31mred");
  BOOST_TEST(setup.is_empty());
  const Setup killed{"kill -9 $$"};
  BOOST_TEST(killed.refusal(ParticipantErrc::source_unreadable).find("signal 9") !=
             std::string::npos);
  const Setup chatty{"head -c 5000000 /dev/zero | tr '\\0' 'x' >&2; exit 1"};
  BOOST_TEST(chatty.refusal(ParticipantErrc::source_unreadable).size() < 3000U);
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_named) {
  Setup setup{""};
  setup.command.argv = {"/nowhere/psql", "--csv"};
  BOOST_TEST(setup.refusal(ParticipantErrc::source_unreadable).find("/nowhere/psql cannot be "
                                                                    "started") !=
             std::string::npos);
  setup.command.argv.clear();
  BOOST_TEST(!setup.refusal(ParticipantErrc::source_unreadable).empty());
}

BOOST_AUTO_TEST_CASE(when_the_time_is_over_the_whole_group_is_killed) {
  Setup setup{""};
  const auto fifo = setup.dir / "held-open";
  BOOST_TEST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const FileDescriptor reader{::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  BOOST_TEST_REQUIRE(reader.is_open());
  setup.command.argv[2] = "exec 9>" + fifo.string() +
                          "; echo asked >&2; sleep 1000 & sleep 1000; echo ann,tea";
  setup.command.timeout = std::chrono::milliseconds{700};
  BOOST_TEST(setup.refusal(BaseErrc::timed_out).find("did not end in its time") !=
             std::string::npos);
  // The end of file comes when the last process that holds the other end is gone.
  const auto gone = [&] {
    char byte = 0;
    return ::read(reader.get(), &byte, 1) == 0;
  };
  BOOST_TEST(test::eventually(gone, std::chrono::seconds{60}));
}

BOOST_AUTO_TEST_CASE(what_is_still_writing_behind_the_program_has_its_time_too) {
  // The program ends at once; the row comes later, from what it started.
  BOOST_TEST(Setup{"(sleep 0.3; echo ann,tea) & exit 0"}.text() == "ann,tea\n");
}

BOOST_AUTO_TEST_CASE(output_without_an_end_is_cut) {
  Setup setup{"yes ann,tea"};
  setup.command.output_limit_bytes = 100'000;
  BOOST_TEST(setup.refusal(BaseErrc::too_large).find("100000 bytes") != std::string::npos);
  setup.command.argv[2] = "head -c 100000 /dev/zero";
  BOOST_TEST(setup.text().size() == 100'000U);
  setup.command.argv[2] = "head -c 100001 /dev/zero";
  BOOST_TEST(!setup.refusal(BaseErrc::too_large).empty());
}

BOOST_AUTO_TEST_CASE(neither_secrets_nor_open_files_nor_input_are_passed_on) {
  ::setenv("COMMAND_TEST_SECRET", "s3cret", 1);
  ::setenv("COMMAND_TEST_NAMED", "wanted", 1);
  Setup setup{"env"};
  setup.command.environment = {"COMMAND_TEST_NAMED", "COMMAND_TEST_ABSENT"};
  const std::string variables = setup.text();
  BOOST_TEST(variables.find("s3cret") == std::string::npos);
  BOOST_TEST(variables.find("COMMAND_TEST_NAMED=wanted\n") != std::string::npos);
  BOOST_TEST(variables.find("PATH=") != std::string::npos);
  ::unsetenv("COMMAND_TEST_SECRET");
  ::unsetenv("COMMAND_TEST_NAMED");

  const int open = ::open("/dev/null", O_RDONLY);  // Not closed on exec.
  const FileDescriptor leaked{::fcntl(open, F_DUPFD, 200)};
  ::close(open);
  BOOST_TEST_REQUIRE(leaked.is_open());
  setup.command.argv[2] =
      "test -e /proc/self/fd/" + std::to_string(leaked.get()) + " && echo leaked; cat; echo done";
  BOOST_TEST(setup.text() == "done\n");
}

BOOST_AUTO_TEST_SUITE_END()
