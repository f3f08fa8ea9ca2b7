#include "coordinator/http/models_api.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/evaluations.hpp"
#include "coordinator/http/answers.hpp"
#include "coordinator/release_card.hpp"
#include "coordinator/round_views.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {

namespace asio = boost::asio;
using net::Request;
using net::Response;

namespace {

Result<std::vector<ModelRow>> all_models(AdminApiParts& parts) {
  return read_from(parts.ledger, [](LedgerReader& rows) { return rows.models(); });
}

Result<ModelRow> find_model(AdminApiParts& parts, const Request& request) {
  GS_TRY(const std::uint64_t number, request.path_number("version"));
  GS_TRY(auto row, read_from(parts.ledger, [&](LedgerReader& rows) {
           return rows.model(protocol::ModelVersion{number});
         }));
  if (!row) return Error{BaseErrc::not_found, "model " + std::to_string(number)};
  return *std::move(row);
}

/// The model with its figures; an evaluation with its table.
boost::json::object describe(const ModelRow& model, std::span<const ModelRow> models,
                             std::span<const SharedEvaluation> evaluations) {
  auto out = describe_model(model);
  const auto measured = find_measured(evaluations, model);
  out["quality"] = measured ? boost::json::value(describe_quality(*measured)) : nullptr;
  out["evaluation"] = nullptr;
  for (const SharedEvaluation& evaluation : evaluations) {
    if (evaluation->row.version != model.version) continue;
    out["evaluation"] = describe_evaluation(*evaluation, models);
  }
  return out;
}

Result<Response> list_models(AdminApiParts& parts) {
  GS_TRY(const auto models, all_models(parts));
  const auto evaluations = parts.evaluations.newest(models);
  boost::json::array list;
  for (const ModelRow& model : models) list.push_back(describe(model, models, evaluations));
  return Response::json(json::compact(boost::json::object{{"models", std::move(list)}}));
}

Result<Response> show_model(AdminApiParts& parts, const Request& request) {
  GS_TRY(const ModelRow model, find_model(parts, request));
  GS_TRY(const auto models, all_models(parts));
  std::vector<SharedEvaluation> evaluations;
  if (model.kind == models::to_string(models::TaskKind::evaluation)) {
    GS_TRY(evaluations.emplace_back(), parts.evaluations.read(model));
  } else {
    evaluations = parts.evaluations.newest(models);
  }
  auto out = describe(model, models, evaluations);
  GS_TRY(out["bytes"], parts.blobs.size(model.checkpoint));
  return Response::json(json::compact(out));
}

Result<Response> show_card(AdminApiParts& parts, const Request& request) {
  GS_TRY(const ModelRow model, find_model(parts, request));
  GS_TRY(const auto card, release_card(parts.ledger, parts.blobs, parts.evaluations, model));
  return Response::json(json::compact(card));
}

asio::awaitable<Result<Response>> get_models(AdminApiParts& parts, Request) {
  std::function<Result<Response>()> work = [&parts] { return list_models(parts); };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

asio::awaitable<Result<Response>> get_model(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] {
    return show_model(parts, request);
  };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

/// GET /v1/models/{version}/card: the model card, which a version has once it was evaluated.
asio::awaitable<Result<Response>> get_card(AdminApiParts& parts, Request request) {
  std::function<Result<Response>()> work = [&parts, &request] { return show_card(parts, request); };
  co_return co_await blocking<Response>(parts.pool, std::move(work));
}

asio::awaitable<Result<Response>> get_model_blob(AdminApiParts& parts, Request request) {
  GS_CO_TRY(const ModelRow model, find_model(parts, request));
  co_return co_await blob_piece(parts, model.checkpoint, std::move(request));
}

}  // namespace

asio::awaitable<Result<Response>> blob_piece(AdminApiParts& parts, BlobId id, Request request) {
  GS_CO_TRY(const std::uint64_t offset, request.query_number("offset", 0));
  GS_CO_TRY(const std::uint64_t length, request.query_number("length", protocol::kBlobLeafBytes));
  const auto piece =
      static_cast<std::size_t>(std::min<std::uint64_t>(length, protocol::kBlobLeafBytes));
  std::function<Result<Bytes>()> work = [&parts, id, offset, piece] {
    return parts.blobs.read(id, offset, piece);
  };
  GS_CO_TRY(auto bytes, co_await blocking<Bytes>(parts.pool, std::move(work)));
  co_return Response::bytes(std::move(bytes));
}

void add_model_routes(net::Router& router, const AdminGuard& guard) {
  net::RouteOptions options;
  options.body_limit_bytes = 16 * 1024;
  router.get("/v1/models", options, guard(get_models));
  router.get("/v1/models/{version}", options, guard(get_model));
  router.get("/v1/models/{version}/blob", options, guard(get_model_blob));
  router.get("/v1/models/{version}/card", options, guard(get_card));
}

}  // namespace guildsum::coordinator
