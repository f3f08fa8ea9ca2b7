#include "tests/attacks/adversary.hpp"

#include <algorithm>
#include <bit>

#include "models/task_plan.hpp"
#include "models/vocabulary.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/overflow.hpp"
#include "protocol/signing.hpp"

namespace guildsum::attacks {
namespace {

constexpr std::uint32_t kItems = 12;
constexpr std::chrono::hours kHeadValidity{1};

std::string make_catalogue() {
  std::vector<models::Item> items;
  for (std::uint32_t i = 0; i < kItems; ++i) {
    items.push_back({"item-" + std::to_string(i), "Item " + std::to_string(i)});
  }
  return models::Vocabulary::build(std::move(items)).value().to_csv();
}

std::unique_ptr<models::SumTask> make_task() {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::popularity;
  plan.items = kItems;
  plan.customers_max = 1000;
  return models::make_task(plan).value();
}

}  // namespace

Adversary::Adversary()
    : authority_{crypto::CertificateAuthority::create("Attacked federation", clock_.wall_now(),
                                                      random_)
                     .value()},
      coordinator_{crypto::generate_signing_key(random_)},
      registrar_{crypto::generate_signing_key(random_)},
      federation_{authority_.root().spki_sha256().view()},
      roster_{federation_, registrar_.verify_key()},
      catalogue_{make_catalogue()},
      task_{make_task()},
      first_root_{protocol::blob_id(task_->checkpoint())} {}

void Adversary::ask_for(const models::TaskPlan& plan, const PrivateItems& items) {
  task_ = models::make_task(plan).value();
  first_root_ = protocol::blob_id(task_->checkpoint());
  private_items_ = items;
}

std::unique_ptr<models::SumTask> Adversary::task() const {
  return models::restore_task_at(task_->plan(), task_->checkpoint(),
                                 task_->next_request().value().step_number)
      .value();
}

void Adversary::go_on(std::span<const std::int64_t> sum, std::uint32_t survivors) {
  task_->apply(sum, {.survivors = survivors}).value();
  if (task_->finished()) task_->reopen().value();
}

void Adversary::admit(const ParticipantId& shop, const std::string& name) {
  const auto entry = protocol::sign_roster_entry(roster_, federation_, protocol::RosterChange::join,
                                                 shop, name, protocol::Epoch{1}, registrar_);
  roster_.append(entry).value();
}

protocol::RosterUpdate Adversary::roster_after(std::uint64_t from) const {
  protocol::RosterUpdate update;
  const auto& entries = roster_.entries();
  for (std::uint64_t i = from; i < entries.size(); ++i) update.entries.push_back(entries[i]);
  const auto expiry = (clock_.wall_now() + kHeadValidity).time_since_epoch().count();
  update.head = protocol::sign_roster_head(roster_, federation_, expiry, registrar_);
  return update;
}

net::TlsServerConfig Adversary::server_tls() {
  const auto key = crypto::TlsKey::generate_ed25519().value();
  const crypto::ServerNames names{.dns = {"localhost"}, .addresses = {"127.0.0.1"}};
  const auto leaf = authority_.issue_server(key, names, clock_.wall_now(), random_).value();
  net::TlsServerConfig tls;
  tls.certificate_chain_pem = leaf.to_pem() + authority_.root().to_pem();
  tls.private_key_pem = key.to_pem().value();
  tls.client_certificates = net::ClientCertificates::optional;
  tls.client_ca_pem = authority_.root().to_pem();
  return tls;
}

std::string Adversary::join_token(const std::string& name, const std::string& url) {
  protocol::JoinToken token{.url = url,
                            .federation = federation_,
                            .name = name,
                            .secret = random_.secret<protocol::JoinSecret>()};
  random_.fill(token.id);
  token.expires_unix_ms = (clock_.wall_now() + kHeadValidity).time_since_epoch().count();
  return protocol::print_join_token(token);
}

protocol::EnrolReply Adversary::enrol(const protocol::EnrolRequest& request) {
  const auto certificate = authority_.issue_client(
      request.csr, request.name, request.identity.view(), clock_.wall_now(), random_);
  admit(request.identity, request.name);
  protocol::EnrolReply reply;
  reply.certificate_pem = certificate.value().to_pem() + authority_.root().to_pem();
  reply.coordinator = coordinator_.verify_key();
  reply.registrar = registrar_.verify_key();
  reply.registrar_embedded = true;
  reply.roster = roster_after(0);
  reply.purpose = purpose_;
  reply.catalogue = to_bytes(catalogue_);
  return reply;
}

protocol::RoundDescription Adversary::round_template(protocol::RoundId round) const {
  const auto request = task_->next_request().value();
  const auto root = protocol::blob_id(task_->checkpoint());
  protocol::RoundDescription out;
  out.layout = request.layout.canonical_bytes();
  out.training_plan = task_->plan().canonical_bytes();
  out.purpose = purpose_;
  protocol::RoundDescriptor& d = out.descriptor;
  d.federation = federation_;
  d.epoch = protocol::Epoch{1};
  d.round = round;
  d.previous_transcript = chain_;
  d.task_kind = models::to_string(task_->plan().kind);
  d.state.lineage = protocol::lineage_of(d.epoch, first_root_);
  d.state.model_root = root;
  d.state.step_kind = request.step_kind;
  d.state.step_number = request.step_number;
  if (!request.public_inputs.empty()) {
    d.state.public_inputs = protocol::blob_id(request.public_inputs);
  }
  d.codec.value_bits = static_cast<std::uint8_t>(std::bit_width(request.layout.bound_max()) + 1);
  d.codec.ring_bits =
      protocol::smallest_ring({.n_max = protocol::kCohortMax, .value_bits = d.codec.value_bits})
          .value()
          .ring_bits;
  d.codec.chunk_values = 64;
  d.codec.vector_length = request.layout.total_length();
  d.vocabulary = catalogue_.empty() ? private_items_.vocabulary
                                    : protocol::content_digest(as_bytes(catalogue_));
  d.vocabulary_key = private_items_.key;
  d.roster_head = roster_.head();
  return out;
}

void complete(protocol::RoundDescription& description, std::uint32_t c) {
  std::ranges::sort(description.check_ins, {}, &protocol::CheckIn::sender);
  protocol::RoundDescriptor& d = description.descriptor;
  d.purpose = protocol::content_digest(as_bytes(description.purpose));
  d.training_plan = protocol::content_digest(description.training_plan);
  d.codec.layout = protocol::content_digest(description.layout);
  d.check_ins = protocol::check_ins_digest(description.check_ins);
  d.n = static_cast<std::uint32_t>(description.check_ins.size());
  d.k = d.n - 1;
  d.c = c;
  d.t = protocol::majority_threshold(d.n, c);
  d.q = d.t;
  d.s_min = std::max(d.t, protocol::kSurvivorsFloor);
}

void sign(protocol::RoundDescription& description, const Adversary& adversary) {
  protocol::sign(description, adversary.coordinator());
}

}  // namespace guildsum::attacks
