#include "participant/vocabulary/vocabulary_keeper.hpp"

#include <bit>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "crypto/key_file.hpp"
#include "models/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kRecordBytesMax = 256U << 10;
constexpr std::size_t kRowsBytesMax = 256U << 20;

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

Result<protocol::VocabularyKey> read_key(const std::filesystem::path& path) {
  GS_TRY(const SecretText text, crypto::read_key_file(path));
  auto bytes = from_hex(text.expose());
  if (!bytes || bytes->size() != protocol::VocabularyKey::kSize) {
    return Error{BaseErrc::corrupt, path.string() + " is no key of 64 hexadecimal digits"};
  }
  protocol::VocabularyKey key{ByteView{*bytes}.first<protocol::VocabularyKey::kSize>()};
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

Result<models::VocabularyModel> model_of(const VerifiedRows& rows) {
  GS_TRY(const auto plan, models::TaskPlan::parse(rows.plan));
  if (plan.kind != models::TaskKind::vocabulary) {
    return Error{models::ModelsErrc::malformed, "the plan is of another task"};
  }
  GS_TRY(auto released, models::release(plan, rows.checkpoint));
  return std::get<models::VocabularyModel>(std::move(released));
}

template <class Fixed>
Result<Fixed> fixed_at(const boost::json::object& object, std::string_view key) {
  GS_TRY(const std::string text, json::text(object, key));
  return Fixed::from_hex(text);
}

Result<std::uint64_t> number_at(const boost::json::object& object, std::string_view key) {
  const auto* const value = object.if_contains(key);
  if (value == nullptr) return Error{BaseErrc::corrupt, std::string{key}};
  boost::system::error_code failure;
  const auto number = value->to_number<std::uint64_t>(failure);
  if (failure) return Error{BaseErrc::corrupt, std::string{key}};
  return number;
}

}  // namespace

Result<std::unique_ptr<VocabularyKeeper>> VocabularyKeeper::open(const AgentPaths& paths) {
  std::unique_ptr<VocabularyKeeper> keeper{new VocabularyKeeper{paths}};
  GS_CHECK(keeper->load());
  return keeper;
}

Result<> VocabularyKeeper::load() {
  if (!is_there(paths_.vocabulary_key()) || !is_there(paths_.vocabulary())) return {};
  GS_TRY(const std::string text, read_text_file(paths_.vocabulary(), kRecordBytesMax));
  GS_TRY(const auto record, json::parse_object(text));
  GS_TRY(const auto digest, fixed_at<protocol::Digest>(record, "key_digest"));
  GS_TRY(auto key, read_key(paths_.vocabulary_key()));
  if (protocol::vocabulary_key_digest(key) != digest) return {};
  GS_TRY(const std::uint64_t epoch, number_at(record, "epoch"));
  GS_TRY(const std::uint64_t attempt, number_at(record, "attempt"));
  HeldKey held{{protocol::Epoch{epoch}, protocol::Attempt{static_cast<std::uint32_t>(attempt)}},
               std::move(key),
               {}};
  GS_TRY(const auto* members, json::array_at(record, "members"));
  for (const auto& member : *members) {
    if (!member.is_string()) return Error{BaseErrc::corrupt, "members"};
    GS_TRY(const auto id, protocol::ParticipantId::from_hex(std::string_view{member.get_string()}));
    held.members.push_back(id);
  }
  key_.emplace(std::move(held));
  digest_ = digest;
  if (!json::has(record, "rows")) return {};
  GS_TRY(const auto* rows, json::object_at(record, "rows"));
  VerifiedRows known;
  known.key = digest;
  GS_TRY(const std::uint64_t round, number_at(*rows, "round"));
  known.round = protocol::RoundId{round};
  GS_TRY(const std::string plan, json::text(*rows, "plan"));
  GS_TRY(known.plan, from_hex(plan));
  GS_TRY(const auto root, fixed_at<protocol::BlobId>(*rows, "root"));
  GS_TRY(known.checkpoint, read_file(paths_.vocabulary_rows(), kRowsBytesMax));
  // Replaced after the record was written, before a crash: not the rows that the record means.
  if (protocol::blob_id(known.checkpoint) != root) return {};
  return take_rows(known);
}

