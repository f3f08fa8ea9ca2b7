#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "coordinator/active_round.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/store/rows.hpp"

/// What the operator sees, as JSON: the same documents for the admin API, the command line and the
/// stored summaries. Never a message's content.
namespace guildsum::coordinator {

/// The stable code of an abort reason: "too-few-check-ins".
[[nodiscard]] std::string_view code_of(protocol::AbortReason reason) noexcept;
/// One sentence that names the phase and the shops: "too few masked inputs; waited for shop-b,
/// shop-c".
[[nodiscard]] std::string explain_abort(const protocol::RoundAborted& message,
                                        const Membership& names);
[[nodiscard]] std::string_view to_string(ShopProgress progress) noexcept;
[[nodiscard]] std::string_view to_string(TaskStatus status) noexcept;
[[nodiscard]] std::string_view to_string(RoundStatus status) noexcept;
[[nodiscard]] std::string_view to_string(ShopStatus status) noexcept;

/// `remaining`: until the deadline of the phase.
[[nodiscard]] boost::json::object describe_round(
    const ActiveRound& round, const RoundRow& row, const Membership& names,
    std::optional<std::chrono::milliseconds> remaining);
[[nodiscard]] boost::json::object describe_task(const TaskRow& task);
[[nodiscard]] boost::json::object describe_model(const ModelRow& model);
/// A shop is online when it was seen within the last minute.
[[nodiscard]] boost::json::object describe_shop(const ShopRow& shop, Clock::Wall now);
[[nodiscard]] boost::json::object describe_refusal(const RefusalRow& refusal,
                                                   const Membership& names);
/// RFC 3339, or null for 0.
[[nodiscard]] boost::json::value time_or_null(std::int64_t unix_ms);

}  // namespace guildsum::coordinator
