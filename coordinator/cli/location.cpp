#include "coordinator/cli/location.hpp"

#include "base/errors.hpp"

namespace guildsum::coordinator {

cli::Option directory_option() {
  return {.name = "dir", .value_name = "DIR", .help = "the coordinator's directory"};
}

std::filesystem::path config_path(const cli::Invocation& invocation) {
  if (invocation.global.config) return *invocation.global.config;
  const std::filesystem::path directory{
      invocation.arguments.has("dir") ? invocation.arguments.text("dir") : "."};
  return directory / kConfigFile;
}

Result<LoadedConfig> load_config_for(const cli::Invocation& invocation, bool with_settings) {
  config::Sources sources;
  sources.file = config_path(invocation);
  sources.environment = config::Sources::process_environment();
  if (with_settings) sources.flags = invocation.global.settings;
  auto loaded = load_config(sources);
  if (loaded.has_error() && loaded.error() == BaseErrc::not_found) {
    return Error{BaseErrc::invalid_config,
                 sources.file->string() +
                     " does not exist; name the coordinator's directory with --dir, or make one "
                     "with `guildsum-coordinator init --dir DIR --name NAME`"};
  }
  return loaded;
}

}  // namespace guildsum::coordinator