Result<> VocabularyKeeper::take_rows(const VerifiedRows& rows) {
  GS_TRY(auto model, model_of(rows));
  root_ = protocol::blob_id(rows.checkpoint);
  rows_ = rows;
  model_ = std::move(model);
  return {};
}

Result<> VocabularyKeeper::save_record() const {
  boost::json::array members;
  for (const auto& member : key_->members) members.emplace_back(member.hex());
  boost::json::object record{{"epoch", key_->id.epoch.value()},
                             {"attempt", key_->id.attempt.value()},
                             {"key_digest", digest_.hex()},
                             {"members", std::move(members)}};
  if (rows_) {
    record["rows"] = boost::json::object{
        {"root", root_.hex()}, {"round", rows_->round.value()}, {"plan", to_hex(rows_->plan)}};
  }
  return write_file_atomically(paths_.vocabulary(), as_bytes(json::pretty(record)));
}

Result<> VocabularyKeeper::keep_key(HeldKey key) {
  const std::lock_guard lock{mutex_};
  GS_CHECK(make_private_directory(paths_.keys()));
  // The record goes last: without it, or with another one, the key is not used.
  GS_CHECK(
      crypto::write_key_file(paths_.vocabulary_key(), SecretText{to_hex(key.key.expose())}, true));
  digest_ = protocol::vocabulary_key_digest(key.key);
  key_.reset();
  key_.emplace(std::move(key));
  rows_.reset();
  model_.reset();
  root_ = {};
  return save_record();
}

Result<> VocabularyKeeper::keep_rows(const VerifiedRows& rows) {
  const std::lock_guard lock{mutex_};
  if (!key_ || rows.key != digest_) {
    return Error{protocol::ProtocolErrc::vocabulary_key_equivocation, "rows under another key"};
  }
  GS_CHECK(take_rows(rows));
  GS_CHECK(write_file_atomically(paths_.vocabulary_rows(), rows.checkpoint));
  return save_record();
}

VocabularyView VocabularyKeeper::view() const {
  const std::lock_guard lock{mutex_};
  VocabularyView view;
  if (!key_) return view;
  view.key = digest_;
  view.members = key_->members;
  if (model_) {
    view.shared = SharedRows{root_, rows_->key, static_cast<std::uint32_t>(model_->rows.size()),
                             model_->holders_min};
  }
  return view;
}

std::optional<AgreementId> VocabularyKeeper::newest() const {
  const std::lock_guard lock{mutex_};
  return key_ ? std::optional{key_->id} : std::nullopt;
}

std::optional<models::VocabularyModel> VocabularyKeeper::shared() const {
  const std::lock_guard lock{mutex_};
  return model_;
}

protocol::RoundId VocabularyKeeper::shared_since() const {
  const std::lock_guard lock{mutex_};
  return rows_ ? rows_->round : protocol::RoundId{};
}

protocol::BlobId VocabularyKeeper::shared_root() const {
  const std::lock_guard lock{mutex_};
  return root_;
}

Result<std::vector<models::HeldItem>> VocabularyKeeper::places_of(std::span<const std::string> ids,
                                                                  std::uint32_t slots) const {
  const std::lock_guard lock{mutex_};
  if (!key_) {
    return Error{protocol::ProtocolErrc::vocabulary_key_equivocation,
                 "this shop has no vocabulary key"};
  }
  protocol::ItemSlots places{key_->key, static_cast<std::uint32_t>(std::countr_zero(slots))};
  std::vector<models::HeldItem> held;
  held.reserve(ids.size());
  for (const std::string& id : ids) {
    const protocol::ItemSlot place = places.of(id);
    held.push_back({place.slot, place.tag});
  }
  return held;
}

}  // namespace guildsum::participant
