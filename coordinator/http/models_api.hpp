#pragma once

#include "coordinator/http/members_api.hpp"

namespace guildsum::coordinator {

/// One piece of a blob, chosen by `?offset=&length=`.
[[nodiscard]] boost::asio::awaitable<Result<net::Response>> blob_piece(AdminApiParts& parts,
                                                                       BlobId id,
                                                                       net::Request request);

/// The released versions with what evaluations found out about them, their checkpoints and cards.
/// Part of `admin_routes`.
void add_model_routes(net::Router& router, const AdminGuard& guard);

}  // namespace guildsum::coordinator
