#include "coordinator/cli/admin_client.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/keys.hpp"
#include "crypto/key_file.hpp"
#include "protocol/limits.hpp"
#include "protocol/problem.hpp"

namespace guildsum::coordinator {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kAnswerDeadline{30'000};
constexpr std::size_t kAnswerBytesMax = 32U << 20;

Error not_running(const std::filesystem::path& directory, const std::string& why) {
  return {BaseErrc::unreachable, "the coordinator of " + directory.string() + " is not running (" +
                                     why + "); start it with `guildsum-coordinator --config " +
                                     (directory / kConfigFile).string() + " serve`"};
}

Result<net::Url> read_endpoint(const DataDirectory& files) {
  const auto text = read_text_file(files.endpoints(), 4096);
  if (text.has_error()) return not_running(files.root, "no endpoints.json");
  GS_TRY(const auto endpoints, json::parse_object(*text));
  GS_TRY(const std::string admin, json::text(endpoints, "admin"));
  return net::Url::parse(admin);
}

Result<SecretText> read_token(const DataDirectory& files) {
  GS_TRY(const SecretText file, crypto::read_key_file(files.admin_token()));
  std::string_view line = file.expose();
  if (line.ends_with('\n')) line.remove_suffix(1);
  return SecretText{std::string{line}};
}

/// What the coordinator refused, as the error that leads to the right exit code.
Error refusal(const net::Response& response) {
  const std::string detail = response.problem_detail();
  const std::string code = response.problem_code();
  if (code == "bad-plan" || response.status == 400) return {BaseErrc::invalid_argument, detail};
  if (code == "invalid-config") return {BaseErrc::invalid_config, detail};
  if (code == "busy") return {BaseErrc::busy, detail};
  if (response.status == 401) return {BaseErrc::unauthorised, "the admin token was not accepted"};
  if (response.status == 404) return {BaseErrc::not_found, detail};
  const Error known =
      protocol::error_of_problem(static_cast<unsigned>(response.status), as_text(response.body));
  if (known == BaseErrc::malformed) return {BaseErrc::io_failed, code + " " + detail};
  return {known.code(), detail};
}

}  // namespace

AdminClient::AdminClient(net::ClientConfig config, SecretText token,
                         std::filesystem::path directory)
    : client_{std::make_unique<net::HttpClient>(std::move(config))},
      token_{std::move(token)},
      directory_{std::move(directory)} {}

Result<AdminClient> AdminClient::open(const std::filesystem::path& directory) {
  const DataDirectory files{directory};
  GS_TRY(const net::Url url, read_endpoint(files));
  GS_TRY(SecretText token, read_token(files));
  net::ClientConfig config;
  config.url = url;
  GS_TRY(config.tls.trust_anchors_pem, read_text_file(files.authority_certificate(), 64 * 1024));
  return AdminClient{std::move(config), std::move(token), directory};
}

Result<AdminClient> AdminClient::open(const cli::Invocation& invocation) {
  GS_TRY(const auto loaded, load_config_for(invocation, false));
  return open(loaded.config.directory);
}

Result<net::Response> AdminClient::call(net::ClientRequest request) {
  request.headers.add("Authorization", "Bearer " + std::string{token_.expose()});
  request.response_limit_bytes = kAnswerBytesMax;
  auto response = client_->send(request);
  if (response.has_error()) {
    const Error& error = response.error();
    if (error == net::NetErrc::unreachable || error == net::NetErrc::connection_lost) {
      return not_running(directory_, error.message());
    }
    return error;
  }
  if (!response->ok()) return refusal(*response);
  return response;
}

Result<boost::json::object> AdminClient::get(std::string target, milliseconds wait) {
  net::ClientRequest request{net::Method::get, std::move(target)};
  request.deadline = kAnswerDeadline + wait;
  GS_TRY(const auto response, call(std::move(request)));
  return json::parse_object(as_text(response.body), {.size_bytes = kAnswerBytesMax});
}

Result<boost::json::object> AdminClient::post(std::string target, const boost::json::object& body) {
  return post_as("application/json", std::move(target), to_bytes(json::compact(body)));
}

Result<boost::json::object> AdminClient::post_bytes(std::string target, Bytes body) {
  return post_as("application/octet-stream", std::move(target), std::move(body));
}

Result<boost::json::object> AdminClient::post_as(std::string type, std::string target, Bytes body) {
  net::ClientRequest request{net::Method::post, std::move(target)};
  request.headers.add("Content-Type", std::move(type));
  request.body = std::move(body);
  request.deadline = kAnswerDeadline;
  GS_TRY(const auto response, call(std::move(request)));
  return json::parse_object(as_text(response.body), {.size_bytes = kAnswerBytesMax});
}

Result<std::optional<boost::json::object>> AdminClient::poll(std::string target,
                                                             milliseconds wait) {
  net::ClientRequest request{net::Method::get, std::move(target)};
  request.deadline = kAnswerDeadline + wait;
  GS_TRY(const auto response, call(std::move(request)));
  if (response.status == 204) return std::optional<boost::json::object>{};
  GS_TRY(auto document,
         json::parse_object(as_text(response.body), {.size_bytes = kAnswerBytesMax}));
  return std::optional{std::move(document)};
}

Result<std::uint64_t> AdminClient::download(const std::string& target,
                                            const std::filesystem::path& file) {
  std::filesystem::path partial = file;
  partial += ".partial";
  GS_CHECK(remove_file(partial));
  GS_TRY(auto out, PositionedFile::open(partial));
  std::uint64_t size = 0;
  for (;;) {
    net::ClientRequest request{net::Method::get, target + "?offset=" + std::to_string(size)};
    GS_TRY(const auto piece, call(std::move(request)));
    GS_CHECK(out.write_at(size, piece.body));
    size += piece.body.size();
    if (piece.body.size() < protocol::kBlobLeafBytes) break;
  }
  GS_CHECK(out.sync());
  std::error_code failure;
  std::filesystem::rename(partial, file, failure);
  if (failure) return os_error(failure.value(), "renaming", partial);
  return size;
}

}  // namespace guildsum::coordinator
