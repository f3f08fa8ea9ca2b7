#include "participant/store/pseudonym.hpp"

#include <memory>

#include "base/errors.hpp"
#include "base/secret.hpp"
#include "crypto/key_file.hpp"

namespace guildsum::participant {
namespace {

using PseudonymKey = Secret<struct PseudonymKeyTag, 32>;

Result<> make_key(const std::filesystem::path& path, Random& random) {
  const auto key = random.secret<struct PseudonymKeyTag, 32>();
  return crypto::write_key_file(path, SecretText{to_hex(key.expose())});
}

}  // namespace

Result<std::unique_ptr<Pseudonymizer>> Pseudonymizer::load(const std::filesystem::path& key_file,
                                                           Random& random) {
  std::error_code error;
  if (!std::filesystem::exists(key_file, error)) GS_CHECK(make_key(key_file, random));
  GS_TRY(const SecretText text, crypto::read_key_file(key_file));
  auto bytes = from_hex(text.expose());
  if (!bytes || bytes->size() != PseudonymKey::kSize) {
    return Error{BaseErrc::corrupt, key_file.string() + " is no key of 64 hexadecimal digits"};
  }
  auto made = std::make_unique<Pseudonymizer>(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return made;
}

crypto::Digest Pseudonymizer::tagged(std::string_view label, std::string_view text) {
  Bytes message = to_bytes(label);
  message.push_back(std::byte{0});
  append(message, as_bytes(text));
  const std::lock_guard lock{mutex_};
  return mac_.mac(message);
}

Pseudonym Pseudonymizer::customer(std::string_view id) {
  return Pseudonym{tagged("customer", id).view()};
}

Bytes Pseudonymizer::order_tag(std::string_view order) {
  const auto digest = tagged("order", order);
  const auto head = digest.view().first<8>();
  return {head.begin(), head.end()};
}

}  // namespace guildsum::participant
