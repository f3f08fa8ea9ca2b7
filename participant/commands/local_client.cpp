#include "participant/commands/local_client.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/net/client.hpp"
#include "base/net/url.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kEndpointsBytesMax = 4096;
constexpr std::size_t kAnswerBytesMax = 16U << 20;

}  // namespace

Result<std::optional<boost::json::object>> ask_agent(const AgentPaths& paths,
                                                     const std::string& target) {
  using Answer = std::optional<boost::json::object>;
  const auto text = read_text_file(paths.endpoints(), kEndpointsBytesMax);
  if (!text) return Answer{};
  GS_TRY(const auto endpoints, json::parse_object(*text));
  GS_TRY(const std::string api, json::text(endpoints, "api"));
  net::ClientConfig config;
  GS_TRY(config.url, net::Url::parse(api));
  config.connect_deadline = std::chrono::milliseconds{2'000};
  net::HttpClient client{std::move(config)};
  net::ClientRequest request{net::Method::get, target};
  request.response_limit_bytes = kAnswerBytesMax;
  const auto response = client.send(request);
  if (!response) return Answer{};  // A file left behind by an agent that was killed.
  if (!response->ok()) {
    return Error{response->status == 503 ? BaseErrc::unreachable : BaseErrc::invalid_argument,
                 response->problem_detail()};
  }
  GS_TRY(auto document,
         json::parse_object(as_text(response->body), {.size_bytes = kAnswerBytesMax, .depth = 16}));
  return Answer{std::move(document)};
}

}  // namespace guildsum::participant
