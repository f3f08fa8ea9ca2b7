#include "coordinator/registrar.hpp"

#include <iostream>
#include <ostream>

#include <boost/json.hpp>

#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/cli/print.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::size_t kFrameBytesMax = protocol::kMessageBytesMax + protocol::kFrameHeaderBytes;
constexpr std::size_t kRequestBytesMax = kFrameBytesMax + crypto::VerifyKey::kSize;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::string_view kDaysDefault = "30";

std::string_view word_of(protocol::RosterChange change) {
  return change == protocol::RosterChange::join ? "joins" : "leaves";
}

std::string time_of(std::int64_t unix_ms) {
  if (unix_ms == 0) return "-";
  return to_rfc3339(Clock::Wall{std::chrono::milliseconds{unix_ms}});
}

RegistrarDirectory files_of(const cli::Invocation& invocation) {
  return {invocation.arguments.text("dir")};
}

// On the registrar's machine ---------------------------------------------------------------------

Result<cli::ExitCode> init(const cli::Invocation& invocation) {
  SystemRandom random;
  GS_TRY(const bool made, Registrar::create(files_of(invocation), random));
  GS_TRY(const Registrar registrar, Registrar::open(files_of(invocation)));
  const std::string key = registrar.verify_key().hex();
  invocation.err << (made ? "made " : "nothing to do in ") << invocation.arguments.text("dir")
                 << "; keep it off the coordinator's machine, and back it up after each signature\n"
                 << "fingerprint " << protocol::fingerprint(registrar.verify_key())
                 << " (tell it to the shops)\nnext, on the coordinator's machine: "
                 << "guildsum-coordinator init ... --registrar " << key << '\n';
  invocation.out << "registrar " << key << '\n';
  return cli::ExitCode::ok;
}

boost::json::object describe(const Registrar& registrar) {
  boost::json::array members;
  if (registrar.roster()) {
    for (const auto& [identity, name] : registrar.roster()->members()) {
      members.push_back(boost::json::object{{"name", name},
                                            {"identity", identity.hex()},
                                            {"fingerprint", protocol::fingerprint(identity)}});
    }
  }
  boost::json::object out{{"registrar", registrar.verify_key().hex()},
                          {"fingerprint", protocol::fingerprint(registrar.verify_key())},
                          {"federation", nullptr},
                          {"sequence", registrar.roster() ? registrar.roster()->sequence() : 0},
                          {"head_expires_at", nullptr},
                          {"members", std::move(members)}};
  if (registrar.federation()) out["federation"] = registrar.federation()->hex();
  if (registrar.head().expires_unix_ms != 0) {
    out["head_expires_at"] = time_of(registrar.head().expires_unix_ms);
  }
  return out;
}

