#include "tests/attacks/victim.hpp"

#include <bit>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/net/client.hpp"
#include "protocol/wire.hpp"

namespace guildsum::attacks {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
constexpr auto kLookAgainAfter = 4ms;
constexpr int kCustomers = 9;

/// Calls `look` until it is true or patience is at its end.
template <class Look>
bool eventually(const Look& look) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!look()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(kLookAgainAfter);
  }
  return true;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path} << text;
}

/// Customer k bought items 0 to k: every count of the vector is another one.
std::string purchases(int customers) {
  std::string csv = "customer,item,time,quantity\n";
  for (int customer = 0; customer < customers; ++customer) {
    for (int item = 0; item <= customer; ++item) {
      csv += "c" + std::to_string(customer) + ",item-" + std::to_string(item) + ",2026-01-0" +
             std::to_string(1 + customer % 9) + "T10:00:00Z,1\n";
    }
  }
  return csv;
}

/// All of them said yes.
std::string consents(int customers) {
  std::string csv = "customer,purpose,state,decided_at,notice_version\n";
  for (int customer = 0; customer < customers; ++customer) {
    csv += "c" + std::to_string(customer) + ",training,given,2026-01-01T00:00:00Z,v1\n";
  }
  return csv;
}

std::string config_text(const std::filesystem::path& dir, const std::string& settings) {
  return "[agent]\ndir = \"" + (dir / "agent").string() + "\"\nlog_level = \"debug\"\n\n" +
         "[source.till]\nkind = \"csv\"\npath = \"" + (dir / "purchases.csv").string() +
         "\"\nmapping = { customer = \"customer\", item = \"item\", time = \"time\", quantity = "
         "\"quantity\" }\n\n[consent]\nfile = \"" +
         (dir / "consent.csv").string() + "\"\n\n[outbox]\nkeep_plain = true\n\n" + settings;
}

pid_t start(const std::filesystem::path& dir, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {GUILDSUM_BINARY_DIR "/guildsum-participant", "--config",
                                       (dir / "participant.toml").string()});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string log = (dir / "log").string();
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, argv.front(), &actions, nullptr, argv.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error{"cannot start guildsum-participant"};
  return pid;
}

std::string path_of(protocol::MessageType type) {
  switch (type) {
    case protocol::MessageType::check_in:
      return "check-in";
    case protocol::MessageType::share_keys:
      return "shares";
    case protocol::MessageType::complaint:
      return "complaint";
    case protocol::MessageType::survivor_signature:
      return "survivor-signature";
    case protocol::MessageType::unmask:
      return "unmask";
    case protocol::MessageType::vote:
      return "vote";
    case protocol::MessageType::abandon:
      return "abandon";
    default:
      throw std::logic_error{"no shop sends this by itself"};
  }
}

}  // namespace

Victim::Victim(Adversary& adversary, Wire& wire, const std::string& settings) : wire_{wire} {
  sell_to(kCustomers);
  write_text(dir_ / "participant.toml", config_text(dir_.path(), settings));
  join(adversary.join_token("victim", wire.url()));
  serve();
}

Victim::~Victim() { stop(); }

void Victim::join(const std::string& token) {
  const pid_t joining = start(dir_.path(), {"join", token});
  int outcome = 0;
  ::waitpid(joining, &outcome, 0);
  if (outcome != 0 || !wire_.shop()) throw std::runtime_error{"join failed: " + log_text()};
  id_ = *wire_.shop();
}

void Victim::serve() {
  std::filesystem::remove(dir_ / "agent/endpoints.json");
  pid_ = start(dir_.path(), {"serve"});
  const auto ready = [&] { return std::filesystem::exists(dir_ / "agent/endpoints.json"); };
  if (!eventually(ready)) throw std::runtime_error{"serve failed: " + log_text()};
}

bool Victim::logs(const std::string& text, std::size_t times) const {
  return eventually([&] {
    const std::string log = log_text();
    std::size_t found = 0;
    for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++found;
    return found >= times;
  });
}

int Victim::run(const std::vector<std::string>& arguments) const {
  int outcome = 0;
  ::waitpid(start(dir_.path(), arguments), &outcome, 0);
  return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : -1;
}

std::size_t Victim::kept_inputs() const {
  const std::filesystem::directory_iterator files{dir_ / "agent/kept"};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

void Victim::sell_more() const { sell_to(kCustomers + 3); }

void Victim::sell_to(int customers) const {
  write_text(dir_ / "purchases.csv", purchases(customers));
  write_text(dir_ / "consent.csv", consents(customers));
}

void Victim::crash() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
  wire_.hang_up();
}

void Victim::stop() noexcept {
  // The directory goes with the test: there is nothing to shut down in order.
  if (pid_ != 0) crash();
}

void Victim::invite(const protocol::RoundInvitation& invitation) {
  round_ = invitation.round;
  wire_.invite(invitation);
}

void Victim::tell(PhaseNumber number, Bytes frame) {
  wire_.serve(round_, number, std::move(frame));
}

std::optional<Bytes> Victim::sent(protocol::MessageType type) {
  return wire_.wait_for(round_, path_of(type));
}

std::vector<Bytes> Victim::all_sent(protocol::MessageType type) {
  return wire_.posted(round_, path_of(type));
}

std::optional<Upload> Victim::uploaded() {
  const auto header = wire_.wait_for(round_, "masked-input");
  if (!header) return std::nullopt;
  Upload upload;
  upload.header = protocol::decode<protocol::MaskedInputUpload>(*header).value();
  for (std::size_t i = 0; i < upload.header.chunk_digests.size(); ++i) {
    auto chunk = wire_.wait_for(round_, "chunk-" + std::to_string(i));
    if (!chunk) return std::nullopt;
    upload.chunks.push_back(std::move(*chunk));
  }
  return upload;
}

boost::json::object Victim::status() const {
  const auto endpoints = json::parse_object(text_of(dir_ / "agent/endpoints.json"));
  if (!endpoints) return {};
  net::ClientConfig config;
  config.url = net::Url::parse(json::text(*endpoints, "api").value()).value();
  net::HttpClient client{std::move(config)};
  const auto response = client.send({net::Method::get, "/v1/status"});
  if (!response || !response->ok()) return {};
  return json::parse_object(as_text(response->body)).value();
}

std::string Victim::refusal(protocol::RoundId round) {
  std::string code;
  const auto look = [&] {
    const auto now = status();
    const auto* refusals = now.if_contains("refusals");
    if (refusals == nullptr) return false;
    for (const auto& refusal : refusals->as_array()) {
      if (refusal.at("round").to_number<std::uint64_t>() != round.value()) continue;
      code = refusal.at("code").as_string();
      return true;
    }
    return false;
  };
  (void)eventually(look);
  return code;
}

bool Victim::reaches(const std::string& phase) {
  return eventually([&] {
    const auto now = status();
    const auto* rounds = now.if_contains("rounds");
    if (rounds == nullptr || rounds->as_array().empty()) return false;
    const auto& newest = rounds->as_array().front();
    return newest.at("round").to_number<std::uint64_t>() == round_.value() &&
           newest.at("phase").as_string() == phase;
  });
}

std::vector<std::int64_t> Victim::input() const {
  const auto file = dir_ / ("agent/outbox/" + std::to_string(round_.value()) + ".0.plain");
  const Bytes bytes = read_file(file, std::size_t{1} << 20).value();
  static_assert(std::endian::native == std::endian::little);
  std::vector<std::int64_t> values(bytes.size() / sizeof(std::int64_t));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

std::string Victim::log_text() const { return text_of(dir_ / "log"); }

}  // namespace guildsum::attacks
