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
  invocation.out << "guildsum-participant "
                 << (invocation.arguments.has("renew") ? "renew " : "join ")
                 << text_of(answer, "token") << '\n';
  return cli::ExitCode::ok;
}

Result<boost::json::object> end_shop(const cli::Invocation& invocation, std::string_view how) {
  GS_TRY(auto client, AdminClient::open(invocation));
  return client.post("/v1/shops/" + std::string{how},
                     boost::json::object{{"shop", invocation.arguments.text("SHOP")}});
}

Result<cli::ExitCode> revoke(const cli::Invocation& invocation) {
  GS_TRY(const auto answer, end_shop(invocation, "revocations"));
  if (print_as_json(invocation, answer)) return cli::ExitCode::ok;
  const std::string name = text_of(answer, "name");
  invocation.err << name << " is kept out at once. It stays a member: `shop invite --renew " << name
                 << "` lets it in again\n";
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> remove(const cli::Invocation& invocation) {
  GS_TRY(const auto answer, end_shop(invocation, "removals"));
  if (print_as_json(invocation, answer)) return cli::ExitCode::ok;
  invocation.err << text_of(answer, "name") << " has left: kept out at once, and ";
  invocation.err << (text_of(answer, "signed") == "true"
                         ? "off the roster\n"
                         : "off the roster when the registrar has signed (`registrar request`)\n");
  return cli::ExitCode::ok;
}

std::string refusal_of(const boost::json::object& shop) {
  const auto* refusal = shop.if_contains("last_refusal");
  if (refusal == nullptr || !refusal->is_object()) return "-";
  const auto& object = refusal->get_object();
  return text_of(object, "code") + ", round " + text_of(object, "round");
}

Result<cli::ExitCode> list(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto answer, client.get("/v1/shops"));
  if (print_as_json(invocation, answer, "shops")) return cli::ExitCode::ok;
  cli::Table table{
      {{"shop"}, {"status"}, {"online"}, {"last seen"}, {"certificate until"}, {"identity"},
       {"last refusal"}}};
  for (const auto& row : array_of(answer, "shops")) {
    const auto& shop = row.as_object();
    table.add_row({text_of(shop, "name"), text_of(shop, "status"),
                   text_of(shop, "online") == "true" ? "yes" : "no", minute_of(shop, "last_seen"),
                   minute_of(shop, "certificate_expires_at"),
                   text_of(shop, "identity").substr(0, 16), refusal_of(shop)});
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
      {.words = "shop revoke",
       .summary = "Refuse a shop's certificate from now on; a renewed one lets it in again.",
       .options = {directory_option()},
       .positionals = {{.name = "SHOP", .help = "its name or identity"}},
       .examples = {"shop revoke bakery-3"},
       .run = revoke},
      {.words = "shop remove",
       .summary = "Take a shop off the roster for good; it comes back only as a new member.",
       .options = {directory_option()},
       .positionals = {{.name = "SHOP", .help = "its name or identity"}},
       .examples = {"shop remove bakery-3"},
       .run = remove},
      {.words = "shop list",
       .summary = "List the shops, their certificates and when they were last seen.",
       .options = {directory_option()},
       .run = list},
  };
}

}  // namespace guildsum::coordinator
