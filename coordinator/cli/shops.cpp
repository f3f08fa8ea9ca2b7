#include <ostream>

#include "base/cli/table.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/cli/print.hpp"

namespace guildsum::coordinator {

namespace {

Result<cli::ExitCode> invite(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  boost::json::object body{{"name", invocation.arguments.text("NAME")},
                           {"renew", invocation.arguments.has("renew")}};
  GS_TRY(const auto answer, client.post("/v1/shops/invitations", body));
  if (print_as_json(invocation, answer)) return cli::ExitCode::ok;
  invocation.err << "Give this line to " << text_of(answer, "name") << "; it works once, until "
                 << minute_of(answer, "expires_at") << " UTC:\n";
  invocation.out << "guildsum-participant join " << text_of(answer, "token") << '\n';
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> list(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto answer, client.get("/v1/shops"));
  if (print_as_json(invocation, answer, "shops")) return cli::ExitCode::ok;
  cli::Table table{
      {{"shop"}, {"status"}, {"online"}, {"last seen"}, {"certificate until"}, {"identity"}}};
  for (const auto& row : array_of(answer, "shops")) {
    const auto& shop = row.as_object();
    table.add_row({text_of(shop, "name"), text_of(shop, "status"),
                   text_of(shop, "online") == "true" ? "yes" : "no", minute_of(shop, "last_seen"),
                   minute_of(shop, "certificate_expires_at"),
                   text_of(shop, "identity").substr(0, 16)});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

}  // namespace

std::vector<cli::Command> shop_commands() {
  return {
      {.words = "shop invite",
       .summary = "Print the command with which one shop joins; it works once.",
       .options = {directory_option(),
                   {.name = "renew", .help = "for a member whose certificate is to be replaced"}},
       .positionals = {{.name = "NAME", .help = "the shop's name: a-z, 0-9 and '-'"}},
       .examples = {"shop invite bakery-3"},
       .run = invite},
      {.words = "shop list",
       .summary = "List the shops, their certificates and when they were last seen.",
       .options = {directory_option()},
       .run = list},
  };
}

}  // namespace guildsum::coordinator
