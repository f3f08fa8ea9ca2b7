#include "participant/seen_rounds.hpp"

#include <algorithm>
#include <charconv>

#include "base/file.hpp"
#include "protocol/evidence.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kFrameBytesMax = protocol::kMessageBytesMax + protocol::kFrameHeaderBytes;
constexpr std::string_view kSuffix = ".gsum";

/// "7.0.gsum"; nothing for any other file.
std::optional<AttemptId> attempt_of(const std::string& name) {
  std::uint64_t round = 0;
  std::uint32_t attempt = 0;
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data(), end, round);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, attempt);
  if (second.ec != std::errc{} || std::string_view{second.ptr, end} != kSuffix) return std::nullopt;
  return AttemptId{protocol::RoundId{round}, protocol::Attempt{attempt}};
}

}  // namespace

Result<std::unique_ptr<SeenRounds>> SeenRounds::open(const std::filesystem::path& directory) {
  GS_CHECK(make_private_directory(directory));
  std::unique_ptr<SeenRounds> seen{new SeenRounds{directory}};
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator{directory, failure}) {
    if (const auto attempt = attempt_of(entry.path().filename().string())) {
      seen->kept_.push_back(*attempt);
    }
  }
  if (failure) return os_error(failure.value(), "listing", directory);
  std::ranges::sort(seen->kept_);
  return seen;
}

std::filesystem::path SeenRounds::file_of(const AttemptId& attempt) const {
  return directory_ / (std::to_string(attempt.round.value()) + "." +
                       std::to_string(attempt.attempt.value()) + std::string{kSuffix});
}

Result<> SeenRounds::keep(const protocol::RoundDescription& description) {
  const AttemptId attempt{description.descriptor.round, description.descriptor.attempt};
  GS_CHECK(write_file_atomically(file_of(attempt), protocol::encode(description)));
  const auto place = std::ranges::lower_bound(kept_, attempt);
  if (place == kept_.end() || *place != attempt) kept_.insert(place, attempt);
  if (kept_.size() <= kFilesMax) return {};
  GS_CHECK(remove_file(file_of(kept_.front())));
  kept_.erase(kept_.begin());
  return {};
}

Result<std::optional<protocol::RoundDescription>> SeenRounds::other_state_of(
    const protocol::StateRoot& state) const {
  for (const AttemptId& attempt : kept_) {
    const auto frame = read_file(file_of(attempt), kFrameBytesMax);
    if (frame.has_error()) return frame.error();
    auto description = protocol::decode<protocol::RoundDescription>(*frame);
    // A damaged copy proves nothing.
    if (description.has_error()) continue;
    if (protocol::is_other_state_of_one_step(description->descriptor.state, state)) {
      return std::optional{*std::move(description)};
    }
  }
  return std::optional<protocol::RoundDescription>{};
}

}  // namespace guildsum::participant
