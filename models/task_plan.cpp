#include "models/task_plan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "models/detail/canonical.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

constexpr std::string_view kMagic = "GSTP";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kItemsMax = 10'000'000;
constexpr std::uint32_t kGramItemsMax = 50'000;  // Packed upper triangle below 10 GiB.
constexpr std::uint32_t kSlotsMin = 1U << 8;
constexpr std::uint32_t kSlotsMax = 1U << 24;
constexpr std::uint32_t kHoldersMin = 4;  // Three honest holders and one that lies.
constexpr std::uint32_t kHoldersMax = 256;
constexpr std::uint32_t kFactorsMax = 1'024;
constexpr std::uint32_t kEpochsMax = 1'000;
constexpr std::uint64_t kScaleMax = std::uint64_t{1} << 32;
constexpr std::uint64_t kClipNormMax = std::uint64_t{1} << 40;
constexpr std::uint32_t kMeasuredMax = 1'000'000'000;

Error out_of_range(const char* field) { return {ModelsErrc::bad_plan, field}; }
bool positive(double value) { return std::isfinite(value) && value > 0; }

Result<> check(const EasePlan& plan) {
  if (!positive(plan.ridge_shared)) return out_of_range("ridge_shared must be above 0");
  if (!positive(plan.ridge_alone)) return out_of_range("ridge_alone must be above 0");
  return {};
}

Result<> check(const IalsPlan& plan) {
  if (plan.factors == 0 || plan.factors > kFactorsMax) return out_of_range("factors: 1 to 1024");
  if (!positive(plan.unobserved_weight)) return out_of_range("unobserved_weight must be above 0");
  if (!positive(plan.regularisation)) return out_of_range("regularisation must be above 0");
  if (plan.exponent != 0 && plan.exponent != 0.5 && plan.exponent != 1) {
    return out_of_range("exponent: 0, 0.5 or 1");
  }
  if (!positive(plan.init_scale)) return out_of_range("init_scale must be above 0");
  if (plan.epochs == 0 || plan.epochs > kEpochsMax) return out_of_range("epochs: 1 to 1000");
  if (plan.products == 0 || plan.products > 16) return out_of_range("products: 1 to 16");
  if (plan.scale == 0 || plan.scale > kScaleMax) return out_of_range("scale: 1 to 2^32");
  if (plan.clip_norm_l2 == 0 || plan.clip_norm_l2 > kClipNormMax ||
      plan.clip_norm_l2 > (std::uint64_t{1} << 61) / plan.scale) {
    return out_of_range("clip_norm_l2 times scale: 1 to 2^61");
  }
  return {};
}

Result<> check(const VocabularyPlan& plan, std::uint32_t slots) {
  if (!std::has_single_bit(slots) || slots < kSlotsMin || slots > kSlotsMax) {
    return out_of_range("items of a vocabulary: a power of two from 2^8 to 2^24 slots");
  }
  if (plan.holders_min < kHoldersMin || plan.holders_min > kHoldersMax) {
    return out_of_range("holders_min: 4 to 256");
  }
  return {};
}

void write(detail::CanonicalWriter& out, const IalsPlan& plan) {
  out.integer(plan.factors);
  out.real(plan.unobserved_weight);
  out.real(plan.regularisation);
  out.real(plan.exponent);
  out.real(plan.init_scale);
  out.integer(plan.epochs);
  out.integer(plan.products);
  out.integer(plan.seed);
  out.integer(plan.scale);
  out.integer(plan.clip_norm_l2);
}

IalsPlan read_ials(detail::CanonicalReader& in) {
  IalsPlan plan;
  plan.factors = in.integer<std::uint32_t>();
  plan.unobserved_weight = in.real();
  plan.regularisation = in.real();
  plan.exponent = in.real();
  plan.init_scale = in.real();
  plan.epochs = in.integer<std::uint32_t>();
  plan.products = in.integer<std::uint32_t>();
  plan.seed = in.integer<std::uint64_t>();
  plan.scale = in.integer<std::uint64_t>();
  plan.clip_norm_l2 = in.integer<std::uint64_t>();
  return plan;
}

}  // namespace

std::string_view to_string(TaskKind kind) noexcept {
  switch (kind) {
    case TaskKind::popularity:
      return "popularity";
    case TaskKind::ease:
      return "ease";
    case TaskKind::ials:
      return "ials";
    case TaskKind::vocabulary:
      return "vocabulary";
    case TaskKind::bpr:
      return "bpr";
    case TaskKind::softmax:
      return "softmax";
    case TaskKind::evaluation:
      return "evaluation";
    case TaskKind::transitions:
      return "transitions";
  }
  return "unknown";
}

bool is_recommender(TaskKind kind) noexcept {
  return kind != TaskKind::vocabulary && kind != TaskKind::evaluation &&
         kind != TaskKind::transitions;
}

