#include "round_setup.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol::test {
namespace {

constexpr std::uint64_t kVectorLength = 100;
constexpr std::uint32_t kChunkValues = 64;

Shop make_shop(std::uint64_t seed) {
  SeededRandom random{1000 + seed};
  auto signing = crypto::generate_signing_key(random);
  auto mask_secret = crypto::generate_x25519_key(random);
  const auto share_secret = crypto::generate_x25519_key(random);
  auto self_seed = random.secret<SelfSeedTag, 32>();
  crypto::X25519KeyPair mask_key{mask_secret};
  return Shop{crypto::Signer{signing}, std::move(mask_secret), std::move(mask_key),
              crypto::X25519KeyPair{share_secret}, std::move(self_seed)};
}

std::vector<crypto::Share> deal(std::span<const std::byte, 32> secret, std::uint32_t t,
                                std::uint32_t n, std::uint64_t seed) {
  SeededRandom random{seed};
  crypto::SeedStream stream{random.secret<crypto::ExpansionSeedTag, 32>(), "test shares"};
  auto shares = crypto::split(secret, {.threshold = t, .count = n}, stream);
  return std::move(shares).value();
}

}  // namespace

crypto::Signer sample_signer(std::uint64_t seed) {
  SeededRandom random{seed};
  return crypto::Signer{crypto::generate_signing_key(random)};
}

Bytes sample_bytes(std::uint64_t seed, std::size_t size) {
  SeededRandom random{seed};
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

ParticipantId Shop::id() const { return ParticipantId{signer.verify_key().view()}; }

RoundSetup::RoundSetup(std::uint32_t n) {
  enrol_shops(n);
  check_in_all();
  view = RoundView::of(description).value();
  share_all();
  upload_all();
}

void RoundSetup::enrol_shops(std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) shops.push_back(make_shop(i));
  std::ranges::sort(shops, {}, &Shop::id);
  for (std::uint32_t i = 0; i < n; ++i) {
    const RosterEntry entry =
        sign_roster_entry(roster, federation, RosterChange::join, shops[i].id(),
                          "shop-" + std::to_string(i), Epoch{1}, registrar);
    if (roster.append(entry).has_error()) std::abort();
  }
}

void RoundSetup::check_in_all() {
  RoundDescriptor& d = description.descriptor;
  d.federation = federation;
  d.epoch = Epoch{4};
  d.round = RoundId{17};
  d.attempt = Attempt{1};
  d.previous_transcript = sample<Digest>(10);
  d.task_kind = "ease";
  d.base_model = ModelVersion{3};
  d.state = {sample<Digest>(11), sample<BlobId>(12), "ease.gram", 5, sample<BlobId>(13)};
  d.codec.vector_length = kVectorLength;
  d.codec.chunk_values = kChunkValues;
  d.vocabulary = sample<Digest>(14);
  d.roster_head = roster.head();
  d.n = size();
  d.k = d.n - 1;
  d.c = default_corrupt(d.n);
  d.t = d.q = majority_threshold(d.n, d.c);
  d.s_min = d.n < kSurvivorsFloor ? d.n : std::max(d.t, kSurvivorsFloor);
  for (const Shop& shop : shops) {
    CheckIn check_in{.sender = shop.id(),
                     .federation = federation,
                     .epoch = d.epoch,
                     .round = d.round,
                     .attempt = d.attempt,
                     .roster_head = roster.head(),
                     .counter = 9,
                     .mask_key = shop.mask_key.public_key(),
                     .share_key = shop.share_key.public_key(),
                     .self_seed_digest = self_seed_digest(shop.self_seed),
                     .signature = {}};
    sign(check_in, federation, shop.signer);
    description.check_ins.push_back(check_in);
  }
  description.layout = sample_bytes(15, 40);
  description.training_plan = sample_bytes(16, 50);
  description.purpose = "Recommendations for the customers of the caf\u00e9s.";
  seal_description();
}

void RoundSetup::seal_description() {
  RoundDescriptor& d = description.descriptor;
  d.check_ins = check_ins_digest(description.check_ins);
  d.codec.layout = content_digest(description.layout);
  d.training_plan = content_digest(description.training_plan);
  d.purpose = content_digest(as_bytes(description.purpose));
  sign(description, coordinator);
}

void RoundSetup::share_all() {
  const RoundDescriptor& d = description.descriptor;
  for (std::uint32_t i = 0; i < d.n; ++i) {
    const Shop& dealer = shops[i];
    auto mask_shares = deal(dealer.mask_secret.expose(), d.t, d.n, 2000 + i);
    auto seed_shares = deal(dealer.self_seed.expose(), d.t, d.n, 3000 + i);
    SeededRandom salts{4000 + i};
    ShareKeys message{
        .sender = dealer.id(), .rd = view.rd, .shares = {}, .commitments = {}, .signature = {}};
    dealt.emplace_back();
    for (std::uint32_t j = 0; j < d.n; ++j) {
      DealtShares shares{std::move(mask_shares[j]), std::move(seed_shares[j]),
                         salts.secret<ShareSaltTag, 32>(), salts.secret<ShareSaltTag, 32>()};
      const ShareRoute route{view.rd, CohortPosition{i}, CohortPosition{j}};
      message.commitments.push_back(commitments_of(route, shares));
      if (j != i) {
        const PairEnd holder{shops[j].id(), shops[j].share_key.public_key()};
        message.shares.push_back(
            {CohortPosition{j},
             seal_share(dealer.share_key, dealer.id(), holder, route, shares).value()});
      }
      dealt.back().push_back(std::move(shares));
    }
    sign(message, federation, dealer.signer);
    share_keys.push_back(std::move(message));
  }
  sharers = sharers_list(share_keys);
}

