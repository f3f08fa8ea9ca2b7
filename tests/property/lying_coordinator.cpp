#include "tests/property/lying_coordinator.hpp"

#include "protocol/digests.hpp"
#include "protocol/intake.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/property/lying_lists.hpp"
#include "tests/property/opened_secrets.hpp"
#include "tests/property/round_floor.hpp"

namespace guildsum::property {
namespace {

using participant::AwaitingCertificate;
using participant::AwaitingDescription;
using participant::AwaitingProposal;
using participant::AwaitingShares;
using participant::Masking;
using participant::Uploading;
using protocol::Digest;
using protocol::ShareKind;

constexpr int kSweepsMax = 60;

class Player {
 public:
  explicit Player(const Script& script)
      : script_{script},
        draw_{script.seed},
        federation_{script.shops, script.seed},
        plan_{federation_.plan(4, 8).value()},
        honest_{script.shops - script.colluders},
        secrets_{variants_, check_ins_, honest_} {
    policy_.purpose = plan_.descriptor.purpose;
    check_in_all();
    const std::size_t variants =
        script.strategy == Strategy::split_descriptors ? 2 + draw_.below(2) : 1;
    variants_ = make_variants(federation_, plan_, check_ins_, variants);
    for (std::size_t v = 0; v < variants_.size(); ++v) deal_for_colluders(v);
    lists_ = Lists{script_, variants_.front(), draw_};
  }

  Loot play() {
    for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
      std::vector<std::size_t> order(shops_.size());
      for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
      draw_.shuffle(order);
      bool moved = false;
      for (const std::size_t k : order) {
        if (!sent_.empty() && draw_.chance(4)) repeat_something(*shops_[k]);
        moved = act(*shops_[k]) || moved;
      }
      if (moved) continue;
      if (impatient_) break;
      impatient_ = true;  // From here on lists are made of whoever is there.
    }
    return loot();
  }

 private:
  [[nodiscard]] protocol::ParticipantId id(std::size_t member) const {
    return federation_.identity(static_cast<std::uint32_t>(member));
  }
  [[nodiscard]] const crypto::Signer& signer(std::size_t member) const {
    return federation_.shop(static_cast<std::uint32_t>(member));
  }
  [[nodiscard]] std::size_t number_of(const protocol::ParticipantId& identity) const {
    std::size_t member = 0;
    while (id(member) != identity) ++member;
    return member;
  }
  [[nodiscard]] bool colludes(std::size_t member) const { return member >= honest_; }
  participant::RoundContext context_of(std::size_t member) {
    return {
        federation_.id(),     id(member), signer(member), federation_.coordinator().verify_key(),
        federation_.roster(), policy_,    history_};
  }
  static participant::RoundSecrets secrets_of(std::uint64_t seed, std::size_t member) {
    SeededRandom random{seed * 1000 + member};
    return participant::RoundSecrets::generate(random);
  }
  participant::Step begin(participant::RoundSecrets secrets,
                          const participant::RoundContext& context) {
    const protocol::RoundDescriptor& d = plan_.descriptor;
    return participant::begin(
        {d.federation, d.epoch, d.round, d.attempt, d.task_kind, d.roster_head, 0}, 1,
        std::move(secrets), context);
  }

  void check_in_all() {
    for (std::size_t member = 0; member < script_.shops; ++member) {
      auto shop =
          std::make_unique<Shop>(Shop{member, context_of(member), {}, {}, {}, {}, {}, {}, false});
      participant::Step step = begin(secrets_of(script_.seed, member), shop->context);
      shop->check_in = std::get<AwaitingDescription>(step.next).check_in;
      check_ins_.push_back(shop->check_in);
      if (colludes(member)) continue;
      shop->phase = std::move(step.next);
      shops_.push_back(std::move(shop));
    }
  }