bool is_recommender(std::string_view kind) noexcept {
  return std::ranges::any_of(kTaskKinds, [kind](TaskKind known) {
    return to_string(known) == kind && is_recommender(known);
  });
}

Result<TaskKind> parse_task_kind(std::string_view text) {
  for (const auto kind : kTaskKinds) {
    if (text == to_string(kind)) return kind;
  }
  return Error{ModelsErrc::bad_plan,
               "unknown task '" + std::string{text} + "', use " + task_kind_choice()};
}

std::vector<std::string> task_kind_words() {
  std::vector<std::string> words;
  for (const auto kind : kTaskKinds) words.emplace_back(to_string(kind));
  return words;
}

std::string task_kind_choice() {
  std::string choice;
  for (std::size_t k = 0; k < kTaskKinds.size(); ++k) {
    if (k > 0) choice += k + 1 == kTaskKinds.size() ? " or " : ", ";
    choice += to_string(kTaskKinds[k]);
  }
  return choice;
}

IalsPlan IalsPlan::for_factors(std::uint32_t factors) {
  IalsPlan plan;
  plan.factors = factors;
  if (factors > 64) {
    plan.unobserved_weight = 0.3;
    plan.regularisation = 0.01;
    plan.products = 2;
  }
  return plan;
}

Result<> TaskPlan::validate() const {
  if (customers_max == 0) return out_of_range("customers_max must be above 0");
  if (kind == TaskKind::vocabulary) return check(vocabulary, items);
  if (items == 0 || items > kItemsMax) return out_of_range("items: 1 to 10,000,000");
  switch (kind) {
    case TaskKind::popularity:
      return {};
    case TaskKind::ease:
      if (items > kGramItemsMax) return out_of_range("items of an EASE task: at most 50,000");
      return check(ease);
    case TaskKind::ials:
      return check(ials);
    case TaskKind::bpr:
    case TaskKind::softmax:
      return gradient.validate();
    case TaskKind::evaluation:
      // 256 shops and 16 groups of them, in 2^-20, stay below 2^63.
      if (customers_max > kMeasuredMax) return out_of_range("customers_max: at most 10^9");
      return evaluation.validate();
    case TaskKind::transitions:
      if (items > kTransitionItemsMax) {
        return out_of_range("items of a transitions task: at most 16,384");
      }
      return transitions.validate();
    case TaskKind::vocabulary:
      break;
  }
  return out_of_range("kind");
}

Bytes TaskPlan::canonical_bytes() const {
  detail::CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(static_cast<std::uint8_t>(kind));
  out.integer(items);
  out.integer(customers_max);
  switch (kind) {
    case TaskKind::popularity:
      out.integer(popularity.customers_min);
      break;
    case TaskKind::ease:
      out.real(ease.ridge_shared);
      out.real(ease.ridge_alone);
      break;
    case TaskKind::ials:
      write(out, ials);
      break;
    case TaskKind::vocabulary:
      out.integer(vocabulary.holders_min);
      break;
    case TaskKind::bpr:
    case TaskKind::softmax:
      gradient.write(out);
      break;
    case TaskKind::evaluation:
      evaluation.write(out);
      break;
    case TaskKind::transitions:
      transitions.write(out);
      break;
  }
  return std::move(out).take();
}

Result<TaskPlan> TaskPlan::parse(ByteView bytes) {
  detail::CanonicalReader in{bytes};
  in.header(kMagic, kVersion);
  TaskPlan plan;
  plan.kind = static_cast<TaskKind>(in.integer<std::uint8_t>());
  plan.items = in.integer<std::uint32_t>();
  plan.customers_max = in.integer<std::uint32_t>();
  switch (plan.kind) {
    case TaskKind::popularity:
      plan.popularity.customers_min = in.integer<std::uint32_t>();
      break;
    case TaskKind::ease:
      plan.ease.ridge_shared = in.real();
      plan.ease.ridge_alone = in.real();
      break;
    case TaskKind::ials:
      plan.ials = read_ials(in);
      break;
    case TaskKind::vocabulary:
      plan.vocabulary.holders_min = in.integer<std::uint32_t>();
      break;
    case TaskKind::bpr:
    case TaskKind::softmax:
      plan.gradient = GradientPlan::read(in);
      break;
    case TaskKind::evaluation:
      plan.evaluation = EvaluationPlan::read(in);
      break;
    case TaskKind::transitions:
      plan.transitions = TransitionPlan::read(in);
      break;
    default:
      return Error{ModelsErrc::malformed, "training plan of an unknown kind"};
  }
  GS_CHECK(in.finish("training plan"));
  const auto valid = plan.validate();
  if (valid.has_error()) return Error{ModelsErrc::malformed, valid.error().detail()};
  return plan;
}

}  // namespace guildsum::models
