#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/json.hpp"
#include "enrolled_setup.hpp"
#include "participant/agent.hpp"
#include "participant/commands/commands.hpp"

namespace guildsum::participant::testing {

/// Real agents of real shops beside a real coordinator, all on loopback.
struct AgentSetup : EnrolledSetup {
  struct Shop {
    Config config;
    MemoryLog log;
    std::unique_ptr<AgentFiles> files;
    std::unique_ptr<Agent> agent;
  };

  /// Decisions of who bought these ("customer,item" lines): yes to everything.
  static std::string consents_of(std::string_view purchases) {
    std::string text = "customer,purpose,state,decided_at,notice_version\n";
    for (std::size_t start = 0; start < purchases.size();) {
      const auto end = std::min(purchases.find('\n', start), purchases.size());
      const auto line = purchases.substr(start, end - start);
      for (const char* purpose : {",training", ",recommendations"}) {
        text += line.substr(0, line.find(','));
        text.append(purpose).append(",given,2024-01-01,v1\n");
      }
      start = end + 1;
    }
    return text;
  }
  /// A shop that has joined, with these purchases ("customer,item" lines).
  Shop& add_shop(const std::string& name, std::string_view purchases) {
    join(name);
    std::ofstream{dir / (name + ".csv")} << "customer,item\n" << purchases;
    std::ofstream{dir / (name + "-consent.csv")} << consents_of(purchases);
    shops.push_back(std::make_unique<Shop>());
    Shop& shop = *shops.back();
    shop.config.consent_file = dir / (name + "-consent.csv");
    shop.config.dir = paths(name).dir;
    SourceConfig source;
    source.name = "till";
    source.path = dir / (name + ".csv");
    shop.config.sources = {source};
    shop.config.policy.cohort_min = 3;
    shop.config.policy.survivors_min = 3;
    shop.config.policy.allow_tiny_cohorts = true;
    shop.config.policy.accept_new_lineages = true;
    return shop;
  }
  Result<> start(Shop& shop) {
    GS_TRY(shop.files, AgentFiles::open(shop.config, clock, random));
    shop.agent = std::make_unique<Agent>(shop.config, *shop.files, clock, random, shop.log);
    return shop.agent->start();
  }
  static void stop_agent(Shop& shop) {
    shop.agent.reset();
    shop.files.reset();
  }
  void add_three() {
    add_shop("a", "ann,tea\nann,cup\nbob,tea\n");
    add_shop("b", "carl,tea\ncarl,pot\n");
    add_shop("c", "dora,cup\ndora,tea\nemil,cup\n");
    for (auto& shop : shops) GS_REQUIRE_DONE(start(*shop));
  }
  /// Starts a task and waits for its end.
  [[nodiscard]] Run train() const {
    return here({"round", "start", "--task", "popularity", "--wait", "--set", "customers_min=1"});
  }
  /// Waits, generously, until `condition` holds.
  [[nodiscard]] static bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 6000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
  }
  /// Whether the shop has kept a model of this version.
  [[nodiscard]] static bool has_model(Shop& shop, std::uint64_t version) {
    const auto models = shop.files->models->models();
    return models.has_value() && !models->empty() && models->front().version.value() == version;
  }
  /// What the shop's own API answers.
  [[nodiscard]] static net::Response ask(const Shop& shop, const std::string& target) {
    return send(shop, {net::Method::get, target});
  }
  /// A customer's decision, as the shop's web site would hand it over.
  [[nodiscard]] static net::Response decide(const Shop& shop, const std::string& customer,
                                            const std::string& body) {
    net::ClientRequest request{net::Method::put, "/v1/users/" + customer + "/consent"};
    request.headers.set("Content-Type", "application/json");
    request.body = to_bytes(body);
    return send(shop, request);
  }
  [[nodiscard]] static net::Response send(const Shop& shop, const net::ClientRequest& request) {
    const AgentPaths paths{shop.config.dir};
    const auto endpoints =
        json::parse_object(read_text_file(paths.endpoints(), 4096).value()).value();
    net::ClientConfig config;
    config.url = net::Url::parse(json::text(endpoints, "api").value()).value();
    net::HttpClient http{std::move(config)};
    return http.send(request).value();
  }
  [[nodiscard]] static boost::json::object document(const net::Response& response) {
    return boost::json::parse(as_text(response.body)).as_object();
  }

  std::vector<std::unique_ptr<Shop>> shops;
};

/// One run of guildsum-participant.
[[nodiscard]] inline coordinator::testing::ApplicationSetup::Run run_participant(
    const std::vector<std::string>& words) {
  std::vector<const char*> argv{"guildsum-participant"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  coordinator::testing::ApplicationSetup::Run result;
  result.code =
      cli::run(participant_program(), static_cast<int>(argv.size()), argv.data(), out, err);
  result.out = out.str();
  result.err = err.str();
  return result;
}

}  // namespace guildsum::participant::testing