  /// A colluder deals twice under every descriptor, each time other shares of the same secrets.
  void deal_for_colluders(std::size_t v) {
    for (std::size_t member = honest_; member < script_.shops; ++member) {
      const auto context = context_of(member);
      for (std::uint64_t copy = 0; copy < 2; ++copy) {
        auto secrets = secrets_of(script_.seed, member);
        SeededRandom other{copy + 77};
        secrets.expansion = other.secret<crypto::ExpansionSeed>();
        auto step = begin(std::move(secrets), context);
        step = participant::advance(std::move(step.next), variants_[v].description, context);
        for (const auto& effect : step.effects) {
          if (const auto* send = std::get_if<participant::Send>(&effect)) {
            variants_[v].dealt[member].push_back(
                protocol::decode<protocol::ShareKeys>(send->frame).value());
          }
        }
      }
    }
  }

  /// The next thing to do to a shop; false if nothing can be done yet.
  bool act(Shop& shop) {
    if (!shop.phase || participant::is_over(*shop.phase)) return false;
    if (std::holds_alternative<AwaitingDescription>(*shop.phase)) return describe(shop);
    if (std::holds_alternative<AwaitingShares>(*shop.phase)) return deliver(shop);
    if (shop.wants_masks) return finish_masking(shop);
    if (std::holds_alternative<Uploading>(*shop.phase) && draw_.chance(70)) {
      return tell(shop, participant::UploadCompleted{});
    }
    if (std::holds_alternative<AwaitingCertificate>(*shop.phase)) return certify(shop);
    const bool uploads = std::holds_alternative<Uploading>(*shop.phase) ||
                         std::holds_alternative<AwaitingProposal>(*shop.phase);
    return uploads && propose(shop);
  }

  bool tell(Shop& shop, participant::Event event) {
    participant::Step step =
        participant::advance(std::move(*shop.phase), std::move(event), shop.context);
    shop.phase = std::move(step.next);
    for (participant::Effect& effect : step.effects) take(shop, effect);
    return true;
  }
  /// Tells, and keeps the message for repeating it to anybody.
  bool send(Shop& shop, participant::Event event) {
    sent_.push_back(event);
    return tell(shop, std::move(event));
  }
  void repeat_something(Shop& shop) {
    if (shop.phase && !participant::is_over(*shop.phase))
      tell(shop, sent_[draw_.below(sent_.size())]);
  }

  void take(Shop& shop, participant::Effect& effect) {
    if (auto* mask = std::get_if<participant::MaskInput>(&effect)) {
      shop.masks = std::move(mask->masks);
      shop.sharers = std::get<Masking>(*shop.phase).sharers;
      shop.wants_masks = true;
    } else if (auto* upload = std::get_if<participant::UploadInput>(&effect)) {
      shop.header = upload->header;
    } else if (std::holds_alternative<participant::Refused>(effect)) {
      const bool left =
          std::holds_alternative<participant::Abandoned>(*shop.phase) ||
          std::holds_alternative<participant::AwaitingAbandonCertificate>(*shop.phase);
      loot_.refusals += left ? 1 : 0;
    } else if (const auto* frame = std::get_if<participant::Send>(&effect)) {
      receive(shop, *frame);
    }
  }

  void receive(Shop& shop, const participant::Send& sent) {
    if (sent.type == protocol::MessageType::share_keys) {
      auto message = protocol::decode<protocol::ShareKeys>(sent.frame).value();
      const auto bound = std::ranges::find_if(
          variants_, [&](const Variant& v) { return v.view.rd == message.rd; });
      shop.variant = static_cast<std::size_t>(bound - variants_.begin());
      bound->dealt[shop.number].push_back(std::move(message));
    } else if (sent.type == protocol::MessageType::survivor_signature) {
      auto message = protocol::decode<protocol::SurvivorSignature>(sent.frame).value();
      const CertifiedValues values{message.rd, message.sharers, message.survivors};
      for (const auto& member : std::get<AwaitingCertificate>(*shop.phase).survivors.members) {
        if (!signed_.contains(values)) survivors_[values].push_back(number_of(member.member));
      }
      signed_[values].emplace(shop.number, std::move(message));
    } else if (sent.type == protocol::MessageType::unmask) {
      const auto message = protocol::decode<protocol::Unmask>(sent.frame).value();
      ++loot_.answers;
      for (const auto& share : message.shares) {
        const auto& dealer = variants_[*shop.variant].view.cohort.at(share.dealer);
        secrets_.reveal({*shop.variant, number_of(dealer), share.kind}, shop.number, share.share);
      }
    }
  }

