#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/cli/command_line.hpp"
#include "base/net/client.hpp"
#include "base/secret.hpp"

namespace guildsum::coordinator {

/// Talks to the running coordinator of a data directory. Not thread safe.
///
/// Errors: BaseErrc::unreachable when it is not running; what the coordinator answered otherwise,
/// with its explanation.
class AdminClient {
 public:
  /// Reads address, token and root certificate from the files of `directory`.
  [[nodiscard]] static Result<AdminClient> open(const std::filesystem::path& directory);
  /// For the directory that a command names.
  [[nodiscard]] static Result<AdminClient> open(const cli::Invocation& invocation);

  [[nodiscard]] Result<boost::json::object> get(
      std::string target, std::chrono::milliseconds wait = std::chrono::milliseconds{0});
  [[nodiscard]] Result<boost::json::object> post(std::string target,
                                                 const boost::json::object& body);
  /// POST of a file.
  [[nodiscard]] Result<boost::json::object> post_bytes(std::string target, Bytes body);
  /// GET of a long poll: nothing when it ended without news.
  [[nodiscard]] Result<std::optional<boost::json::object>> poll(std::string target,
                                                                std::chrono::milliseconds wait);
  /// Writes a blob to a file (mode 0600) piece by piece; the size in bytes.
  [[nodiscard]] Result<std::uint64_t> download(const std::string& target,
                                               const std::filesystem::path& file);

 private:
  AdminClient(net::ClientConfig config, SecretText token, std::filesystem::path directory);
  [[nodiscard]] Result<boost::json::object> post_as(std::string type, std::string target,
                                                    Bytes body);
  [[nodiscard]] Result<net::Response> call(net::ClientRequest request);

  std::unique_ptr<net::HttpClient> client_;
  SecretText token_;
  std::filesystem::path directory_;
};

}  // namespace guildsum::coordinator
