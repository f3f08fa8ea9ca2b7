#include "coordinator/keys.hpp"

#include <fstream>
#include <sys/stat.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "crypto/errors.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;

namespace fs = std::filesystem;

namespace {

struct Setup {
  test::TempDir dir;
  DataDirectory files{dir.path()};
  ManualClock clock;
  SeededRandom random{7};

  Result<bool> create() { return create_missing_keys(files, "guild", clock.wall_now(), random); }
  [[nodiscard]] std::vector<fs::path> secrets() const {
    return {files.authority_key(), files.coordinator_key(), files.registrar_key(),
            files.invitation_key(), files.admin_token()};
  }
};

void overwrite(const fs::path& path, std::string_view text) {
  GS_REQUIRE_DONE(write_file_atomically(path, as_bytes(text)));
}

std::string content_of(const fs::path& path) { return read_text_file(path, 1 << 16).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(keys_test)

BOOST_AUTO_TEST_CASE(keys_are_made_once_and_loaded_unchanged) {
  Setup setup;
  BOOST_TEST(setup.create().value());
  const Keys first = load_keys(setup.files).value();
  BOOST_TEST(!setup.create().value());
  const Keys second = load_keys(setup.files).value();
  BOOST_TEST((first.federation() == second.federation()));
  BOOST_TEST((first.coordinator.verify_key() == second.coordinator.verify_key()));
  BOOST_TEST((first.registrar.verify_key() == second.registrar.verify_key()));
  BOOST_TEST((first.coordinator.verify_key() != first.registrar.verify_key()));
  BOOST_TEST((first.admin_token.expose() == second.admin_token.expose()));
  BOOST_TEST(first.admin_token.expose().size() == 64U);
  BOOST_TEST(first.authority.root().subject_common_name().find("guild") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_external_registrar_leaves_no_secret_here_and_stays_the_same) {
  Setup setup;
  const auto create = [&](std::byte seed) {
    const std::array<std::byte, 32> bytes{seed};
    const crypto::Signer signer{crypto::SigningKey{bytes}};
    return create_missing_keys(setup.files, "guild", setup.clock.wall_now(), setup.random,
                               signer.verify_key());
  };
  BOOST_TEST(create(std::byte{1}).value());
  BOOST_TEST(!fs::exists(setup.files.registrar_key()));
  const Keys keys = load_keys(setup.files).value();
  BOOST_TEST(!keys.registrar.is_embedded());
  BOOST_TEST(keys.registrar.verify_key().hex() + "\n" ==
             content_of(setup.files.registrar_public_key()));
  BOOST_TEST(!create(std::byte{1}).value());
  BOOST_TEST(!setup.create().value());  // `init` once more, without naming it.
  BOOST_TEST(!fs::exists(setup.files.registrar_key()));
  GS_CHECK_FAILS(BaseErrc::already_exists, create(std::byte{2}));

  overwrite(setup.files.registrar_key(), std::string(64, '0'));
  BOOST_TEST(load_keys(setup.files).has_error());
  fs::remove(setup.files.registrar_key());
  overwrite(setup.files.registrar_public_key(), std::string(64, '0'));
  GS_CHECK_FAILS(BaseErrc::malformed, load_keys(setup.files));

  Setup embedded;
  GS_REQUIRE_DONE(embedded.create());
  const std::array<std::byte, 32> bytes{};
  GS_CHECK_FAILS(BaseErrc::already_exists,
                 create_missing_keys(embedded.files, "guild", embedded.clock.wall_now(),
                                     embedded.random,
                                     crypto::Signer{crypto::SigningKey{bytes}}.verify_key()));
}

BOOST_AUTO_TEST_CASE(secrets_are_for_the_owner_only) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  for (const fs::path& path : setup.secrets()) {
    struct stat status{};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0600U, path);
    fs::permissions(path, fs::perms{0644});
    GS_CHECK_FAILS(crypto::CryptoErrc::file_permissions_too_open, load_keys(setup.files));
    fs::permissions(path, fs::perms{0600});
  }
  GS_REQUIRE_DONE(load_keys(setup.files));
}

BOOST_AUTO_TEST_CASE(only_what_is_missing_is_made_again) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  const std::string registrar = content_of(setup.files.registrar_key());
  const std::string token = content_of(setup.files.admin_token());
  fs::remove(setup.files.admin_token());
  GS_CHECK_FAILS(BaseErrc::not_found, load_keys(setup.files));
  BOOST_TEST(setup.create().value());
  BOOST_TEST(content_of(setup.files.registrar_key()) == registrar);
  BOOST_TEST(content_of(setup.files.admin_token()) != token);
}