  bool describe(Shop& shop) {
    std::vector<std::size_t> possible;
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      if (has(variants_[v].members, shop.number) || draw_.chance(10)) possible.push_back(v);
    }
    auto description = variants_[possible[draw_.below(possible.size())]].description;
    if (draw_.chance(1)) description.descriptor.q -= 1;  // Not signed, and below the threshold.
    return send(shop, std::move(description));
  }

  bool deliver(Shop& shop) {
    const Variant& variant = variants_[*shop.variant];
    Members wanted = lists_.sharers(shop.number, variant, draw_);
    std::vector<protocol::ShareKeys> messages;
    for (const std::size_t member : wanted) {
      const auto dealt = variant.dealt.find(member);
      if (dealt == variant.dealt.end()) continue;
      const bool lie = lists_.equivocates() && dealt->second.size() > 1 && draw_.chance(50);
      messages.push_back(dealt->second[lie ? 1 : 0]);
    }
    const bool complete = messages.size() == wanted.size();
    if (!complete && (!impatient_ || messages.size() < variant.view.descriptor.s_min)) return false;
    return send(shop, delivery_for(variant, std::move(messages), shop.context.self));
  }

  bool finish_masking(Shop& shop) {
    shop.wants_masks = false;
    if (draw_.chance(2)) {
      return tell(shop, participant::MaskingFailed{Error{BaseErrc::io_failed, "no space"}});
    }
    if (lists_.drops_before_upload(shop.number)) {
      shop.phase.reset();  // It falls silent; its masks must be recovered.
      return true;
    }
    participant::MaskedInputSpooled spooled;
    spooled.chunk_count = protocol::chunk_count(variants_[*shop.variant].description.descriptor);
    return tell(shop, spooled);
  }

  /// The header of a member that names this U1: its own, a colluder's, or one signed in its name.
  std::optional<protocol::MaskedInput> header_of(std::size_t member, const Variant& variant,
                                                 const Digest& sharers) {
    for (const auto& shop : shops_) {
      if (shop->number == member && shop->header && shop->header->rd == variant.view.rd &&
          shop->header->sharers == sharers) {
        return shop->header;
      }
    }
    if (!colludes(member) && !script_.without_certificate) return std::nullopt;
    protocol::MaskedInput header;
    header.sender = id(member);
    header.rd = variant.view.rd;
    header.sharers = sharers;
    header.chunk_count = protocol::chunk_count(variant.description.descriptor);
    protocol::sign(header, federation_.id(), signer(member));
    return header;
  }

  bool propose(Shop& shop) {
    const Variant& variant = variants_[*shop.variant];
    const Digest sharers = protocol::sharers_digest(shop.sharers);
    Members own_u1;
    for (const auto& sharer : shop.sharers) own_u1.push_back(number_of(sharer.member));
    const Members wanted = lists_.survivors(shop.number, own_u1, variant, draw_);
    std::vector<protocol::MaskedInput> headers;
    for (const std::size_t member : wanted) {
      if (auto header = header_of(member, variant, sharers)) headers.push_back(std::move(*header));
    }
    const bool complete = headers.size() == wanted.size();
    if (!complete && (!impatient_ || headers.size() < variant.view.descriptor.s_min)) return false;
    std::ranges::sort(headers, {}, &protocol::MaskedInput::sender);
    return send(shop, protocol::SurvivorProposal{variant.view.rd, shop.sharers, headers});
  }

