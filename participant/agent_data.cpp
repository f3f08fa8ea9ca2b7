// What an agent trains on and serves from: sources, decisions, and the data that follows from both.
#include "participant/agent.hpp"

#include "participant/consent/consent_file.hpp"
#include "participant/source/intake.hpp"
#include "participant/vocabulary/row_map.hpp"

namespace guildsum::participant {
namespace {

void log_rejects(const RejectReport& rejects, Log& log) {
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    const auto reason = static_cast<RejectReason>(i);
    const auto& count = rejects.of(reason);
    if (count.rows == 0) continue;
    const RejectedRow& first = count.examples.front();
    log.warn("source.not_used", {{"reason", code_of(reason)},
                                 {"rows", count.rows},
                                 {"first", first.file + ":" + std::to_string(first.line)}});
  }
}

}  // namespace

Result<> Agent::read_consents() {
  if (!config_.consent_file) return {};
  GS_TRY(const auto decisions, read_consent_file(*config_.consent_file));
  GS_TRY(const auto added, files_.consents->append(decisions));
  log_.info("consent.read", {{"file", config_.consent_file->string()},
                             {"decisions", decisions.size()},
                             {"new", added}});
  return {};
}

Result<> Agent::read_sources() {
  GS_CHECK(read_consents());
  // Without a published list every item counts; which ones are shared shows later.
  const models::Vocabulary* const listed = files_.keeper ? nullptr : &files_.vocabulary;
  GS_TRY(const auto report, take_in(config_, listed, *files_.purchases));
  for (const SourceSummary& source : report.sources) {
    log_.info("source.read", {{"source", source.name},
                              {"rows", source.rows},
                              {"accepted", source.accepted},
                              {"rejected", source.rows - source.accepted}});
  }
  log_rejects(report.rejects, log_);
  if (report.rejects.total() > 0) GS_CHECK(report.rejects.write_csv(files_.paths.rejects()));
  GS_TRY(auto own, load_own(files_, config_));
  shelf_.put_vocabulary(std::move(own.items));
  GS_TRY(const auto stock, stock_of(config_.serving, shelf_.vocabulary()));
  shelf_.put_stock(stock);
  log_.info("data.loaded", {{"customers", own.data->bought.customers()},
                            {"pairs", own.data->bought.pairs()},
                            {"new_purchases", report.added},
                            {"held_out_pairs", own.data->held_out.pairs()},
                            {"without_consent", own.data->without_consent}});
  shelf_.put_data(std::move(own.data));
  return {};
}

/// A decision since the data was read holds from here on: it is read again.
std::shared_ptr<const ShopData> Agent::permitted_data() {
  const auto reload = [this]() -> Result<> {
    GS_TRY(const auto version, files_.consents->version());
    if (version == shelf_.data()->consent_version) return {};
    GS_TRY(auto own, load_own(files_, config_));
    log_.info("consent.changed", {{"customers", own.data->bought.customers()},
                                  {"without_consent", own.data->without_consent}});
    shelf_.put_data(std::move(own.data));
    worker_.refresh();
    return {};
  };
  if (const auto done = reload(); !done) {
    // Rather nobody than somebody who may have said no.
    fail(done.error());
    return std::make_shared<const ShopData>();
  }
  return shelf_.data();
}

void Agent::share_rows() {
  ShopData data = *shelf_.data();
  auto shared = share_purchases(*files_.keeper, shelf_.vocabulary(), data.bought);
  if (!shared) return fail(shared.error());
  data.shared = std::move(*shared);
  std::size_t known = 0;
  if (data.shared) {
    for (const auto& item : data.shared->item_of_row) known += item ? 1 : 0;
    log_.info("vocabulary.shared", {{"rows", data.shared->item_of_row.size()},
                                    {"own_items", shelf_.vocabulary().size()},
                                    {"own_items_shared", known}});
  }
  shelf_.put_data(std::make_shared<const ShopData>(std::move(data)));
}

}  // namespace guildsum::participant
