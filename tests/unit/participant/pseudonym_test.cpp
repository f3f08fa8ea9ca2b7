#include "participant/store/pseudonym.hpp"

#include <sys/stat.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "crypto/errors.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(pseudonym_test)

BOOST_AUTO_TEST_CASE(a_key_is_made_once_and_gives_the_same_pseudonyms_ever_after) {
  const test::TempDir dir;
  SeededRandom random{1};
  const auto first = Pseudonymizer::load(dir / "key", random).value();
  const auto second = Pseudonymizer::load(dir / "key", random).value();
  BOOST_TEST((first->customer("17850") == second->customer("17850")));
  BOOST_TEST((first->customer("17850") != first->customer("17851")));
  BOOST_TEST((first->order_tag("1") == second->order_tag("1")));
  struct stat status{};
  BOOST_REQUIRE(::stat((dir / "key").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(it_is_hmac_sha256_of_label_and_id_under_the_key) {
  const Bytes key(32, std::byte{7});
  Pseudonymizer pseudonyms{key};
  const auto expected = crypto::hmac_sha256(ByteView{key}, as_bytes(std::string_view{"customer\0"
                                                                                     "17850",
                                                                                     14}));
  BOOST_TEST((pseudonyms.customer("17850") == Pseudonym{expected.view()}));
}

BOOST_AUTO_TEST_CASE(customers_and_orders_and_keys_are_kept_apart) {
  Pseudonymizer one{Bytes(32, std::byte{1})};
  Pseudonymizer other{Bytes(32, std::byte{2})};
  BOOST_TEST((one.customer("5") != other.customer("5")));
  const Bytes tag = one.order_tag("5");
  BOOST_TEST(tag.size() == 8U);
  const auto customer = one.customer("5");
  BOOST_TEST(!std::ranges::equal(tag, customer.view().first<8>()));
  BOOST_TEST((one.order_tag("") != one.order_tag("0")));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_key_is_refused_and_kept) {
  SeededRandom random{1};
  for (const std::string& text :
       {std::string{}, std::string{"00ff"}, std::string(64, 'x'), std::string(66, '0')}) {
    const test::TempDir dir;
    GS_REQUIRE_DONE(write_file_atomically(dir / "key", as_bytes(text)));
    GS_CHECK_FAILS(BaseErrc::corrupt, Pseudonymizer::load(dir / "key", random));
    BOOST_TEST(read_text_file(dir / "key", 100).value() == text);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_refused) {
  const test::TempDir dir;
  SeededRandom random{1};
  GS_REQUIRE_DONE(Pseudonymizer::load(dir / "key", random));
  fs::permissions(dir / "key", fs::perms{0640});
  GS_CHECK_FAILS(crypto::CryptoErrc::file_permissions_too_open,
                 Pseudonymizer::load(dir / "key", random));
}

BOOST_AUTO_TEST_CASE(a_full_disk_makes_no_half_key) {
  const test::TempDir dir;
  SeededRandom random{1};
  {
    const test::FileSizeLimit full{10};
    BOOST_TEST(Pseudonymizer::load(dir / "key", random).has_error());
  }
  BOOST_TEST(!fs::exists(dir / "key"));
  GS_REQUIRE_DONE(Pseudonymizer::load(dir / "key", random));
}

BOOST_AUTO_TEST_SUITE_END()
