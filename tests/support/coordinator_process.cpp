#include "tests/support/coordinator_process.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/keys.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/packed_sum.hpp"

namespace guildsum::test {
namespace {

constexpr int kStartTries = 10;

/// A port that nobody listens on, below the range that the system gives to outgoing connections.
std::uint16_t find_port() {
  std::random_device random;
  for (;;) {
    const auto port = static_cast<std::uint16_t>(20'000 + random() % 12'000);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (bound) return port;
  }
}

[[noreturn]] void fail(const std::string& what, const Finished& finished) {
  throw std::runtime_error{what + " ended with " + std::to_string(finished.exit_code) + ": " +
                           finished.out + finished.err};
}

std::vector<std::string> as_options(const Settings& settings) {
  std::vector<std::string> options;
  for (const auto& [key, value] : settings) {
    options.emplace_back("--set");
    options.push_back(key + "=" + value);
  }
  return options;
}

bool is_over(const boost::json::object& round) { return text_at(round, "status") != "running"; }

}  // namespace

std::filesystem::path program_file(const std::string& name) {
  return std::filesystem::path{GUILDSUM_BINARY_DIR} / name;
}

std::string text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::uint64_t number_at(const boost::json::object& object, std::string_view key) {
  return object.at(key).to_number<std::uint64_t>();
}

std::vector<std::string> names_at(const boost::json::object& object, std::string_view key) {
  std::vector<std::string> names;
  for (const auto& name : object.at(key).as_array()) names.emplace_back(name.as_string());
  return names;
}

CoordinatorProcess::CoordinatorProcess(std::filesystem::path directory,
                                       const std::filesystem::path& catalogue, Settings settings,
                                       const std::string& registrar)
    : directory_{std::move(directory)}, settings_{std::move(settings)} {
  std::vector<std::string> arguments{"init", "--dir", directory_.string(), "--name", "test-guild"};
  for (const char* more : {"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}) {
    arguments.emplace_back(more);
  }
  if (!catalogue.empty()) {
    arguments.emplace_back("--catalogue");
    arguments.push_back(catalogue.string());
  }
  if (!registrar.empty()) arguments.insert(arguments.end(), {"--registrar", registrar});
  const Finished made = run_program(program_file("guildsum-coordinator"), arguments);
  if (made.exit_code != 0) fail("guildsum-coordinator init", made);
}

bool CoordinatorProcess::try_to_start() {
  if (!has_served_) port_ = find_port();
  const coordinator::DataDirectory files{directory_};
  std::filesystem::remove(files.endpoints());
  std::vector<std::string> arguments{"--config",
                                     (directory_ / "coordinator.toml").string(),
                                     "serve",
                                     "--set",
                                     "log.level=debug",
                                     "--set",
                                     "server.listen=127.0.0.1:" + std::to_string(port_)};
  for (const auto& option : as_options(settings_)) arguments.push_back(option);
  process_ =
      std::make_unique<ChildProcess>(program_file("guildsum-coordinator"), arguments, log_file());
  const bool settled = eventually(
      [&] { return std::filesystem::exists(files.endpoints()) || !process_->running(); });
  if (!settled) throw std::runtime_error{"the coordinator does not start: " + log()};
  return process_->running();
}

void CoordinatorProcess::start() {
  for (int tries = 0; tries < kStartTries; ++tries) {
    if (try_to_start()) {
      has_served_ = true;
      return;
    }
    if (has_served_ || log().find("in use") == std::string::npos) break;  // Else another port.
  }
  throw std::runtime_error{"the coordinator does not start: " + log()};
}

std::string CoordinatorProcess::url() const { return "https://127.0.0.1:" + std::to_string(port_); }

Finished CoordinatorProcess::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"--config", (directory_ / "coordinator.toml").string()});
  return run_program(program_file("guildsum-coordinator"), arguments);
}

Result<boost::json::object> CoordinatorProcess::ask(const std::string& path) const {
  GS_TRY(auto client, coordinator::AdminClient::open(directory_));
  return client.get(path);
}

boost::json::object CoordinatorProcess::get(const std::string& path) const {
  auto answer = ask(path);
  if (answer.has_error()) throw std::runtime_error{path + ": " + answer.error().message()};
  return std::move(*answer);
}

std::string CoordinatorProcess::invite(const std::string& shop, bool renew) const {
  std::vector<std::string> arguments{"shop", "invite", shop};
  if (renew) arguments.emplace_back("--renew");
  const Finished invited = run(arguments);
  const auto at = invited.out.find("gs1.");
  if (invited.exit_code != 0 || at == std::string::npos) fail("shop invite", invited);
  return invited.out.substr(at, invited.out.find_first_of(" \n", at) - at);
}

std::uint64_t CoordinatorProcess::start_task(const std::string& kind,
                                             const Settings& settings) const {
  std::vector<std::string> arguments{"round", "start", "--task", kind};
  for (const auto& option : as_options(settings)) arguments.push_back(option);
  const Finished started = run(arguments);
  if (started.exit_code != 0) fail("round start", started);
  return std::stoull(started.out);
}

boost::json::object CoordinatorProcess::finish_task(std::uint64_t task) const {
  boost::json::object document;
  const auto over = [&] {
    document = get("/v1/tasks/" + std::to_string(task)).at("task").as_object();
    return text_at(document, "status") != "running";
  };
  if (eventually(over)) return document;
  throw std::runtime_error{"task " + std::to_string(task) + " goes on: " + json::compact(document)};
}

std::optional<boost::json::object> CoordinatorProcess::round(std::uint64_t number) const {
  const std::string path = "/v1/rounds/" + std::to_string(number);
  auto answer = ask(path);
  if (answer.has_value()) return std::move(*answer);
  if (answer.error() == BaseErrc::not_found) return std::nullopt;
  throw std::runtime_error{path + ": " + answer.error().message()};
}

boost::json::object CoordinatorProcess::await_phase(std::uint64_t number,
                                                    std::string_view phase) const {
  std::optional<boost::json::object> seen;
  const bool reached = eventually([&] {
    seen = round(number);
    return seen && (text_at(*seen, "phase") == phase || is_over(*seen));
  });
  if (!reached) {
    throw std::runtime_error{"round " + std::to_string(number) + " does not reach " +
                             std::string{phase} + ": " +
                             (seen ? json::compact(*seen) : std::string{"no such round"})};
  }
  return *seen;
}

std::vector<std::int64_t> CoordinatorProcess::opened_sum(std::uint64_t number) const {
  const std::filesystem::path file = directory_.string() + ".sum";
  const Finished shown =
      run({"--format", "json", "round", "show", std::to_string(number), "--sum", file.string()});
  if (shown.exit_code != 0) fail("round show --sum", shown);
  const auto document = json::parse_object(shown.out);
  protocol::CodecParameters codec;
  codec.vector_length = number_at(*document, "values");
  codec.ring_bits = static_cast<std::uint8_t>(number_at(*document, "ring_bits"));
  const auto packed = read_file(file, 1U << 30);
  if (packed.has_error()) throw std::runtime_error{packed.error().message()};
  auto sum = protocol::unpack_sum(codec, *packed);
  if (sum.has_error()) throw std::runtime_error{sum.error().message()};
  return std::move(*sum);
}

void CoordinatorProcess::await_log(std::string_view text, std::size_t from) const {
  const bool found = eventually([&] { return log().find(text, from) != std::string::npos; });
  if (!found) throw std::runtime_error{"the coordinator's log lacks: " + std::string{text}};
}

}  // namespace guildsum::test
