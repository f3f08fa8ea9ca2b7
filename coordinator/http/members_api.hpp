#pragma once

#include <functional>

#include "base/result.hpp"
#include "coordinator/http/admin_api.hpp"

namespace guildsum::coordinator {

/// A call of the operator's listener, behind the token.
using AdminHandler = std::function<boost::asio::awaitable<Result<net::Response>>(AdminApiParts&,
                                                                                 net::Request)>;
/// Puts the token in front of a call.
using AdminGuard = std::function<net::Handler(AdminHandler)>;

/// Who belongs to the federation: shops, their invitations, and what the registrar is asked for
/// and answers. Part of `admin_routes`.
void add_member_routes(net::Router& router, const AdminGuard& guard);

}  // namespace guildsum::coordinator
