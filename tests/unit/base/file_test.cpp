#include "base/file.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat status{};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::string content_of(const fs::path& path) { return read_text_file(path, 1 << 20).value(); }

std::size_t entries_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

/// While it lives, files of this process cannot grow beyond `bytes`: what a full disk looks like to
/// write().
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }

 private:
  rlimit former_{};
  void (*former_handler_)(int) = SIG_DFL;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(file_test)

BOOST_AUTO_TEST_CASE(a_file_is_read_whole_up_to_its_limit) {
  const test::TempDir dir;
  BOOST_TEST(write_file_atomically(dir / "a", as_bytes("12345")).has_value());
  BOOST_TEST(as_text(read_file(dir / "a", 5).value()) == "12345");
  BOOST_TEST((read_file(dir / "a", 4).error() == BaseErrc::too_large));
  BOOST_TEST((read_file(dir / "b", 4).error() == BaseErrc::not_found));
  BOOST_TEST(read_file(dir / "b", 4).error().detail().find((dir / "b").string()) !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_do_not_state_their_length_are_read_to_the_end) {
  BOOST_TEST(content_of("/proc/self/status").find("Pid:") != std::string::npos);
  BOOST_TEST((read_file("/dev/zero", 10'000).error() == BaseErrc::too_large));
}

BOOST_AUTO_TEST_CASE(a_directory_is_no_file) {
  const test::TempDir dir;
  BOOST_TEST((read_file(dir.path(), 100).error() == BaseErrc::io_failed));
}

BOOST_AUTO_TEST_CASE(atomic_write_replaces_content_and_mode_and_leaves_no_other_file) {
  const test::TempDir dir;
  BOOST_TEST(write_file_atomically(dir / "a", as_bytes("old"), kPublicFile).has_value());
  BOOST_TEST(mode_of(dir / "a") == 0644U);
  BOOST_TEST(write_file_atomically(dir / "a", as_bytes("new")).has_value());
  BOOST_TEST(content_of(dir / "a") == "new");
  BOOST_TEST(mode_of(dir / "a") == 0600U);
  BOOST_TEST(entries_in(dir.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(a_failed_atomic_write_keeps_the_old_content_and_cleans_up) {
  const test::TempDir dir;
  BOOST_TEST(write_file_atomically(dir / "a", as_bytes("old")).has_value());
  {
    const FileSizeLimit limit{1000};
    BOOST_TEST((write_file_atomically(dir / "a", Bytes(5000)).error() == BaseErrc::io_failed));
  }
  BOOST_TEST(content_of(dir / "a") == "old");
  BOOST_TEST(entries_in(dir.path()) == 1U);
  BOOST_TEST((write_file_atomically(dir / "none/a", as_bytes("x")).error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_apart_from_other_failures) {
  BOOST_TEST((os_error(ENOSPC, "writing", "x") == BaseErrc::no_space));
  BOOST_TEST((os_error(EDQUOT, "writing", "x") == BaseErrc::no_space));
  BOOST_TEST((os_error(EIO, "writing", "x") == BaseErrc::io_failed));
  auto full = PositionedFile::open("/dev/full").value();
  BOOST_TEST((full.write_at(0, as_bytes("x")).error() == BaseErrc::no_space));
}

BOOST_AUTO_TEST_CASE(private_directories_are_made_with_parents_and_closed_to_others) {
  const test::TempDir dir;
  BOOST_TEST(make_private_directory(dir / "a/b/c/").has_value());
  BOOST_TEST(mode_of(dir / "a/b/c") == 0700U);
  fs::permissions(dir / "a/b", fs::perms::all);
  BOOST_TEST(make_private_directory(dir / "a/b").has_value());
  BOOST_TEST(mode_of(dir / "a/b") == 0700U);
  BOOST_TEST(write_file_atomically(dir / "file", {}).has_value());
  BOOST_TEST((make_private_directory(dir / "file").error() == BaseErrc::already_exists));
}

BOOST_AUTO_TEST_CASE(removing_a_missing_file_is_success) {
  const test::TempDir dir;
  BOOST_TEST(write_file_atomically(dir / "a", {}).has_value());
  BOOST_TEST(remove_file(dir / "a").has_value());
  BOOST_TEST(!fs::exists(dir / "a"));
  BOOST_TEST(remove_file(dir / "a").has_value());
}

BOOST_AUTO_TEST_CASE(append_file_continues_after_existing_content) {
  const test::TempDir dir;
  {
    auto file = AppendFile::open(dir / "log").value();
    BOOST_TEST(file.append(as_bytes("one,")).has_value());
  }
  auto file = AppendFile::open(dir / "log").value();
  BOOST_TEST(file.size_bytes() == 4U);
  BOOST_TEST(file.append(as_bytes("two,")).has_value());
  BOOST_TEST(content_of(dir / "log") == "one,two,");
  BOOST_TEST(file.truncate(4).has_value());
  BOOST_TEST(file.append(as_bytes("three")).has_value());
  BOOST_TEST(content_of(dir / "log") == "one,three");
  BOOST_TEST((file.truncate(1000).error() == BaseErrc::invalid_argument));
  BOOST_TEST(mode_of(dir / "log") == 0600U);
}

BOOST_AUTO_TEST_CASE(a_failed_append_leaves_no_torn_record_behind) {
  const test::TempDir dir;
  auto file = AppendFile::open(dir / "log").value();
  BOOST_TEST(file.append(as_bytes("good")).has_value());
  {
    const FileSizeLimit limit{100};
    BOOST_TEST(file.append(Bytes(200)).has_error());
  }
  BOOST_TEST(content_of(dir / "log") == "good");
  BOOST_TEST(file.append(as_bytes("+more")).has_value());
  BOOST_TEST(content_of(dir / "log") == "good+more");
}

BOOST_AUTO_TEST_CASE(positioned_file_takes_pieces_in_any_order) {
  const test::TempDir dir;
  auto file = PositionedFile::open(dir / "upload").value();
  BOOST_TEST(file.preallocate(10).has_value());
  BOOST_TEST(file.size_bytes().value() == 10U);
  BOOST_TEST(file.write_at(5, as_bytes("world")).has_value());
  BOOST_TEST(file.write_at(0, as_bytes("hello")).has_value());
  BOOST_TEST(file.sync().has_value());
  const auto reader = PositionedFile::open_read_only(dir / "upload").value();
  std::array<std::byte, 6> piece{};
  BOOST_TEST(reader.read_at(3, piece).has_value());
  BOOST_TEST(as_text(piece) == "loworl");
  BOOST_TEST((reader.read_at(5, piece).error() == BaseErrc::corrupt));
  BOOST_TEST((PositionedFile::open_read_only(dir / "none").error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(a_second_holder_of_a_lock_learns_who_has_it) {
  const test::TempDir dir;
  {
    const auto lock = FileLock::acquire(dir / "lock").value();
    const auto second = FileLock::acquire(dir / "lock");
    BOOST_TEST((second.error() == BaseErrc::busy));
    BOOST_TEST(second.error().detail().ends_with("held by process " + std::to_string(::getpid())));
  }
  BOOST_TEST(FileLock::acquire(dir / "lock").has_value());
}

BOOST_AUTO_TEST_CASE(descriptors_are_closed_once_and_moved_without_closing) {
  const int raw = ::dup(STDOUT_FILENO);
  {
    FileDescriptor first{raw};
    FileDescriptor second{std::move(first)};
    BOOST_TEST(!first.is_open());
    BOOST_TEST(second.get() == raw);
    BOOST_TEST(::fcntl(raw, F_GETFD) >= 0);
  }
  BOOST_TEST(::fcntl(raw, F_GETFD) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