void RoundSetup::upload_all() {
  for (std::uint32_t i = 0; i < size(); ++i) {
    MaskedInputUpload upload;
    const Bytes input = chunk(i);
    std::size_t first = 0;
    for (std::uint32_t index = 0; index < chunk_count(description.descriptor); ++index) {
      const std::size_t length = chunk_bytes(description.descriptor, index);
      upload.chunk_digests.push_back(chunk_digest(ByteView{input}.subspan(first, length)));
      first += length;
    }
    upload.header = {.sender = shops[i].id(),
                     .rd = view.rd,
                     .sharers = sharers_digest(sharers),
                     .chunk_root = chunk_root(upload.chunk_digests),
                     .chunk_count = chunk_count(description.descriptor),
                     .signature = {}};
    sign(upload.header, federation, shops[i].signer);
    uploads.push_back(std::move(upload));
  }
}

DescriptionPolicy RoundSetup::policy() const {
  DescriptionPolicy policy;
  policy.task_kinds = {"popularity", "ease"};
  return policy;
}

FederationView RoundSetup::federation_view() const {
  return {federation, coordinator.verify_key(), roster};
}

OpenRound RoundSetup::open_round() const {
  const RoundDescriptor& d = description.descriptor;
  return {federation, d.epoch, d.round, d.attempt, d.roster_head};
}

Bytes RoundSetup::chunk(std::uint32_t shop) const {
  std::size_t size_bytes = 0;
  for (std::uint32_t i = 0; i < chunk_count(description.descriptor); ++i) {
    size_bytes += chunk_bytes(description.descriptor, i);
  }
  return sample_bytes(5000 + shop, size_bytes);
}

ShareDelivery RoundSetup::delivery(std::uint32_t holder) const {
  ShareDelivery delivery{.rd = view.rd, .sharers = sharers, .shares = {}};
  for (std::uint32_t i = 0; i < size(); ++i) {
    DeliveredShare share{.dealer = CohortPosition{i},
                         .ciphertext = {},
                         .ciphertext_digests = {},
                         .commitments = share_keys[i].commitments,
                         .signature = share_keys[i].signature};
    for (const SealedShare& sealed : share_keys[i].shares) {
      share.ciphertext_digests.push_back(ciphertext_digest(sealed.ciphertext));
      if (sealed.holder == CohortPosition{holder}) share.ciphertext = sealed.ciphertext;
    }
    delivery.shares.push_back(std::move(share));
  }
  return delivery;
}

SurvivorProposal RoundSetup::proposal(std::uint32_t count) const {
  SurvivorProposal proposal{.rd = view.rd, .sharers = sharers, .headers = {}};
  for (std::uint32_t i = 0; i < count; ++i) proposal.headers.push_back(uploads[i].header);
  return proposal;
}

Survivors RoundSetup::survivors(std::uint32_t count) const {
  Survivors survivors;
  survivors.members = survivors_list(proposal(count).headers);
  survivors.digest = survivors_digest(survivors.members);
  return survivors;
}

SurvivorSignature RoundSetup::survivor_signature(std::uint32_t shop, const Survivors& u2) const {
  SurvivorSignature message{.sender = shops[shop].id(),
                            .rd = view.rd,
                            .sharers = sharers_digest(sharers),
                            .survivors = u2.digest,
                            .survivor_count = u2.count(),
                            .signature = {}};
  sign(message, federation, shops[shop].signer);
  return message;
}

SurvivorCertificate RoundSetup::certificate(const Survivors& u2) const {
  SurvivorCertificate certificate{.rd = view.rd, .signatures = {}};
  for (std::uint32_t i = 0; i < description.descriptor.q; ++i) {
    certificate.signatures.push_back(survivor_signature(i, u2));
  }
  return certificate;
}

Unmask RoundSetup::unmask(std::uint32_t holder, const Survivors& u2) const {
  Unmask message{.sender = shops[holder].id(),
                 .rd = view.rd,
                 .sharers = sharers_digest(sharers),
                 .survivors = u2.digest,
                 .shares = {},
                 .signature = {}};
  for (std::uint32_t i = 0; i < size(); ++i) {
    const DealtShares& shares = dealt[i][holder];
    const bool survived = u2.contains(shops[i].id());
    const auto& salt = survived ? shares.self_seed_salt : shares.mask_key_salt;
    RevealedShare revealed{CohortPosition{i},
                           survived ? ShareKind::self_seed : ShareKind::mask_key,
                           survived ? shares.self_seed : shares.mask_key,
                           {}};
    std::ranges::copy(salt.expose(), revealed.salt.begin());
    message.shares.push_back(revealed);
  }
  sign(message, federation, shops[holder].signer);
  return message;
}

