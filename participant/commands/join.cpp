#include <iostream>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "participant/commands/commands.hpp"
#include "participant/config.hpp"
#include "participant/enrol.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kTokenBytesMax = 8192;

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

Result<std::string> token_of(const cli::Arguments& arguments) {
  if (arguments.has("token-file") == arguments.has("token")) {
    return Error{BaseErrc::invalid_argument, "give a token, - for standard input, or --token-file"};
  }
  if (arguments.has("token-file")) {
    GS_TRY(auto text, read_text_file(arguments.text("token-file"), kTokenBytesMax));
    return trimmed(std::move(text));
  }
  if (arguments.text("token") != "-") return arguments.text("token");
  std::string line;
  std::getline(std::cin, line);
  return trimmed(std::move(line));
}

/// What the shop may rely on, and what its owner is to do for it.
std::string registrar_note(const Membership& membership, const AgentKeys& keys, bool pinned) {
  if (membership.registrar_embedded) {
    return "note: the roster is signed by the coordinator itself, so the protection holds against "
           "a\n      curious coordinator, not against one that invents shops\n";
  }
  std::string note = "this shop     " + protocol::fingerprint(keys.id()) +
                     "\n              tell it to the registrar's keeper, who signs this shop in\n" +
                     "registrar     " + protocol::fingerprint(membership.registrar) + "\n";
  if (!pinned) {
    note += "              ask the keeper whether it is so; policy.registrar = \"" +
            membership.registrar.hex() + "\" pins it\n";
  }
  return note;
}

Result<cli::ExitCode> join(const cli::Invocation& invocation) {
  GS_TRY(const std::string token, token_of(invocation.arguments));
  GS_TRY(const Config config, load_config(invocation.global));
  const AgentPaths paths{config.dir};
  GS_CHECK(make_private_directory(paths.dir));
  GS_TRY(const auto lock, FileLock::acquire(paths.lock()));
  const SystemClock clock;
  SystemRandom random;
  GS_TRY(const Membership membership, enrol(paths, token, clock, random, config.registrar));
  GS_TRY(const AgentKeys keys, AgentKeys::load(paths));
  if (invocation.global.format != cli::OutputFormat::text) {
    const boost::json::object answer{{"shop", membership.name},
                                     {"identity", keys.id().hex()},
                                     {"federation", membership.federation.hex()},
                                     {"coordinator", membership.url.text()}};
    invocation.out << json::compact(answer) << "\n";
    return cli::ExitCode::ok;
  }
  invocation.out << "joined as " << membership.name << " at " << membership.url.text() << "\n"
                 << "purpose: " << membership.purpose << "\n";
  invocation.err << registrar_note(membership, keys, config.registrar.has_value())
                 << "next: guildsum-participant serve\n";
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> renew_certificate(const cli::Invocation& invocation) {
  GS_TRY(const std::string token, token_of(invocation.arguments));
  GS_TRY(const Config config, load_config(invocation.global));
  const AgentPaths paths{config.dir};
  if (const auto member = Membership::load(paths); !member) return member.error();
  GS_TRY(const auto lock, FileLock::acquire(paths.lock()));
  const SystemClock clock;
  GS_TRY(const Membership membership, renew(paths, token, clock));
  GS_TRY(const auto certificate, crypto::Certificate::parse_pem(membership.certificate_pem));
  invocation.out << "renewed the certificate of " << membership.name << ", valid until "
                 << to_rfc3339(certificate.not_after()) << "\n";
  return cli::ExitCode::ok;
}

std::vector<cli::Option> token_options() {
  return {{.name = "token-file", .value_name = "FILE", .help = "Read the token from FILE"}};
}

std::vector<cli::Positional> token_positionals() {
  return {{.name = "token",
           .help = "gs1.... , or - to read it from standard input",
           .required = false}};
}

}  // namespace

cli::Command renew_command() {
  cli::Command command;
  command.words = "renew";
  command.summary = "Renew the certificate with the token of `shop invite --renew`; stop it first";
  command.options = token_options();
  command.positionals = token_positionals();
  command.examples = {"renew gs1.AbCd..."};
  command.run = renew_certificate;
  return command;
}

cli::Command join_command() {
  cli::Command command;
  command.words = "join";
  command.summary = "Join a federation with the token that its operator gave you";
  command.options = token_options();
  command.positionals = token_positionals();
  command.examples = {"join gs1.AbCd...", "join -  < token.txt"};
  command.run = join;
  return command;
}

}  // namespace guildsum::participant
