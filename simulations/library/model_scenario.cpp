#include "simulations/library/model_scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.hpp"

namespace guildsum::simulations {
namespace {

constexpr double kEpsilonMin = 1e-3;
constexpr double kEpsilonMax = 1e6;
constexpr std::int64_t kSeedMax = std::int64_t{1} << 53;  // every JSON reader holds it exactly
constexpr std::uint32_t kCustomersMax = 100'000;          // invented ones
constexpr std::int64_t kShopsMax = 255;
constexpr std::uint32_t kPairsMax = 1'000'000;

bool iterative(ModelKind kind) {
  return kind == ModelKind::ials || kind == ModelKind::bpr || kind == ModelKind::softmax;
}

std::uint32_t count(config::Reader& reader, std::string_view key, std::uint32_t value,
                    std::int64_t min, std::int64_t max) {
  return static_cast<std::uint32_t>(reader.integer(key, value, {min, max}));
}

void read_data(config::Reader& reader, ModelScenario& s) {
  s.set = reader.choice("data.set", "online-retail", {"online-retail"});
  s.transactions = reader.path("data.transactions", "");
  s.shops = reader.choice("data.shops", "country", {"country", "skew", "32"});
  s.partial = reader.boolean("data.partial", false);
  s.dropout = reader.number("data.dropout", 0, {0, 0.5});
  s.groups = reader.choice("data.groups", "none", {"none", "activity", "country"});
  const auto protocol = reader.choice("data.protocol", "discover", {"discover", "next-basket"});
  s.settings.protocol = protocol == "discover" ? models::EvaluationProtocol::discover
                                               : models::EvaluationProtocol::next_basket;
  if (s.dropout > 0 && s.groups != "none") {
    reader.problem("data.dropout", "an audit needs every shop: expected groups = \"none\"");
  }
  if (s.partial && s.shops != "skew") {
    reader.problem("data.partial", "what each shop sells is known for shops = \"skew\" only");
  }
  if (!s.transactions.empty() && s.shops == "skew") {
    reader.problem("data.shops", "is known for the bundled transactions only");
  }
}

std::uint64_t read_scale(config::Reader& reader, std::uint32_t& bits, std::uint32_t usual) {
  bits = count(reader, "model.bits", usual, 0, 32);
  return std::uint64_t{1} << bits;
}

void read_ease(config::Reader& reader, ModelScenario& s) {
  const double ridge = reader.number("model.ridge", 500, {1e-9, 1e12});
  // Left out it depends on who trains: a shop alone has a smaller one.
  if (reader.has("model.ridge")) s.settings.ridge = ridge;
  s.settings.own_weight = reader.number("model.own_weight", 0, {0, 1000});
  s.settings.pairs_min = count(reader, "model.pairs_min", 0, 0, kPairsMax);
  s.guard = reader.boolean("model.guard", false);
}

void read_ials(config::Reader& reader, ModelScenario& s) {
  auto& plan = s.settings.ials;
  plan = models::IalsPlan::for_factors(count(reader, "model.factors", 64, 1, 1024));
  plan.unobserved_weight = reader.number("model.alpha", plan.unobserved_weight, {1e-9, 1e9});
  plan.regularisation = reader.number("model.reg", plan.regularisation, {1e-12, 1e9});
  plan.products = count(reader, "model.products", plan.products, 1, 16);
  plan.epochs = count(reader, "model.epochs", plan.epochs, 1, 1000);
  plan.scale = read_scale(reader, s.bits, 12);
  plan.seed = s.seed;
}

void read_gradient(config::Reader& reader, ModelScenario& s) {
  auto settings = s.settings;
  settings.mode = TrainingMode::federated;
  auto plan = gradient_plan(settings);
  plan.factors = count(reader, "model.factors", plan.factors, 1, 1024);
  plan.rounds = count(reader, "model.rounds", plan.rounds, 1, 10'000);
  plan.local_epochs = count(reader, "model.local_epochs", plan.local_epochs, 1, 100);
  plan.local_rate = reader.number("model.local_rate", plan.local_rate, {1e-9, 1000});
  plan.regularisation = reader.number("model.reg", plan.regularisation, {1e-12, 1000});
  plan.proximal = reader.number("model.proximal", plan.proximal, {0, 1000});
  plan.server_rate = reader.number("model.server_rate", plan.server_rate, {1e-9, 1000});
  plan.scale = read_scale(reader, s.bits, 6);
  plan.seed = s.seed;
  s.settings.gradient = plan;
}

void read_model(config::Reader& reader, ModelScenario& s) {
  const auto word = reader.choice("model.kind", "ease",
                                  {"popularity", "knn", "ease", "ials", "blend", "bpr", "softmax"});
  const auto kind = parse_model_kind(word);
  if (kind) s.settings.model = *kind;
  switch (s.settings.model) {
    case ModelKind::ease:
      read_ease(reader, s);
      break;
    case ModelKind::ials:
    case ModelKind::blend:
      read_ials(reader, s);
      break;
    case ModelKind::bpr:
    case ModelKind::softmax:
      read_gradient(reader, s);
      break;
    default:
      break;
  }
  if (s.partial && s.settings.model != ModelKind::ease &&
      s.settings.model != ModelKind::popularity) {
    reader.problem("model.kind", "must be \"ease\" or \"popularity\" where shops sell a part only");
  }
}

void read_compare(config::Reader& reader, ModelScenario& s) {
  constexpr std::array<std::string_view, 3> kKnown{"alone", "centralised", "popularity"};
  s.compare = reader.list("compare", {kKnown.begin(), kKnown.end()});
  for (const auto& word : s.compare) {
    if (std::ranges::find(kKnown, word) == kKnown.end()) {
      reader.problem("compare", "'" + word + "': expected alone, centralised or popularity");
    }
    if (std::ranges::count(s.compare, word) > 1) reader.problem("compare", "'" + word + "' twice");
  }
  if (s.settings.model == ModelKind::popularity) std::erase(s.compare, "popularity");
  if (s.guard && std::ranges::find(s.compare, "alone") == s.compare.end()) {
    reader.problem("model.guard", "chooses between federated and alone: expected alone in compare");
  }
}

void read_curve(config::Reader& reader, ModelScenario& s) {
  if (!iterative(s.settings.model)) return;
  const auto last =
      s.settings.gradient ? s.settings.gradient->rounds : s.settings.ials.epochs;
  for (const auto& text : reader.list("model.curve")) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && value >= 1 &&
                      value < last && (s.curve.empty() || value > s.curve.back());
    if (good) {
      s.curve.push_back(value);
    } else {
      reader.problem("model.curve", "'" + text + "': expected rising whole numbers in quotes, "
                                    "from 1 to below " + std::to_string(last));
    }
  }
}

std::string attack_words() {
  std::string words;
  for (const auto kind : {PoisonKind::promotes_item, PoisonKind::scales, PoisonKind::flips_sign,
                          PoisonKind::free_rider}) {
    words += (words.empty() ? "" : ", ") + std::string{to_string(kind)};
  }
  return words;
}

void read_attacks(config::Reader& reader, ModelScenario& s) {
  for (std::size_t k = 0; k < reader.table_count("attack"); ++k) {
    const std::string table = "attack[" + std::to_string(k) + "].";
    ModelAttack attack;
    auto& poison = attack.poison;
    poison.shop = count(reader, table + "shop", 0, 0, kShopsMax);
    const auto word = reader.required_text(table + "kind");
    const auto kind = poison_named(word);
    if (!kind && !word.empty()) {
      reader.problem(table + "kind", "'" + word + "': expected one of " + attack_words());
    }
    poison.kind = kind.value_or(PoisonKind::promotes_item);
    attack.item = reader.text(table + "item", "");
    if (poison.kind == PoisonKind::promotes_item) {
      poison.customers = count(reader, table + "customers", 100, 1, kCustomersMax);
      poison.factor = reader.number(table + "factor", 1, {1, 1e9});
      if (attack.item.empty()) {
        reader.problem(table + "kind", "promotes-item needs an item, a stock code in quotes");
      }
    } else if (poison.kind == PoisonKind::scales) {
      poison.factor = reader.number(table + "factor", 1000, {0, 1e9});
    } else {
      poison.factor = poison.kind == PoisonKind::free_rider ? 0 : -1;
    }
    s.attacks.push_back(attack);
  }
}

void read_privacy(config::Reader& reader, ModelScenario& s) {
  if (!reader.has("privacy")) return;
  PrivacySettings common;
  common.budget.delta = reader.number("privacy.delta", common.budget.delta, {1e-18, 0.1});
  common.customer_items =
      count(reader, "privacy.customer_items", common.customer_items, 1, kCustomersMax);
  common.kept_deviations =
      reader.number("privacy.kept_deviations", common.kept_deviations, {0, 100});
  for (const auto& text : reader.list("privacy.epsilons")) {
    double epsilon = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epsilon);
    if (error != std::errc{} || end != text.data() + text.size() || !(epsilon >= kEpsilonMin) ||
        epsilon > kEpsilonMax) {
      reader.problem("privacy.epsilons",
                     "'" + text + "': expected numbers from 0.001 to 1000000 in quotes");
      continue;
    }
    s.privacy.push_back(common);
    s.privacy.back().budget.epsilon = epsilon;
  }
  if (s.privacy.empty()) reader.problem("privacy.epsilons", "expected at least one, in quotes");
  const std::uint32_t shops = s.shops == "32" ? 32 : 8;
  for (const auto& settings : s.privacy) {
    if (const auto plan = plan_privacy(settings, s.settings.model, shops); plan.has_error()) {
      reader.problem("privacy", plan.error().message());
      break;
    }
  }
  if (s.settings.own_weight > 0) {
    reader.problem("model.own_weight", "a shop's own Gram matrix is exact: not with [privacy]");
  }
}

void read_sweep(config::Reader& reader, ModelScenario& s) {
  if (!reader.has("sweep")) return;
  s.sweep.key = reader.required_text("sweep.key");
  s.sweep.values = reader.list("sweep.values");
  if (s.sweep.values.empty()) {
    reader.problem("sweep.values", "expected at least one value, in quotes");
  }
  if (s.sweep.key == "name" || s.sweep.key.starts_with("sweep")) {
    reader.problem("sweep.key", "expected a key of the scenario such as \"model.bits\"");
  }
}

}  // namespace

Result<bool> is_model_scenario(const std::filesystem::path& file) {
  GS_TRY(const auto reader, config::Reader::load({.file = file}));
  return reader.has("data");
}

Result<ModelScenario> load_model_scenario(const std::filesystem::path& file,
                                          const config::Settings& overrides) {
  GS_TRY(auto reader, config::Reader::load({.file = file, .flags = overrides}));
  ModelScenario s;
  s.name = reader.text("name", file.stem().string());
  s.seed = static_cast<std::uint64_t>(reader.integer("seed", 1, {0, kSeedMax}));
  s.settings.sampling_seed = s.seed;
  read_data(reader, s);
  read_model(reader, s);
  read_compare(reader, s);
  read_curve(reader, s);
  read_attacks(reader, s);
  read_privacy(reader, s);
  read_sweep(reader, s);
  GS_CHECK(reader.finish());
  return s;
}

}  // namespace guildsum::simulations
