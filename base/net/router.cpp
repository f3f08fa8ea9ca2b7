#include "base/net/router.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace guildsum::net {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  GS_ASSERT(pattern.starts_with('/'));
  pattern.remove_prefix(1);
  for (;;) {
    const auto slash = pattern.find('/');
    segments.emplace_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Literal segments on the left weigh more; -1 when the path does not fit the pattern.
int rank(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return -1;
  int rank = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool parameter = is_parameter(pattern[i]);
    if (parameter ? path[i].empty() : pattern[i] != path[i]) return -1;
    rank = 2 * rank + (parameter ? 0 : 1);
  }
  return rank;
}

Parameters bind(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  Parameters parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!is_parameter(pattern[i])) continue;
    parameters.emplace(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
  }
  return parameters;
}

}  // namespace

void Router::add(Method method, std::string_view pattern, RouteOptions options, Handler handler) {
  const bool taken = std::ranges::any_of(routes_, [&](const Route& route) {
    return route.method == method && route.pattern == pattern;
  });
  GS_ASSERT(!taken);
  Route route;
  route.method = method;
  route.pattern = pattern;
  route.segments = split(pattern);
  route.options = std::move(options);
  route.handler = std::move(handler);
  routes_.push_back(std::move(route));
}

void Router::get(std::string_view pattern, RouteOptions options, Handler handler) {
  add(Method::get, pattern, std::move(options), std::move(handler));
}
void Router::post(std::string_view pattern, RouteOptions options, Handler handler) {
  add(Method::post, pattern, std::move(options), std::move(handler));
}
void Router::put(std::string_view pattern, RouteOptions options, Handler handler) {
  add(Method::put, pattern, std::move(options), std::move(handler));
}

Router::Match Router::match(Method method, const std::vector<std::string>& segments) const {
  const Method wanted = method == Method::head ? Method::get : method;
  const Route* best = nullptr;
  int best_rank = -1;
  std::string allow;
  for (const auto& route : routes_) {
    const int route_rank = rank(route.segments, segments);
    if (route_rank < 0) continue;
    allow += (allow.empty() ? "" : ", ") + std::string{to_string(route.method)};
    if (route.method != wanted || route_rank <= best_rank) continue;
    best = &route;
    best_rank = route_rank;
  }
  if (best != nullptr) return Found{best, bind(best->segments, segments)};
  if (!allow.empty()) return UnknownMethod{std::move(allow)};
  return UnknownPath{};
}

}  // namespace guildsum::net
