#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/property/round_floor.hpp"

namespace guildsum::property {

/// Which secrets the shares in a coordinator's hands open.
class OpenedSecrets {
 public:
  /// `variants` and `check_ins` must outlive it. Members from number `honest` on collude: what was
  /// dealt to them is known.
  OpenedSecrets(const std::vector<Variant>& variants,
                const std::vector<protocol::CheckIn>& check_ins, std::size_t honest)
      : variants_{variants}, check_ins_{check_ins}, honest_{honest} {}

  /// An honest shop revealed its share.
  void reveal(const SecretName& name, std::size_t holder, const protocol::PublicShare& share) {
    shares_[name].emplace(holder, share);
  }
  /// As many holders as the threshold are known, colluders included.
  [[nodiscard]] bool opens(const SecretName& name) const;
  /// A mask key counts whichever descriptor it was dealt under.
  [[nodiscard]] bool opens_mask_key(std::size_t dealer) const;

  struct Recovered {
    std::size_t count = 0;  ///< secrets for which honest shares alone suffice
    bool right = true;      ///< each fits its dealer's check-in
  };
  /// Puts secrets together for real, which shows that the count of holders is the right measure.
  [[nodiscard]] Recovered recover() const;

 private:
  [[nodiscard]] bool recovers(const SecretName& name,
                              const std::map<std::size_t, protocol::PublicShare>& shares) const;

  const std::vector<Variant>& variants_;
  const std::vector<protocol::CheckIn>& check_ins_;
  std::size_t honest_;
  std::map<SecretName, std::map<std::size_t, protocol::PublicShare>> shares_;
};

}  // namespace guildsum::property
