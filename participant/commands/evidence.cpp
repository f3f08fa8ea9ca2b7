#include "protocol/evidence.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "participant/commands/commands.hpp"
#include "participant/config.hpp"
#include "participant/membership.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kFrameBytesMax = protocol::kMessageBytesMax + protocol::kFrameHeaderBytes;

/// A third party gives the keys; a member has them from its enrolment.
Result<protocol::FederationKeys> keys_of(const cli::Invocation& invocation) {
  const cli::Arguments& arguments = invocation.arguments;
  const bool given = arguments.has("federation") && arguments.has("coordinator");
  if (given) {
    protocol::FederationKeys keys;
    GS_TRY(keys.federation, protocol::FederationId::from_hex(arguments.text("federation")));
    GS_TRY(keys.coordinator, crypto::VerifyKey::from_hex(arguments.text("coordinator")));
    keys.registrar = keys.coordinator;
    if (arguments.has("registrar")) {
      GS_TRY(keys.registrar, crypto::VerifyKey::from_hex(arguments.text("registrar")));
    }
    return keys;
  }
  GS_TRY(const Config config, load_config(invocation.global));
  GS_TRY(const Membership member, Membership::load(AgentPaths{config.dir}));
  return protocol::FederationKeys{member.federation, member.coordinator, member.registrar};
}

std::string who(const protocol::Equivocation& proven) {
  switch (proven.signatory) {
    case protocol::Signatory::coordinator:
      return "the coordinator";
    case protocol::Signatory::registrar:
      return "the registrar";
    case protocol::Signatory::shop:
      return "the shop";
  }
  return {};
}

Result<cli::ExitCode> verify(const cli::Invocation& invocation) {
  GS_TRY(const auto keys, keys_of(invocation));
  GS_TRY(const Bytes one, read_file(invocation.arguments.text("first"), kFrameBytesMax));
  GS_TRY(const Bytes other, read_file(invocation.arguments.text("second"), kFrameBytesMax));
  GS_TRY(const auto proven, protocol::prove_equivocation(one, other, keys));
  if (invocation.global.format != cli::OutputFormat::text) {
    const boost::json::object answer{{"proven", true},
                                     {"signatory", who(proven)},
                                     {"signer", proven.signer.hex()},
                                     {"statement", proven.statement},
                                     {"about", proven.about}};
    invocation.out << json::compact(answer) << "\n";
    return cli::ExitCode::ok;
  }
  invocation.out << "proven: " << who(proven) << " " << proven.signer.hex() << " signed "
                 << proven.statement << " for " << proven.about << "\n";
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command evidence_verify_command() {
  cli::Command command;
  command.words = "evidence verify";
  command.summary = "Check that two signed statements prove that their signer told two stories";
  command.options = {
      {.name = "federation", .value_name = "HEX", .help = "The federation's id, for a non-member"},
      {.name = "coordinator", .value_name = "HEX", .help = "The coordinator's key"},
      {.name = "registrar", .value_name = "HEX", .help = "The registrar's key, if it is another"}};
  command.positionals = {{.name = "first", .help = "A kept message (*.gsum)"},
                         {.name = "second", .help = "Another one"}};
  command.examples = {"evidence verify 7.0-description.gsum other-shop/7.0-description.gsum"};
  command.run = verify;
  return command;
}

}  // namespace guildsum::participant
