#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <boost/json/fwd.hpp>

#include "simulations/faults/scenario.hpp"

namespace guildsum::simulations {

enum class FaultKind : std::uint8_t {
  lose_request,
  lose_answer,
  delay,
  duplicate,
  shop_crash,
  coordinator_crash,
  ledger_failure,
  partition,
  departure,
  slow,
  skew,
  upload_lost,
};
inline constexpr std::size_t kFaultKinds = 12;
[[nodiscard]] std::string_view to_string(FaultKind kind) noexcept;

/// One thing that goes wrong. What `at` counts and `value` means depends on the kind:
///
///     lose_request, lose_answer   at: n-th request of the shop
///     delay, duplicate            at: n-th request of the shop; value: by how many ms
///     shop_crash                  at: n-th step of the shop; value: `CrashMode` + 8 x ms down
///     coordinator_crash           at: n-th transaction; value: 1 after the commit + 8 x ms down
///     ledger_failure              at: n-th transaction; value: 1 it was written all the same
///     partition                   at: ms; value: how many ms
///     departure                   at: n-th attempt of the shop; value: phase + 8 x ms away
///     upload_lost                 at: n-th upload of the shop that was acknowledged as complete;
///                                 value: 0 a byte of it changes, 1 its end is gone
///     slow                        value: factor
///     skew                        value: ms, two's complement; shop = number of shops: coordinator
struct Fault {
  FaultKind kind = FaultKind::lose_request;
  std::uint32_t shop = 0;
  std::uint64_t at = 0;
  std::uint64_t value = 0;
  friend auto operator<=>(const Fault&, const Fault&) = default;
};
[[nodiscard]] std::string describe(const Fault& fault);
[[nodiscard]] boost::json::object to_json(const Fault& fault);

/// How a write of the shop's journal ends when the power goes.
enum class CrashMode : std::uint8_t { before, torn, garbage, after };

/// Decides what goes wrong in one run: drawn by the scenario's rates from the seed, or exactly what
/// a list says. Each decision depends only on the seed and on what it is about, so that leaving out
/// one fault changes none of the others.
class FaultPlan {
 public:
  FaultPlan(const Scenario& scenario, std::uint64_t seed, std::uint32_t shops);
  /// Only what the list says.
  FaultPlan(const Scenario& scenario, std::uint64_t seed, std::uint32_t shops,
            const std::vector<Fault>& script);

  /// What happens without being asked for: partitions, slow shops and clock skews.
  [[nodiscard]] std::vector<Fault> initial();
  /// Of this kind at this moment; remembered as fired.
  [[nodiscard]] std::optional<Fault> at(FaultKind kind, std::uint32_t shop, std::uint64_t at,
                                        milliseconds now);
  /// The same without remembering it.
  [[nodiscard]] std::optional<Fault> peek(FaultKind kind, std::uint32_t shop, std::uint64_t at,
                                          milliseconds now) const;
  /// A number below `bound` that depends on these only.
  [[nodiscard]] std::uint64_t draw(std::uint64_t stream, std::uint64_t a, std::uint64_t b,
                                   std::uint64_t bound) const noexcept;
  /// Faults that happened, in order.
  [[nodiscard]] const std::vector<Fault>& fired() const noexcept { return fired_; }

 private:
  [[nodiscard]] bool chance(double probability, FaultKind kind, std::uint64_t a,
                            std::uint64_t b) const noexcept;
  [[nodiscard]] double rate(FaultKind kind) const noexcept;
  [[nodiscard]] std::uint64_t value_of(FaultKind kind, std::uint32_t shop, std::uint64_t at) const;

  const Scenario& scenario_;
  std::uint64_t seed_;
  std::uint32_t shops_;
  double intensity_ = 1;
  std::optional<std::map<std::tuple<FaultKind, std::uint32_t, std::uint64_t>, Fault>> script_;
  std::vector<Fault> fired_;
};

/// How many shops this seed has, between the scenario's bounds.
[[nodiscard]] std::uint32_t drawn_shops(const Scenario& scenario, const FaultPlan& plan);
/// What this shop does wrong on purpose: as the scenario says of it, or drawn by the shares.
[[nodiscard]] std::optional<AttackKind> attack_of(const Scenario& scenario, const FaultPlan& plan,
                                                  std::uint32_t shop);

}  // namespace guildsum::simulations
