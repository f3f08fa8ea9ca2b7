#pragma once

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/random.hpp"
#include "crypto/x509.hpp"

/// A federation with certificates that are valid on the first of February 2026.
struct CertificateSetup {
  guildsum::Clock::Wall now{std::chrono::sys_days{std::chrono::year{2026} / 2 / 1}};
  guildsum::SeededRandom random{7};
  guildsum::crypto::CertificateAuthority authority =
      guildsum::crypto::CertificateAuthority::create("Corner shops", now, random).value();
  guildsum::crypto::TlsKey shop_key = guildsum::crypto::TlsKey::generate_ed25519().value();
  std::array<std::byte, 32> identity{std::byte{0xab}, std::byte{0x01}};

  [[nodiscard]] guildsum::crypto::Certificate issue_to_shop() {
    const auto request = guildsum::crypto::make_signing_request(shop_key, "asked-for").value();
    return authority.issue_client(request, "shop-a", identity, now, random).value();
  }
};