RoundResult RoundSetup::result(const Survivors& u2) const {
  RoundResult result{.rd = view.rd,
                     .sharers = sharers_digest(sharers),
                     .survivors = u2.digest,
                     .survivor_count = u2.count(),
                     .sum = sample<BlobId>(30),
                     .model_root = sample<BlobId>(31),
                     .model_version = ModelVersion{4},
                     .secrets = {},
                     .transcript = {},
                     .coordinator_signature = {}};
  for (std::uint32_t i = 0; i < size(); ++i) {
    const bool survived = u2.contains(shops[i].id());
    RevealedSecret revealed{
        CohortPosition{i}, survived ? ShareKind::self_seed : ShareKind::mask_key, {}};
    std::ranges::copy(survived ? shops[i].self_seed.expose() : shops[i].mask_secret.expose(),
                      revealed.secret.begin());
    result.secrets.push_back(revealed);
  }
  result.transcript = result_transcript(description.descriptor.previous_transcript, result);
  sign(result, federation, coordinator);
  return result;
}

Vote RoundSetup::vote(std::uint32_t shop, const RoundResult& result) const {
  Vote vote{.sender = shops[shop].id(),
            .rd = view.rd,
            .result = message_digest(result),
            .accept = true,
            .reason = VoteReason::none,
            .signature = {}};
  sign(vote, federation, shops[shop].signer);
  return vote;
}

Abandon RoundSetup::abandon(std::uint32_t shop) const {
  Abandon abandon{.sender = shops[shop].id(), .rd = view.rd, .signature = {}};
  sign(abandon, federation, shops[shop].signer);
  return abandon;
}

std::vector<Abandon> RoundSetup::abandon_certificate() const {
  std::vector<Abandon> certificate;
  for (std::uint32_t i = 0; i < description.descriptor.q; ++i) certificate.push_back(abandon(i));
  return certificate;
}

RoundAborted RoundSetup::aborted() const {
  RoundAborted aborted{.round = description.descriptor.round,
                       .attempt = description.descriptor.attempt,
                       .rd = view.rd,
                       .reason = AbortReason::abandoned,
                       .missing = {shops[0].id(), shops[1].id()},
                       .certificate = abandon_certificate(),
                       .coordinator_signature = {}};
  sign(aborted, federation, coordinator);
  return aborted;
}

Complaint RoundSetup::complaint(std::uint32_t shop, std::uint32_t dealer) const {
  Complaint complaint{.sender = shops[shop].id(),
                      .rd = view.rd,
                      .dealer = shops[dealer].id(),
                      .ciphertext = sample<Digest>(40),
                      .reason = ComplaintReason::commitment_mismatch,
                      .signature = {}};
  sign(complaint, federation, shops[shop].signer);
  return complaint;
}

std::vector<std::vector<ShareCommitments>> RoundSetup::commitments() const {
  std::vector<std::vector<ShareCommitments>> all;
  for (const ShareKeys& message : share_keys) all.push_back(message.commitments);
  return all;
}

EnrolRequest sample_enrol_request(const crypto::Signer& identity, const FederationId& federation,
                                  ByteView exporter) {
  EnrolRequest request;
  std::ranges::copy(sample_bytes(50, 16), request.token_id.begin());
  request.name = "corner-shop";
  request.identity = ParticipantId{identity.verify_key().view()};
  request.csr = sample_bytes(51, 200);
  const JoinSecret secret{sample<Digest>(52).view()};
  request.proof = enrol_proof(secret, request.csr, request.identity, exporter);
  sign(request, federation, exporter, identity);
  return request;
}

RosterUpdate sample_roster_update(const RoundSetup& round) {
  return {round.roster.entries(),
          sign_roster_head(round.roster, round.federation, 1'800'000'000'000, round.registrar)};
}

EnrolReply sample_enrol_reply(const RoundSetup& round) {
  return {.certificate_pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
          .coordinator = round.coordinator.verify_key(),
          .registrar = round.registrar.verify_key(),
          .registrar_embedded = true,
          .roster = sample_roster_update(round),
          .purpose = round.description.purpose,
          .catalogue = sample_bytes(53, 300)};
}

RoundInvitation sample_invitation(const RoundSetup& round) {
  const RoundDescriptor& d = round.description.descriptor;
  return {.federation = d.federation,
          .epoch = d.epoch,
          .round = d.round,
          .attempt = d.attempt,
          .task_kind = d.task_kind,
          .roster_head = d.roster_head,
          .closes_in_ms = 60'000};
}

UploadStatus sample_upload_status() {
  return {.round = RoundId{17}, .complete = false, .missing_chunks = {0, 3, 65'535}};
}

}  // namespace guildsum::protocol::test
