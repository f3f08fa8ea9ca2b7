#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/json.hpp"
#include "base/net/url.hpp"
#include "participant/agent_files.hpp"
#include "participant/commands/commands.hpp"
#include "participant/commands/local_client.hpp"
#include "participant/serving/next_model.hpp"
#include "participant/serving/own_model.hpp"
#include "participant/serving/recommendations.hpp"

namespace guildsum::participant {
namespace {

/// Without a running agent: loads the store, builds the model that would be served, and asks it.
Result<boost::json::object> from_store(const Config& config, const RecommendationQuery& query) {
  const SystemClock clock;
  SystemRandom random;
  GS_TRY(const auto files, AgentFiles::open(config, clock, random));
  ModelShelf shelf{files->vocabulary, config.serving.model};
  GS_TRY(auto own, load_own(*files, config));
  shelf.put_vocabulary(std::move(own.items));
  GS_TRY(const auto stock, stock_of(config.serving, shelf.vocabulary()));
  shelf.put_stock(stock);
  shelf.put_data(own.data);
  GS_TRY(const auto evaluations, files->models->evaluations());
  for (const EvaluationRecord& record : evaluations) {
    if (record.data != own.data->digest) continue;
    if (record.role == "federated") shelf.put_quality(record.kind, record.quality.ndcg_at_20);
    if (record.role == kOwnModel) shelf.put_quality(record.role, record.quality.ndcg_at_20);
  }
  GS_TRY(const auto records, files->models->models());
  for (const ModelRecord& record : records) {
    if (record.kind == models::to_string(models::TaskKind::transitions)) {
      GS_TRY(auto next, build_next_model(record, *files->models, *shelf.data()));
      shelf.put_next(std::move(next));
    }
    if (!models::is_recommender(record.kind)) continue;
    GS_TRY(auto model,
           build_model(record, *files->models, *shelf.data(), config.serving, shelf.vocabulary()));
    shelf.put(std::move(model));
  }
  if (keeps_own(shelf, config.serving)) {
    GS_TRY(auto alone, build_own_model(*shelf.data(), config.serving, shelf.vocabulary()));
    shelf.put(std::move(alone));
  }
  GS_TRY(const auto answer, recommend_for(query, shelf, *files->purchases, random));
  return to_json(answer, true);
}

std::string target_of(const RecommendationQuery& query) {
  std::string target = "/v1/recommendations?n=" + std::to_string(query.count) + "&explain=1";
  const auto add = [&target](std::string_view name, std::string_view value) {
    target.append("&").append(name).append("=").append(net::percent_encode(value));
  };
  add("context", to_string(query.context));
  if (!query.user.empty()) add("user", query.user);
  if (!query.profile) add("profile", "off");
  for (const std::string& id : query.items) add("item", id);
  for (const std::string& id : query.hide) add("hide", id);
  return target;
}

/// The options as the API's parameters, so that both take the same.
Result<RecommendationQuery> query_of(const cli::Arguments& arguments) {
  net::Parameters parameters{{"n", arguments.text("n")}, {"explain", "1"}};
  const auto add = [&](const std::string& name, std::string_view option) {
    if (arguments.has(option)) parameters[name] = arguments.text(option);
  };
  add("user", "customer");
  add("context", "context");
  add("item", "item");
  add("hide", "hide");
  if (arguments.has("no-profile")) parameters["profile"] = "off";
  return parse_recommendation_query(parameters);
}

std::string text_or(const boost::json::value& value, std::string_view otherwise) {
  return value.is_string() ? std::string{value.get_string()} : std::string{otherwise};
}

/// One line on why the answer is another than asked for; nothing where it is not.
std::string_view explanation_of(std::string_view fallback) {
  if (fallback == "unknown_customer") {
    return "this customer has no known purchase: what is popular\n";
  }
  if (fallback == "all_hidden") return "each of her purchases is hidden: what is popular\n";
  if (fallback == "unknown_item") return "the item list has no such item: what is popular\n";
  if (fallback == "no_shared_model") {
    return "no shared model has arrived yet: what is popular here\n";
  }
  if (fallback == "no_next_model") {
    return "no counts of what follows what have arrived yet: what goes with it\n";
  }
  if (fallback == "own_model") return "the shop's own model is the better one here\n";
  return {};
}

void print_text(const boost::json::object& answer, std::ostream& out) {
  const std::string fallback = text_or(answer.at("fallback"), "");
  out << "model " << text_or(answer.at("model"), "-") << ", version "
      << json::compact(answer.at("model_version")) << "\n";
  out << explanation_of(fallback);
  std::size_t rank = 0;
  for (const auto& value : answer.at("items").get_array()) {
    const boost::json::object& item = value.get_object();
    out << ++rank << ". " << text_or(item.at("title"), "") << " ("
        << text_or(item.at("item_id"), "") << "), score "
        << cli::format_fixed(item.at("score").to_number<double>(), 4) << "\n";
    for (const auto& reason : item.at("reasons").get_array()) {
      const boost::json::object& part = reason.get_object();
      out << "   " << text_or(part.at("text"), "") << ": "
          << cli::format_fixed(part.at("weight").to_number<double>(), 4) << "\n";
    }
  }
  if (answer.at("shortfall_reason").is_string()) {
    out << text_or(answer.at("shortfall_reason"), "") << "\n";
  }
}

Result<cli::ExitCode> preview(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  GS_TRY(const RecommendationQuery query, query_of(invocation.arguments));
  GS_TRY(auto answer, ask_agent(AgentPaths{config.dir}, target_of(query)));
  if (!answer) {
    GS_TRY(answer, from_store(config, query));
  }
  if (invocation.global.format == cli::OutputFormat::text) {
    print_text(*answer, invocation.out);
  } else {
    const bool pretty = invocation.global.format == cli::OutputFormat::json;
    invocation.out << (pretty ? json::pretty(*answer) : json::compact(*answer)) << "\n";
  }
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command preview_command() {
  cli::Command command;
  command.words = "preview";
  command.summary = "Show what a customer would be recommended, and why";
  command.options = {
      {.name = "customer", .value_name = "ID", .help = "The shop's own customer id"},
      {.name = "context",
       .value_name = "WHAT",
       .help = "home, cart, item, buy-again, popular or next",
       .default_value = "home"},
      {.name = "item", .value_name = "ID", .help = "What is in the cart, looked at, or taken now"},
      {.name = "hide", .value_name = "ID", .help = "As if this purchase had not been made"},
      {.name = "no-profile", .help = "Not based on profiling: reads nothing of any customer"},
      {.name = "n", .value_name = "N", .help = "How many items", .default_value = "5"}};
  command.examples = {"preview --customer 17850", "preview --customer 17850 --n 10 --format json",
                      "preview --customer 17850 --hide 85123A",
                      "preview --context item --item 85123A"};
  command.run = preview;
  return command;
}

}  // namespace guildsum::participant
