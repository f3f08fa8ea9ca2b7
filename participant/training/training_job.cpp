#include "participant/training/training_job.hpp"

#include <algorithm>
#include <bit>
#include <malloc.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/contribute.hpp"
#include "models/transitions.hpp"
#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/packed_sum.hpp"

namespace guildsum::participant {
namespace {

using protocol::VoteReason;

constexpr std::string_view kVocabulary = "vocabulary";

std::vector<protocol::ParticipantId> members_of(const protocol::Survivors& survivors) {
  std::vector<protocol::ParticipantId> out;
  for (const auto& member : survivors.members) out.push_back(member.member);
  std::ranges::sort(out);
  return out;
}

std::uint64_t packed_bytes(const protocol::CodecParameters& codec) {
  return (codec.vector_length * codec.ring_bits + 7) / 8;
}

/// The checkpoint that `sum` leads to if this reproduces the result; nothing otherwise.
std::optional<Bytes> reproduce(const models::TaskPlan& plan, const OpenedTask& opened,
                               std::span<const std::int64_t> sum, models::SumContext context,
                               const protocol::RoundResult& result,
                               const protocol::StateRoot& state) {
  auto task = models::restore_task_at(plan, opened.checkpoint, state.step_number);
  if (!task || !(*task)->apply(sum, context)) return std::nullopt;
  Bytes checkpoint = (*task)->checkpoint();
  if (protocol::blob_id(checkpoint) != result.model_root) return std::nullopt;
  return checkpoint;
}

/// Big vectors come and go with each round; what is free goes back to the system.
struct ReturnMemory {
  ~ReturnMemory() { malloc_trim(0); }
};

}  // namespace

Result<std::vector<std::int64_t>> TrainingJob::contribute(const protocol::RoundDescription& round) {
  GS_TRY(const auto plan, models::TaskPlan::parse(round.training_plan));
  // The policy allowed the task by this name.
  if (models::to_string(plan.kind) != round.descriptor.task_kind) {
    return Error{ParticipantErrc::request_mismatch, "the plan is of another task"};
  }
  GS_CHECK(check_items(round.descriptor, plan));
  GS_TRY(const auto opened,
         open_task(plan, round.descriptor, parts_.models, parts_.remote, parts_.log));
  GS_TRY(const auto request, matching_request(*opened.task, round));
  if (plan.kind == models::TaskKind::vocabulary) return contribute_own_presence(plan, request);
  if (plan.kind == models::TaskKind::evaluation) {
    if (!parts_.evaluate) return ParticipantErrc::request_mismatch;
    GS_TRY(auto measured, parts_.evaluate(plan, request));
    return std::move(measured.values);
  }
  if (plan.kind == models::TaskKind::transitions) return contribute_own_transitions(plan, request);
  const auto data = parts_.data();
  GS_TRY(auto contribution, models::contribute(plan, request, data->in_common(), parts_.random));
  if (contribution.segments_clipped > 0) {
    parts_.log.warn("round.clipped", {{"round", round.descriptor.round},
                                      {"segments", contribution.segments_clipped}});
  }
  return std::move(contribution.values);
}

/// The items must be the ones that this shop knows: the published list, or the rows under the
/// shops' own key. The round machine has checked the key and the gate.
Result<> TrainingJob::check_items(const protocol::RoundDescriptor& descriptor,
                                  const models::TaskPlan& plan) const {
  const bool published = parts_.vocabulary == nullptr;
  if (published != descriptor.vocabulary_key.is_zero()) return ParticipantErrc::catalogue_mismatch;
  if (published) {
    if (descriptor.vocabulary == parts_.catalogue) return {};
    return ParticipantErrc::catalogue_mismatch;
  }
  if (plan.kind == models::TaskKind::vocabulary) return {};
  const auto data = parts_.data();
  if (data->shared && protocol::Digest{data->shared->root.view()} == descriptor.vocabulary) {
    return {};
  }
  return ParticipantErrc::catalogue_mismatch;
}

Result<std::vector<std::int64_t>> TrainingJob::contribute_own_presence(
    const models::TaskPlan& plan, const models::SumRequest& request) const {
  if (parts_.vocabulary == nullptr) return ParticipantErrc::catalogue_mismatch;
  GS_TRY(const auto held, parts_.vocabulary->places_of(parts_.held_ids(), plan.items));
  GS_TRY(auto contribution, models::contribute_presence(plan, request, held));
  return std::move(contribution.values);
}

Result<std::vector<std::int64_t>> TrainingJob::contribute_own_transitions(
    const models::TaskPlan& plan, const models::SumRequest& request) const {
  if (!parts_.histories) return ParticipantErrc::request_mismatch;
  GS_TRY(const auto histories, parts_.histories());
  GS_TRY(auto contribution, models::contribute_transitions(plan, request, histories));
  return std::move(contribution.values);
}

Result<> TrainingJob::keep_plain(const protocol::RoundDescription& round,
                                 std::span<const std::int64_t> values) const {
  if (!parts_.plain_outbox) return {};
  static_assert(std::endian::native == std::endian::little, "the file is little-endian");
  const std::string name = std::to_string(round.descriptor.round.value()) + "." +
                           std::to_string(round.descriptor.attempt.value()) + ".plain";
  return write_file_atomically(*parts_.plain_outbox / name, std::as_bytes(values));
}

Result<std::vector<std::int64_t>> TrainingJob::values_for(const protocol::RoundDescription& round,
                                                          const MaskInput& job) {
  const bool cumulative = models::is_cumulative(round.descriptor.state.step_kind);
  if (!job.repairs) {
    GS_TRY(auto values, contribute(round));
    if (cumulative) GS_CHECK(make_delta(round.descriptor, job.base, values));
    return values;
  }
  if (cumulative) {
    GS_CHECK(
        parts_.states.copy(*job.repairs, protocol::round_digest(round.descriptor), parts_.random));
  }
  GS_TRY(const Bytes packed, parts_.kept.read(*job.repairs));
  return protocol::unpack_sum(round.descriptor.codec, packed);
}

Result<> TrainingJob::make_delta(const protocol::RoundDescriptor& round,
                                 const std::optional<DeltaBase>& base,
                                 std::span<std::int64_t> values) const {
  // Durable before the first byte of the input: whatever becomes of the round, its state is known.
  GS_CHECK(parts_.states.keep(round, values, parts_.random));
  if (!base) return {};
  GS_TRY(const std::uint64_t changed, parts_.states.subtract(base->rd, round, values));
  parts_.log.info("round.delta", {{"round", round.round},
                                  {"step", round.state.step_kind},
                                  {"step_number", round.state.step_number},
                                  {"against_step", base->step_number},
                                  {"values_changed", changed},
                                  {"values", values.size()}});
  return {};
}

Result<> TrainingJob::keep_for_repair(const protocol::RoundDescription& round,
                                      std::span<const std::int64_t> values) const {
  GS_TRY(auto writer, parts_.kept.write(protocol::round_digest(round.descriptor), parts_.random));
  // Without masks the chunks are the packed vector.
  GS_TRY(const auto chunks, mask_input(values, round.descriptor.codec, {},
                                       [&](ByteView chunk) { return writer.append(chunk); }));
  (void)chunks;
  return writer.commit();
}

Result<MaskedChunks> TrainingJob::mask(const protocol::RoundDescription& round,
                                       const MaskInput& job) {
  const ReturnMemory at_the_end;
  GS_TRY(const auto values, values_for(round, job));
  // In a repair too: the attempt that it repairs may still be abandoned, and this one not.
  GS_CHECK(keep_for_repair(round, values));
  GS_CHECK(keep_plain(round, values));
  GS_TRY(auto writer, parts_.spool.write(protocol::round_digest(round.descriptor)));
  GS_TRY(auto chunks, mask_input(
                          values, round.descriptor.codec, job.masks,
                          [&](ByteView chunk) { return writer.append(chunk); }, &parts_.pool));
  GS_CHECK(writer.commit(chunks.chunk_digests));
  return chunks;
}

Result<VoteReason> TrainingJob::check(const protocol::RoundDescription& round,
                                      const protocol::Survivors& survivors,
                                      const protocol::RoundResult& result) {
  const ReturnMemory at_the_end;
  const protocol::RoundDescriptor& descriptor = round.descriptor;
  GS_TRY(const auto known, parts_.models.task_state());
  if (known && known->lineage == descriptor.state.lineage && known->root == result.model_root &&
      known->step_number == descriptor.state.step_number) {
    return VoteReason::none;  // Verified before a restart.
  }
  GS_TRY(const auto plan, models::TaskPlan::parse(round.training_plan));
  GS_TRY(const auto opened, open_task(plan, descriptor, parts_.models, parts_.remote, parts_.log));
  std::vector<std::int64_t> sum;
  {
    auto packed = parts_.remote.blob(result.sum, packed_bytes(descriptor.codec));
    if (!packed && packed.error() == BaseErrc::corrupt) return VoteReason::sum_not_as_addressed;
    if (!packed) return packed.error();
    auto unpacked = protocol::unpack_sum(descriptor.codec, *packed);
    if (!unpacked) return VoteReason::sum_not_as_addressed;
    sum = std::move(*unpacked);
  }
  models::SumContext context{.survivors = survivors.count(), .same_survivors_as_previous = true};
  if (opened.survivors_before) {
    context.same_survivors_as_previous = *opened.survivors_before == members_of(survivors);
  }
  auto checkpoint = reproduce(plan, opened, sum, context, result, descriptor.state);
  if (!checkpoint && !opened.survivors_before) {
    // This shop did not see who survived the step before, so either answer may be the true one.
    context.same_survivors_as_previous = !context.same_survivors_as_previous;
    checkpoint = reproduce(plan, opened, sum, context, result, descriptor.state);
  }
  if (!checkpoint) return VoteReason::model_not_reproduced;
  GS_CHECK(keep_result(round, survivors, result, *checkpoint));
  return VoteReason::none;
}

Result<> TrainingJob::keep_result(const protocol::RoundDescription& round,
                                  const protocol::Survivors& survivors,
                                  const protocol::RoundResult& result, ByteView checkpoint) {
  const protocol::RoundDescriptor& descriptor = round.descriptor;
  GS_CHECK(parts_.models.keep_checkpoint(result.model_root, checkpoint));
  if (parts_.vocabulary != nullptr && descriptor.task_kind == kVocabulary) {
    GS_CHECK(parts_.vocabulary->keep_rows({descriptor.vocabulary_key, descriptor.round,
                                           round.training_plan,
                                           Bytes{checkpoint.begin(), checkpoint.end()}}));
  }
  TaskStateRecord state{descriptor.state.lineage, descriptor.state.step_number, result.model_root,
                        round.training_plan, members_of(survivors)};
  GS_CHECK(parts_.models.keep_task_state(state));
  if (result.model_version.value() != 0) {
    ModelRecord model;
    model.kind = descriptor.task_kind;
    model.version = result.model_version;
    model.root = result.model_root;
    model.plan = round.training_plan;
    model.round = descriptor.round;
    model.lineage = descriptor.state.lineage;
    model.step_number = descriptor.state.step_number;
    GS_CHECK(parts_.models.keep_model(model));
    if (parts_.on_model) parts_.on_model(model);
  }
  return parts_.models.sweep();
}

}  // namespace guildsum::participant
