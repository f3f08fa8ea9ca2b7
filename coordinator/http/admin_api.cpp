#include "coordinator/http/admin_api.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/evaluation_settings.hpp"
#include "coordinator/http/answers.hpp"
#include "coordinator/http/members_api.hpp"
#include "coordinator/http/models_api.hpp"
#include "coordinator/round_views.hpp"
#include "coordinator/task_settings.hpp"
#include "coordinator/transcripts.hpp"
#include "crypto/hmac.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {

namespace asio = boost::asio;
using net::Request;
using net::Response;
using net::RouteOptions;

namespace {

/// Equal length and content, without telling how much of it was right.
bool bears_token(const Request& request, const SecretText& token) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto field = request.headers.find("Authorization");
  if (!field || !field->starts_with(kScheme)) return false;
  return crypto::equal_in_constant_time(as_bytes(field->substr(kScheme.size())),
                                        as_bytes(token.expose()));
}

asio::awaitable<Response> authorised(AdminApiParts& parts, const AdminHandler& handler,
                                     Request request) {
  Request brief;
  brief.path = request.path;
  brief.remote_address = request.remote_address;
  if (!bears_token(request, parts.token)) {
    const Error refused{BaseErrc::unauthorised, "admin token"};
    co_return problem_answer(refused, brief, parts.log);
  }
  auto answer = co_await handler(parts, std::move(request));
  if (answer.has_error()) co_return explained_problem(answer.error(), brief, parts.log);
  co_return std::move(*answer);
}

/// Answers with `document()` at once, or when the version has moved on from `?after_version=`.
asio::awaitable<Result<Response>> watch(AdminApiParts& parts, const Request& request,
                                        std::function<Result<std::string>()> document) {
  GS_CO_TRY(const std::uint64_t after, request.query_number("after_version", 0));
  GS_CO_TRY(const auto wait, poll_wait(request));
  const bool waits = request.query.contains("after_version");
  net::Notifier& changes = parts.changes;
  std::function<Result<std::optional<Response>>()> look =
      [&changes, &document, after, waits]() -> Result<std::optional<Response>> {
    if (waits && changes.version() == after) return std::optional<Response>{};
    GS_TRY(const std::string text, document());
    return std::optional{Response::json(text)};
  };
  co_return co_await wait_for(changes, wait, std::move(look));
}

/// Of a vocabulary, unless the operator says otherwise: one in 27 of 10,000 items shares its slot.
constexpr std::uint32_t kSlots = 1U << 18;

// Tasks and rounds -------------------------------------------------------------------------------

asio::awaitable<Result<Response>> get_tasks(AdminApiParts& parts, Request) {
  GS_CO_TRY(const std::string text, parts.rounds.tasks_document());
  co_return Response::json(text);
}

asio::awaitable<Result<Response>> get_task(AdminApiParts& parts, Request request) {
  GS_CO_TRY(const std::uint64_t number, request.path_number("task"));
  const protocol::Epoch task{number};
  std::function<Result<std::string>()> document = [&parts, task] {
    return parts.rounds.task_document(task);
  };
  co_return co_await watch(parts, request, std::move(document));
}

Result<TaskSettings> read_settings(const boost::json::object& body) {
  TaskSettings settings;
  if (!json::has(body, "settings")) return settings;
  GS_TRY(const auto* object, json::object_at(body, "settings"));
  for (const auto& member : *object) {
    GS_TRY(settings[std::string{member.key()}], json::text(*object, member.key(), 256));
  }
  return settings;
}

/// How many items a task of this kind is about.
Result<std::uint32_t> items_of(AdminApiParts& parts, std::string_view kind) {
  if (parts.config.catalogue_mode == CatalogueMode::private_vocabulary) {
    if (kind == models::to_string(models::TaskKind::vocabulary)) return kSlots;
    GS_TRY(const auto shared, parts.rounds.shared_vocabulary());
    return shared.rows;
  }
  GS_CHECK(expect_items(parts));
  if (kind == models::to_string(models::TaskKind::vocabulary)) return kSlots;
  return parts.items;
}

Result<models::TaskPlan> plan_of(AdminApiParts& parts, std::string_view kind, std::uint32_t items,
                                 const TaskSettings& settings) {
  const std::uint32_t customers_max = parts.config.limits.customers_max;
  if (kind == models::to_string(models::TaskKind::evaluation)) {
    GS_TRY(const auto models,
           read_from(parts.ledger, [](LedgerReader& rows) { return rows.models(); }));
    return make_evaluation_plan(models, items, customers_max, parts.config.rounds.cohort_min,
                                settings);
  }
  GS_TRY(auto plan, make_task_plan(kind, items, customers_max, settings));
  plan.vocabulary.holders_min = parts.rounds.holders_min();
  return plan;
}