BOOST_AUTO_TEST_CASE(each_missing_file_is_named) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  auto paths = setup.secrets();
  paths.push_back(setup.files.authority_certificate());
  for (const fs::path& path : paths) {
    const fs::path aside = path.string() + ".aside";
    fs::rename(path, aside);
    const auto refused = load_keys(setup.files);
    GS_CHECK_FAILS(BaseErrc::not_found, refused);
    BOOST_TEST(refused.error().detail().find(path.filename().string()) != std::string::npos);
    fs::rename(aside, path);
  }
}

BOOST_AUTO_TEST_CASE(files_that_hold_no_key_are_refused) {
  for (const char* text : {"", "\n", "00ff\n", "not hexadecimal"}) {
    Setup setup;
    GS_REQUIRE_DONE(setup.create());
    overwrite(setup.files.registrar_key(), text);
    BOOST_TEST_CONTEXT("registrar.key: " << text) {
      GS_CHECK_FAILS(BaseErrc::malformed, load_keys(setup.files));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_empty_admin_token_is_refused_since_it_would_admit_everybody) {
  for (const char* text : {"", "\n", "short\n"}) {
    Setup setup;
    GS_REQUIRE_DONE(setup.create());
    overwrite(setup.files.admin_token(), text);
    BOOST_TEST_CONTEXT("admin.token: " << text) {
      GS_CHECK_FAILS(BaseErrc::malformed, load_keys(setup.files));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused) {
  Setup setup;
  Setup other;
  GS_REQUIRE_DONE(setup.create());
  GS_REQUIRE_DONE(other.create());
  fs::copy_file(other.files.authority_certificate(), setup.files.authority_certificate(),
                fs::copy_options::overwrite_existing);
  BOOST_TEST(load_keys(setup.files).has_error());
  overwrite(setup.files.authority_certificate(), "no certificate");
  BOOST_TEST(load_keys(setup.files).has_error());
}

BOOST_AUTO_TEST_CASE(a_lost_root_certificate_is_made_again_for_the_key_that_shops_pinned) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  const auto federation = load_keys(setup.files).value().federation();
  const std::string key = content_of(setup.files.authority_key());
  fs::remove(setup.files.authority_certificate());
  BOOST_TEST(setup.create().value());
  BOOST_TEST(content_of(setup.files.authority_key()) == key);
  BOOST_TEST((load_keys(setup.files).value().federation() == federation));
}

BOOST_AUTO_TEST_CASE(a_damaged_root_key_is_not_replaced) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  overwrite(setup.files.authority_key(), "damaged");
  fs::remove(setup.files.authority_certificate());
  BOOST_TEST(setup.create().has_error());
  BOOST_TEST(content_of(setup.files.authority_key()) == "damaged");
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_nothing_half_written_and_init_can_run_again) {
  Setup setup;
  {
    const test::FileSizeLimit full{10};
    BOOST_TEST(setup.create().has_error());
  }
  BOOST_TEST(!fs::exists(setup.files.authority_certificate()));
  GS_REQUIRE_DONE(setup.create());
  GS_REQUIRE_DONE(load_keys(setup.files));
}

BOOST_AUTO_TEST_SUITE_END()
