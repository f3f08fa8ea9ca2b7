#include <filesystem>
#include <ostream>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/config.hpp"
#include "coordinator/keys.hpp"
#include "models/vocabulary.hpp"

namespace guildsum::coordinator {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kCatalogueFile = "items.csv";
constexpr std::size_t kCatalogueFileMax = 64U << 20;

/// Checked and copied, so that the directory holds everything the coordinator needs.
Result<bool> copy_catalogue(const fs::path& from, const fs::path& directory) {
  GS_TRY(const std::string text, read_text_file(from, kCatalogueFileMax));
  GS_TRY(const auto vocabulary, models::Vocabulary::parse_csv(text, from.filename().string()));
  if (vocabulary.size() == 0) return Error{BaseErrc::malformed, from.string() + " lists no item"};
  const fs::path target = directory / kCatalogueFile;
  if (fs::exists(target)) {
    GS_TRY(const std::string present, read_text_file(target, kCatalogueFileMax));
    if (present == text) return false;
    return Error{BaseErrc::already_exists,
                 target.string() + " is another item list; shops that joined rely on it"};
  }
  GS_CHECK(write_file_atomically(target, as_bytes(text), kPublicFile));
  return true;
}

Result<bool> write_config(const cli::Arguments& arguments, const fs::path& directory) {
  const fs::path file = directory / kConfigFile;
  if (fs::exists(file)) {
    config::Sources sources;
    sources.file = file;
    GS_TRY(const auto loaded, load_config(sources));
    if (loaded.config.federation_name == arguments.text("name")) return false;
    return Error{BaseErrc::already_exists,
                 file.string() + " is of the federation \"" + loaded.config.federation_name + "\""};
  }
  GS_TRY(const auto shops, ListenAddress::parse(arguments.text("listen")));
  GS_TRY(const auto admin, ListenAddress::parse(arguments.text("admin-listen")));
  const std::string text =
      config_template(arguments.text("name"), shops, admin, fs::exists(directory / kCatalogueFile));
  GS_CHECK(write_file_atomically(file, as_bytes(text), kPublicFile));
  return true;
}

/// What `registrar init` printed.
Result<crypto::VerifyKey> read_registrar(const std::string& text) {
  const auto key = crypto::VerifyKey::from_hex(text);
  if (key.has_value() && crypto::check_verify_key(*key).has_value()) return *key;
  return Error{BaseErrc::invalid_argument,
               "--registrar: the 64 hexadecimal digits that `registrar init` printed"};
}

Result<cli::ExitCode> init(const cli::Invocation& invocation) {
  const DataDirectory files{invocation.arguments.text("dir")};
  const std::string& name = invocation.arguments.text("name");
  if (name.empty() || name.size() > 64 || name.find_first_of("\"\\\n") != std::string::npos) {
    return Error{BaseErrc::invalid_argument, "--name: 1 to 64 bytes without quotes"};
  }
  std::optional<crypto::VerifyKey> registrar;
  if (invocation.arguments.has("registrar")) {
    GS_TRY(registrar, read_registrar(invocation.arguments.text("registrar")));
  }
  GS_CHECK(make_private_directory(files.root));
  bool changed = false;
  if (invocation.arguments.has("catalogue")) {
    GS_TRY(changed, copy_catalogue(invocation.arguments.text("catalogue"), files.root));
  }
  GS_TRY(const bool configured, write_config(invocation.arguments, files.root));
  SystemRandom random;
  GS_TRY(const bool keyed,
         create_missing_keys(files, name, SystemClock{}.wall_now(), random, registrar));
  GS_TRY(const auto keys, load_keys(files));
  invocation.err << (changed || configured || keyed ? "made " : "nothing to do in ")
                 << files.root.string() << "; keys stay on this machine, back them up\n"
                 << "next: guildsum-coordinator --config " << (files.root / kConfigFile).string()
                 << " serve\n";
  invocation.out << "federation " << keys.federation().hex() << '\n';
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command init_command() {
  return {.words = "init",
          .summary = "Make a coordinator's directory: keys, certificate authority, configuration.",
          .options = {{.name = "dir", .value_name = "DIR", .help = "where to", .required = true},
                      {.name = "name",
                       .value_name = "NAME",
                       .help = "the federation's name",
                       .required = true},
                      {.name = "listen",
                       .value_name = "ADDR:PORT",
                       .help = "listener for the shops",
                       .default_value = "127.0.0.1:8443"},
                      {.name = "admin-listen",
                       .value_name = "ADDR:PORT",
                       .help = "listener for the operator",
                       .default_value = "127.0.0.1:8444"},
                      {.name = "registrar",
                       .value_name = "KEY",
                       .help = "public key of a registrar elsewhere; without it the coordinator "
                               "signs the roster itself"},
                      {.name = "catalogue",
                       .value_name = "FILE",
                       .help = "published item list, CSV with item_id,title"}},
          .examples = {"init --dir /var/lib/guildsum --name my-guild --catalogue items.csv"},
          .run = init};
}

}  // namespace guildsum::coordinator