Result<Response> start_task(AdminApiParts& parts, const Request& request) {
  GS_TRY(const auto body, json::parse_object(as_text(request.body)));
  GS_TRY(const std::string kind, json::text(body, "kind", 32));
  GS_TRY(const TaskSettings settings, read_settings(body));
  if (const auto head = parts.membership.check_head(); head.has_error()) {
    return Error{BaseErrc::invalid_config, head.error().detail()};
  }
  bool anew = false;
  if (json::has(body, "anew")) {
    GS_TRY(anew, json::boolean(body, "anew"));
  }
  GS_TRY(const std::uint32_t items, items_of(parts, kind));
  GS_TRY(const auto plan, plan_of(parts, kind, items, settings));
  GS_TRY(const protocol::Epoch task, parts.rounds.start_task(plan, anew));
  GS_TRY(const std::string document, parts.rounds.task_document(task));
  return Response::json(document, 201);
}

asio::awaitable<Result<Response>> post_task(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] {
    return start_task(parts, request);
  };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

asio::awaitable<Result<Response>> get_rounds(AdminApiParts& parts, Request) {
  GS_CO_TRY(const std::string text, parts.rounds.rounds_document());
  co_return Response::json(text);
}

asio::awaitable<Result<Response>> get_round(AdminApiParts& parts, Request request) {
  GS_CO_TRY(const std::uint64_t number, request.path_number("round"));
  const protocol::RoundId round{number};
  std::function<Result<std::string>()> document = [&parts, round] {
    return parts.rounds.round_document(round);
  };
  co_return co_await watch(parts, request, std::move(document));
}

// Sums -------------------------------------------------------------------------------------------

/// GET /v1/rounds/{round}/sum: the packed sum that the round opened.
asio::awaitable<Result<Response>> get_sum(AdminApiParts& parts, Request request) {
  GS_CO_TRY(const std::uint64_t number, request.path_number("round"));
  GS_CO_TRY(const std::string text, parts.rounds.round_document(protocol::RoundId{number}));
  GS_CO_TRY(const auto document, json::parse_object(text));
  if (!json::has(document, "sum")) co_return Error{BaseErrc::not_found, "no sum was opened"};
  GS_CO_TRY(const std::string name, json::text(document, "sum"));
  GS_CO_TRY(const BlobId id, BlobId::from_hex(name));
  co_return co_await blob_piece(parts, id, std::move(request));
}

// Audit ------------------------------------------------------------------------------------------

Result<Response> audit_piece(AdminApiParts& parts, std::uint64_t offset) {
  GS_TRY(const auto federation,
         read_from(parts.ledger, [](LedgerReader& rows) { return rows.federation(); }));
  if (!federation) return Error{BaseErrc::not_found, "the ledger belongs to no federation"};
  GS_TRY(const Bytes file,
         export_audit(parts.ledger, parts.blobs, parts.membership.roster(), federation->id));
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, file.size()));
  const auto rest = ByteView{file}.subspan(from);
  const auto piece = rest.first(std::min(rest.size(), protocol::kBlobLeafBytes));
  return Response::bytes(Bytes{piece.begin(), piece.end()});
}

/// GET /v1/audit?offset=: everything for `audit verify`, in pieces of 1 MiB. A round that ends
/// between two pieces adds to the end only.
asio::awaitable<Result<Response>> get_audit(AdminApiParts& parts, Request request) {
  GS_CO_TRY(const std::uint64_t offset, request.query_number("offset", 0));
  std::function<Result<Response>()> work = [&parts, offset] { return audit_piece(parts, offset); };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

asio::awaitable<Response> get_health(Request) { co_return Response::text("ok\n"); }

}  // namespace

Result<> expect_items(const AdminApiParts& parts) {
  if (parts.items > 0) return {};
  return Error{BaseErrc::invalid_config, "there is no item list: set catalogue.items"};
}

net::Router admin_routes(AdminApiParts& parts) {
  net::Router router;
  RouteOptions options;
  options.body_limit_bytes = 16 * 1024;
  const AdminGuard guard = [&parts](AdminHandler handler) -> net::Handler {
    return [&parts, handler = std::move(handler)](Request request) {
      return authorised(parts, handler, std::move(request));
    };
  };
  router.get("/healthz", options, get_health);
  router.get("/v1/tasks", options, guard(get_tasks));
  router.get("/v1/tasks/{task}", options, guard(get_task));
  router.get("/v1/rounds", options, guard(get_rounds));
  router.get("/v1/rounds/{round}", options, guard(get_round));
  router.get("/v1/rounds/{round}/sum", options, guard(get_sum));
  router.get("/v1/audit", options, guard(get_audit));
  options.content_type = "application/json";
  router.post("/v1/tasks", options, guard(post_task));
  add_member_routes(router, guard);
  add_model_routes(router, guard);
  return router;
}

}  // namespace guildsum::coordinator
