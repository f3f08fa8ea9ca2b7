#include "crypto/key_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "crypto/errors.hpp"

using namespace guildsum;
using namespace guildsum::crypto;

namespace {

struct Directory {
  Directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "key_file_XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{path}, {}));
  }
  std::filesystem::path path;
};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

SecretText secret(std::string text) { return SecretText{std::move(text)}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(key_file_test)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_and_only_the_owner_may_read_it) {
  const Directory directory;
  const auto path = directory.path / "key.pem";

  BOOST_REQUIRE(write_key_file(path, secret("a secret")).has_value());

  BOOST_TEST(mode_of(path) == 0600U);
  BOOST_TEST(read_key_file(path).value().expose() == "a secret");
  BOOST_TEST(directory.entries() == 1U);  // The draft is gone.
}

BOOST_AUTO_TEST_CASE(an_existing_file_is_kept_unless_replacing_is_asked_for) {
  const Directory directory;
  const auto path = directory.path / "key.pem";
  BOOST_REQUIRE(write_key_file(path, secret("old")).has_value());

  BOOST_TEST((write_key_file(path, secret("new")).error() == BaseErrc::already_exists));
  BOOST_TEST(read_key_file(path).value().expose() == "old");
  BOOST_TEST(directory.entries() == 1U);

  BOOST_REQUIRE(write_key_file(path, secret("new"), true).has_value());
  BOOST_TEST(read_key_file(path).value().expose() == "new");
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_read_is_refused) {
  const Directory directory;
  const auto path = directory.path / "key.pem";
  BOOST_REQUIRE(write_key_file(path, secret("a secret")).has_value());

  for (const unsigned mode : {0640U, 0604U, 0660U, 0601U}) {
    BOOST_REQUIRE(::chmod(path.c_str(), mode) == 0);
    BOOST_TEST((read_key_file(path).error() == CryptoErrc::file_permissions_too_open));
  }
  BOOST_REQUIRE(::chmod(path.c_str(), 0400) == 0);
  BOOST_TEST(read_key_file(path).has_value());
}

BOOST_AUTO_TEST_CASE(a_link_a_directory_and_a_missing_file_are_refused) {
  const Directory directory;
  const auto path = directory.path / "key.pem";
  const auto link = directory.path / "link.pem";
  BOOST_REQUIRE(write_key_file(path, secret("a secret")).has_value());
  std::filesystem::create_symlink(path, link);

  BOOST_TEST((read_key_file(link).error() == BaseErrc::io_failed));
  BOOST_TEST((read_key_file(directory.path).error() == BaseErrc::io_failed));
  BOOST_TEST((read_key_file(directory.path / "none").error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(a_file_beyond_64_kib_is_no_key) {
  const Directory directory;
  const auto path = directory.path / "key.pem";
  BOOST_REQUIRE(write_key_file(path, secret(std::string(64 * 1024 + 1, 'x'))).has_value());

  BOOST_TEST((read_key_file(path).error() == BaseErrc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