Result<cli::ExitCode> show(const cli::Invocation& invocation) {
  GS_TRY(const Registrar registrar, Registrar::open(files_of(invocation)));
  const auto document = describe(registrar);
  if (print_as_json(invocation, document, "members")) return cli::ExitCode::ok;
  invocation.out << "registrar    " << text_of(document, "registrar") << '\n'
                 << "fingerprint  " << text_of(document, "fingerprint") << '\n'
                 << "federation   " << text_of(document, "federation") << '\n'
                 << "signed       " << text_of(document, "sequence") << " entries, head until "
                 << text_of(document, "head_expires_at") << '\n';
  cli::Table table{{{"member"}, {"fingerprint"}}};
  for (const auto& row : array_of(document, "members")) {
    table.add_row({text_of(row.as_object(), "name"), text_of(row.as_object(), "fingerprint")});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

/// Only the changes that `--only` names, if it is there.
Result<std::vector<protocol::RosterProposal>> chosen(
    const cli::Invocation& invocation, std::vector<protocol::RosterProposal> proposals) {
  const auto& names = invocation.arguments.list("only");
  if (names.empty()) return proposals;
  for (const std::string& name : names) {
    if (std::ranges::find(proposals, name, &protocol::RosterProposal::name) == proposals.end()) {
      return Error{BaseErrc::invalid_argument, "--only " + name + ": nothing is asked for it"};
    }
  }
  std::erase_if(proposals, [&](const protocol::RosterProposal& proposal) {
    return std::ranges::find(names, proposal.name) == names.end();
  });
  return proposals;
}

/// A signature cannot be taken back: it needs the whole word, and anything but a plain no is asked
/// again. The end of the input is a no.
bool agrees(const cli::Invocation& invocation) {
  invocation.err << "Compare each fingerprint with what the shop's `status` shows. Sign? (yes/no) ";
  std::string answer;
  while (std::getline(std::cin, answer)) {
    if (answer == "yes") return true;
    if (answer == "no" || answer == "n") return false;
    invocation.err << "Please type yes or no: ";
  }
  return false;
}

/// The keeper sees what the signature will say, and agrees.
bool confirm(const cli::Invocation& invocation,
             const std::vector<protocol::RosterProposal>& changes,
             const protocol::RosterRequest& request, std::int64_t expires_unix_ms) {
  cli::Table table{{{"shop"}, {"change"}, {"from epoch"}, {"fingerprint"}}};
  for (const protocol::RosterProposal& change : changes) {
    table.add_row({change.name, std::string{word_of(change.change)},
                   std::to_string(request.epoch.value()),
                   protocol::fingerprint(change.participant)});
  }
  invocation.err << "federation " << request.federation.hex() << '\n'
                 << (changes.empty() ? std::string{"no change of members\n"} : table.text())
                 << "roster valid until " << time_of(expires_unix_ms) << '\n';
  return invocation.arguments.has("yes") || agrees(invocation);
}

Result<> bind_first(const cli::Invocation& invocation, Registrar& registrar,
                    const protocol::RosterRequest& request) {
  if (!registrar.federation() && !invocation.arguments.has("federation")) {
    return Error{BaseErrc::invalid_argument,
                 "the first signature binds this registrar to a federation: give the id that the "
                 "coordinator's `init` printed with --federation"};
  }
  if (invocation.arguments.has("federation")) {
    const auto federation =
        protocol::FederationId::from_hex(invocation.arguments.text("federation"));
    if (federation.has_error()) {
      return Error{BaseErrc::invalid_argument,
                   "--federation takes the 64 hexadecimal digits that the coordinator's `init` "
                   "printed"};
    }
    if (*federation != request.federation) {
      return Error{protocol::ProtocolErrc::wrong_federation,
                   "the request is of " + request.federation.hex()};
    }
    return registrar.bind(*federation);
  }
  return {};
}

Result<cli::ExitCode> sign(const cli::Invocation& invocation) {
  const RegistrarDirectory files = files_of(invocation);
  GS_TRY(const auto days, invocation.arguments.integer("valid-days", 1, 366));
  GS_TRY(const Bytes file, read_file(invocation.arguments.text("REQUEST"), kRequestBytesMax));
  GS_TRY(const auto request, SigningRequest::parse(file));
  const protocol::RosterRequest& asked = request.asked;
  GS_CHECK(Registrar::open(files));
  GS_TRY(const auto lock, FileLock::acquire(files.lock()));
  // Under the lock: what another run signed meanwhile is part of the chain.
  GS_TRY(Registrar registrar, Registrar::open(files));
  GS_CHECK(registrar.check_key(request));
  GS_CHECK(bind_first(invocation, registrar, asked));
  GS_TRY(auto proposals, registrar.open_proposals(asked));
  GS_TRY(const auto changes, chosen(invocation, std::move(proposals)));
  const std::int64_t expires = SystemClock{}.wall_now().time_since_epoch().count() + days * kDayMs;
  if (!confirm(invocation, changes, asked, expires)) {
    invocation.err << "nothing was signed, and nothing has changed in "
                   << invocation.arguments.text("dir") << '\n';
    return cli::ExitCode::failed;
  }
  GS_TRY(const auto answer, registrar.sign(changes, asked.epoch, expires));
  const std::string& output = invocation.arguments.text("output");
  GS_CHECK(write_file_atomically(output, protocol::encode(answer), kPublicFile));
  invocation.err << "signed " << changes.size() << " changes; take " << output
                 << " to the coordinator: guildsum-coordinator registrar import\n";
  return cli::ExitCode::ok;
}

// On the coordinator's machine -------------------------------------------------------------------

Result<cli::ExitCode> pending(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto answer, client.get("/v1/registrar"));
  if (print_as_json(invocation, answer, "proposals")) return cli::ExitCode::ok;
  const bool embedded = text_of(answer, "embedded") == "true";
  invocation.out << "registrar    "
                 << (embedded ? "embedded: a curious coordinator is held off, no active one"
                              : "external, " + text_of(answer, "fingerprint"))
                 << "\nroster       " << text_of(answer, "members") << " members";
  if (!embedded) invocation.out << ", head until " << minute_of(answer, "head_expires_at");
  invocation.out << '\n';
  cli::Table table{{{"shop"}, {"waits to be signed"}, {"fingerprint"}}};
  for (const auto& row : array_of(answer, "proposals")) {
    table.add_row({text_of(row.as_object(), "name"), text_of(row.as_object(), "change"),
                   text_of(row.as_object(), "fingerprint")});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> request(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  const std::string& file = invocation.arguments.text("output");
  GS_CHECK(client.download("/v1/registrar/request", file));
  GS_TRY(const Bytes written, read_file(file, kRequestBytesMax));
  GS_TRY(const auto request, SigningRequest::parse(written));
  const auto changes = request.asked.proposals.size();
  invocation.err << "wrote " << changes << (changes == 1 ? " change" : " changes")
                 << " and a new head to " << file
                 << "; the registrar signs it: guildsum-coordinator registrar sign\n";
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> import(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(Bytes frame, read_file(invocation.arguments.text("ANSWER"), kFrameBytesMax));
  GS_TRY(const auto type, protocol::type_of(frame));
  if (type != protocol::MessageType::roster_update) {
    return Error{BaseErrc::invalid_argument, "this is not what `registrar sign` writes"};
  }
  GS_TRY(const auto answer, client.post_bytes("/v1/registrar/roster", std::move(frame)));
  if (print_as_json(invocation, answer)) return cli::ExitCode::ok;
  invocation.err << "took in " << text_of(answer, "entries") << " entries; "
                 << text_of(answer, "members") << " members, head until "
                 << minute_of(answer, "head_expires_at") << " UTC\n";
  return cli::ExitCode::ok;
}

cli::Option registrar_directory() {
  return {.name = "dir",
          .value_name = "DIR",
          .help = "the registrar's own directory",
          .required = true};
}

cli::Command sign_command() {
  return {.words = "registrar sign",
          .summary = "Show what the coordinator asks for, and sign it. Offline.",
          .options = {registrar_directory(),
                      {.name = "output",
                       .value_name = "FILE",
                       .help = "the answer for the coordinator",
                       .required = true},
                      {.name = "federation",
                       .value_name = "HEX",
                       .help = "the federation's id, needed once"},
                      {.name = "only",
                       .value_name = "SHOP",
                       .help = "sign only this shop's change",
                       .repeated = true},
                      {.name = "valid-days",
                       .value_name = "DAYS",
                       .help = "how long the roster is valid",
                       .default_value = std::string{kDaysDefault}},
                      {.name = "yes", .help = "do not ask"}},
          .positionals = {{.name = "REQUEST", .help = "from `registrar request`"}},
          .examples = {"registrar sign --dir /media/registrar --output answer.gsum request.gsum"},
          .run = sign};
}

}  // namespace

std::vector<cli::Command> registrar_commands() {
  return {
      {.words = "registrar init",
       .summary = "Make a registrar's key in a directory of its own. Offline.",
       .options = {registrar_directory()},
       .examples = {"registrar init --dir /media/registrar"},
       .run = init},
      {.words = "registrar show",
       .summary = "Show the registrar's key and whom it signed. Offline.",
       .options = {registrar_directory()},
       .run = show},
      sign_command(),
      {.words = "registrar pending",
       .summary = "Show what waits for the registrar, and until when the roster is valid.",
       .options = {directory_option()},
       .run = pending},
      {.words = "registrar request",
       .summary = "Write what the registrar is asked to sign to a file.",
       .options = {directory_option(),
                   {.name = "output", .value_name = "FILE", .help = "where to", .required = true}},
       .examples = {"registrar request --output request.gsum"},
       .run = request},
      {.words = "registrar import",
       .summary = "Take in what the registrar signed.",
       .options = {directory_option()},
       .positionals = {{.name = "ANSWER", .help = "from `registrar sign`"}},
       .examples = {"registrar import answer.gsum"},
       .run = import},
  };
}

}  // namespace guildsum::coordinator
