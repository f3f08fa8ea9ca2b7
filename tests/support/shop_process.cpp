#include "tests/support/shop_process.hpp"

#include <stdexcept>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/net/client.hpp"
#include "tests/support/shop_data.hpp"

namespace guildsum::test {

ShopProcess::ShopProcess(std::string name, std::filesystem::path folder, const std::string& more)
    : name_{std::move(name)}, folder_{std::move(folder)} {
  std::filesystem::create_directories(folder_);
  write_consents(folder_ / "consent.csv", {});  // `write_orders` fills it.
  write_text(config_file(),
             "[agent]\ndir = \"" + agent_dir().string() + "\"\nlog_level = \"debug\"\n\n" +
                 "[consent]\nfile = \"" + (folder_ / "consent.csv").string() + "\"\n\n" +
                 "[source.orders]\nkind = \"csv\"\npath = \"" + orders_file().string() + "\"\n\n" +
                 "[serving]\nlisten = \"127.0.0.1:0\"\n\n[outbox]\nkeep_plain = true\n\n" + more);
}

Finished ShopProcess::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"--config", config_file().string()});
  return run_program(program_file("guildsum-participant"), arguments);
}

Finished ShopProcess::join(const std::string& token) const { return run({"join", token}); }

void ShopProcess::start(const Settings& settings) {
  const auto endpoints = agent_dir() / "endpoints.json";
  std::filesystem::remove(endpoints);
  std::vector<std::string> arguments{"--config", config_file().string(), "serve"};
  for (const auto& [key, value] : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(key + "=" + value);
  }
  process_ =
      std::make_unique<ChildProcess>(program_file("guildsum-participant"), arguments, log_file());
  const bool settled =
      eventually([&] { return std::filesystem::exists(endpoints) || !process_->running(); });
  if (!settled || !process_->running()) {
    throw std::runtime_error{"the shop " + name_ + " does not start: " + log()};
  }
}

net::Response ShopProcess::get(const std::string& target) const {
  const auto endpoints = json::parse_object(text_of(agent_dir() / "endpoints.json"));
  if (endpoints.has_error()) throw std::runtime_error{name_ + ": no endpoints.json"};
  net::ClientConfig config;
  config.url = net::Url::parse(text_at(*endpoints, "api")).value();
  net::HttpClient client{std::move(config)};
  auto answer = client.send(net::ClientRequest{net::Method::get, target});
  if (answer.has_error()) throw std::runtime_error{name_ + ": " + answer.error().message()};
  return std::move(*answer);
}

boost::json::object ShopProcess::status() const {
  const auto answer = get("/v1/status");
  auto document = json::parse_object(as_text(answer.body));
  if (document.has_error()) throw std::runtime_error{name_ + ": " + document.error().message()};
  return std::move(*document);
}

bool ShopProcess::is_online() const {
  const auto document = status();
  const auto* online = document.if_contains("online");
  return online != nullptr && online->is_bool() && online->get_bool();
}

std::vector<std::int64_t> ShopProcess::plain(std::uint64_t round, std::uint64_t attempt) const {
  const auto file =
      agent_dir() / "outbox" / (std::to_string(round) + "." + std::to_string(attempt) + ".plain");
  const auto bytes = read_file(file, 1U << 30);
  if (bytes.has_error()) throw std::runtime_error{bytes.error().message()};
  std::vector<std::int64_t> values;
  for (std::size_t at = 0; at + sizeof(std::int64_t) <= bytes->size(); at += sizeof(std::int64_t)) {
    values.push_back(load_le<std::int64_t>(ByteView{*bytes}.subspan(at, sizeof(std::int64_t))));
  }
  return values;
}

void ShopProcess::await_log(std::string_view text, std::size_t from) const {
  const bool found = eventually([&] { return log().find(text, from) != std::string::npos; });
  if (!found) throw std::runtime_error{name_ + "'s log lacks: " + std::string{text}};
}

}  // namespace guildsum::test
