#pragma once

#include <fstream>
#include <sstream>

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/memory_log.hpp"
#include "base/net/client.hpp"
#include "coordinator/application.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/keys.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::coordinator::testing {

/// A coordinator's directory made by its own `init`, and the coordinator that serves it on
/// loopback.
struct ApplicationSetup {
  ApplicationSetup() {
    std::ofstream{dir / "items.csv"} << "item_id,title\ntea,Tea\ncup,Cup\npot,Pot\n";
    const Run made =
        run({"init", "--dir", root(), "--name", "guild", "--listen", "127.0.0.1:0",
             "--admin-listen", "127.0.0.1:0", "--catalogue", (dir / "items.csv").string()});
    BOOST_REQUIRE_MESSAGE(made.code == cli::ExitCode::ok, made.err);
  }
  [[nodiscard]] std::string root() const { return (dir / "coordinator").string(); }
  [[nodiscard]] DataDirectory files() const { return {root()}; }
  [[nodiscard]] Config config() const {
    config::Sources sources;
    sources.file = std::filesystem::path{root()} / kConfigFile;
    return load_config(sources).value().config;
  }
  /// Serves until `stop` or the end.
  void serve() { serve(config()); }
  void serve(Config with) {
    auto started = Application::start(std::move(with), clock, random, log);
    GS_REQUIRE_DONE(started);
    application = *std::move(started);
  }
  void stop() { application.reset(); }

  /// One run of guildsum-coordinator.
  struct Run {
    cli::ExitCode code = cli::ExitCode::ok;
    std::string out;
    std::string err;
  };
  [[nodiscard]] static Run run(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"guildsum-coordinator"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::ostringstream out;
    std::ostringstream err;
    Run result;
    result.code =
        cli::run(coordinator_program(), static_cast<int>(argv.size()), argv.data(), out, err);
    result.out = out.str();
    result.err = err.str();
    return result;
  }
  /// The same for this directory.
  [[nodiscard]] Run here(std::vector<std::string> words) const {
    words.insert(words.end(), {"--dir", root()});
    return run(words);
  }

  /// A client that trusts this federation's root and presents nothing.
  [[nodiscard]] net::HttpClient client(const std::string& url) const {
    net::ClientConfig config;
    config.url = net::Url::parse(url).value();
    config.tls.trust_anchors_pem = read_text_file(files().authority_certificate(), 1 << 16).value();
    return net::HttpClient{std::move(config)};
  }
  /// What the admin listener answers to this bearer token.
  [[nodiscard]] net::Response admin(net::ClientRequest request, const std::string& token) const {
    auto http = client(application->admin_url());
    if (!token.empty()) request.headers.add("Authorization", token);
    return http.send(request).value();
  }
  [[nodiscard]] net::Response admin(net::ClientRequest request) const {
    return admin(std::move(request), "Bearer " + token());
  }
  [[nodiscard]] std::string token() const {
    std::string text = read_text_file(files().admin_token(), 200).value();
    text.pop_back();
    return text;
  }

  guildsum::test::TempDir dir;
  SystemClock clock;
  SystemRandom random;
  MemoryLog log;
  std::unique_ptr<Application> application;
};

}  // namespace guildsum::coordinator::testing