  bool certify(Shop& shop) {
    const auto& phase = std::get<AwaitingCertificate>(*shop.phase);
    const Variant& variant = variants_[*shop.variant];
    const CertifiedValues values{variant.view.rd, protocol::sharers_digest(phase.sharers),
                                 phase.survivors.digest};
    protocol::SurvivorCertificate certificate{variant.view.rd, {}};
    for (const auto& survivor : phase.survivors.members) {
      const std::size_t member = number_of(survivor.member);
      const auto genuine = signed_[values].find(member);
      if (genuine != signed_[values].end()) {
        certificate.signatures.push_back(genuine->second);
      } else if (colludes(member) || script_.without_certificate) {
        protocol::SurvivorSignature forged{
            id(member), values.rd, values.sharers, values.survivors, phase.survivors.count(), {}};
        protocol::sign(forged, federation_.id(), signer(member));
        certificate.signatures.push_back(std::move(forged));
      }
    }
    if (certificate.signatures.size() < variant.view.descriptor.q) {
      if (!impatient_ || draw_.chance(50)) return false;
      // Too few: filled up with signatures over other values and with repeats.
      for (const auto& [other, signatures] : signed_) {
        for (const auto& entry : signatures) certificate.signatures.push_back(entry.second);
      }
    }
    return send(shop, std::move(certificate));
  }

  Loot loot();
  void note_opened_masks(const Shop& shop);
  void note_certified(const std::map<std::size_t, std::size_t>& row_of);

  Script script_;
  Draw draw_;
  simulations::Federation federation_;
  coordinator::RoundPlan plan_;
  std::size_t honest_;
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  std::vector<protocol::CheckIn> check_ins_;
  std::vector<Variant> variants_;
  std::vector<std::unique_ptr<Shop>> shops_;
  Lists lists_;
  std::vector<participant::Event> sent_;
  std::map<CertifiedValues, std::map<std::size_t, protocol::SurvivorSignature>> signed_;
  std::map<CertifiedValues, Members> survivors_;
  OpenedSecrets secrets_;
  bool impatient_ = false;
  Loot loot_;
};

void Player::note_opened_masks(const Shop& shop) {
  const auto note = [&](const participant::MaskTerm& term) {
    loot_.opened.insert(std::string{as_text(term.seed.expose())});
  };
  const auto key_known = [&](std::size_t member) {
    return colludes(member) || secrets_.opens_mask_key(member);
  };
  if (secrets_.opens({*shop.variant, shop.number, ShareKind::self_seed})) note(shop.masks.front());
  std::size_t next = 1;  // The self mask comes first, then one for each other member of U1.
  for (const auto& sharer : shop.sharers) {
    const std::size_t peer = number_of(sharer.member);
    if (peer == shop.number) continue;
    if (key_known(peer) || key_known(shop.number)) note(shop.masks[next]);
    ++next;
  }
}

void Player::note_certified(const std::map<std::size_t, std::size_t>& row_of) {
  for (const auto& [values, signatures] : signed_) {
    const auto variant = std::ranges::find_if(
        variants_, [&](const Variant& candidate) { return candidate.view.rd == values.rd; });
    std::size_t possible = signatures.size();
    std::vector<std::size_t> rows;
    for (const std::size_t member : survivors_[values]) {
      // Colluders in U2 sign whatever is needed.
      if (colludes(member)) ++possible;
      if (const auto row = row_of.find(member); row != row_of.end()) rows.push_back(row->second);
    }
    if (possible < variant->view.descriptor.q) continue;
    loot_.survivors_min = std::min(loot_.survivors_min, rows.size());
    loot_.certified.push_back(std::move(rows));
  }
}

Loot Player::loot() {
  const auto recovered = secrets_.recover();
  loot_.recovered = recovered.count;
  loot_.recovered_right = recovered.right;
  std::map<std::size_t, std::size_t> row_of;
  for (const auto& shop : shops_) {
    if (!shop->header) continue;
    row_of[shop->number] = loot_.rows.size();
    MaskedRow row{shop->number, {}};
    for (const auto& term : shop->masks) {
      row.masks.push_back({std::string{as_text(term.seed.expose())}, term.subtract});
    }
    loot_.rows.push_back(std::move(row));
    note_opened_masks(*shop);
  }
  note_certified(row_of);
  return std::move(loot_);
}

}  // namespace

Loot play(const Script& script) { return Player{script}.play(); }

}  // namespace guildsum::property
