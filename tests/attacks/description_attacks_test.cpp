#include <functional>

#include "models/task_plan.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// Phase 0: the coordinator describes another round than it may. The program refuses before it
// shares a key.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::RoundDescription;

/// Bends a description that is complete and signed.
using Bend = std::function<void(RoundDescription&)>;

/// Shows the victim one bent description, signed by the coordinator unless the bend broke that.
std::string shown(Scene& scene, const Bend& bend, bool sign_again = true) {
  Play play = scene.play();
  play.check_in();
  bend(play.description);
  if (sign_again) sign(play.description, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.victim.reaches("abandoned"));
  BOOST_TEST(scene.wire.posted(play.round(), "shares").empty());
  return code;
}

/// As `shown`, but the bend is seen only when the shop prepares its input: nothing is uploaded.
std::string masked_with(Scene& scene, const Bend& bend) {
  Play play = scene.play();
  play.check_in();
  bend(play.description);
  sign(play.description, scene.adversary);
  play.describe();
  scene.victim.tell(PhaseNumber::delivery,
                    protocol::encode(play.delivery(scene.victim.id(), play.u1())));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.victim.reaches("abandoned"));
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").empty());
  return code;
}

struct Row {
  const char* field;
  const char* code;
  std::function<void(protocol::RoundDescriptor&)> bend;
};

const std::vector<Row>& descriptor_rows() {
  using D = protocol::RoundDescriptor;
  static const std::vector<Row> rows{
      {"protocol_version", "unsupported-version", [](D& d) { d.protocol_version = 2; }},
      {"suite", "unsupported-version", [](D& d) { d.suite = 7; }},
      {"federation", "wrong-federation", [](D& d) { d.federation = {}; }},
      {"epoch", "wrong-round", [](D& d) { d.epoch = protocol::Epoch{9}; }},
      {"round", "wrong-round", [](D& d) { d.round = protocol::RoundId{900}; }},
      {"attempt", "wrong-round", [](D& d) { d.attempt = protocol::Attempt{3}; }},
      {"task_kind", "policy-refused", [](D& d) { d.task_kind = "profile"; }},
      {"purpose", "digest-mismatch", [](D& d) { d.purpose = {}; }},
      {"training_plan", "digest-mismatch", [](D& d) { d.training_plan = {}; }},
      {"codec.ring_bits", "bad-descriptor", [](D& d) { d.codec.ring_bits = 15; }},
      {"codec.value_bits", "overflow-not-excluded",
       [](D& d) { d.codec.value_bits = static_cast<std::uint8_t>(d.codec.ring_bits - 1); }},
      {"codec.weight_cap", "overflow-not-excluded", [](D& d) { d.codec.weight_cap = 1U << 30; }},
      {"codec.chunk_values", "bad-descriptor", [](D& d) { d.codec.chunk_values = 65; }},
      {"codec.layout", "digest-mismatch", [](D& d) { d.codec.layout = {}; }},
      {"privacy, without noise", "bad-descriptor", [](D& d) { d.privacy.enabled = true; }},
      {"privacy, which no shop here adds", "policy-refused",
       [](D& d) {
         d.privacy = {true, 1'000'000, 1000};
       }},
      {"roster_head", "digest-mismatch", [](D& d) { d.roster_head = {}; }},
      {"check_ins", "digest-mismatch", [](D& d) { d.check_ins = {}; }},
      {"graph_seed", "bad-descriptor", [](D& d) { d.graph_seed[0] = std::byte{1}; }},
      {"n", "bad-descriptor", [](D& d) { ++d.n; }},
      {"k", "bad-descriptor", [](D& d) { --d.k; }},
      {"c of zero", "bad-descriptor", [](D& d) { d.c = 0; }},
      {"t below", "bad-descriptor", [](D& d) { --d.t; }},
      {"t above", "bad-descriptor", [](D& d) { ++d.t; }},
      {"q below", "bad-descriptor", [](D& d) { --d.q; }},
      {"q above", "bad-descriptor", [](D& d) { ++d.q; }},
      {"s_min below t", "bad-descriptor", [](D& d) { d.s_min = d.t - 1; }},
      {"s_min of one", "bad-descriptor", [](D& d) { d.s_min = 1; }},
      {"s_min above n", "bad-descriptor", [](D& d) { d.s_min = d.n + 1; }},
  };
  return rows;
}

const std::vector<Row>& late_rows() {
  using D = protocol::RoundDescriptor;
  static const std::vector<Row> rows{
      {"state.model_root", "model-not-reproduced", [](D& d) { d.state.model_root = {}; }},
      {"state.step_kind", "request-mismatch", [](D& d) { d.state.step_kind = "ease.gram"; }},
      {"state.public_inputs", "request-mismatch",
       [](D& d) { d.state.public_inputs.mutable_view()[0] = std::byte{1}; }},
      {"codec.vector_length", "request-mismatch", [](D& d) { --d.codec.vector_length; }},
      {"vocabulary", "catalogue-mismatch",
       [](D& d) { d.vocabulary.mutable_view()[0] ^= std::byte{1}; }},
      {"task_kind of another plan", "request-mismatch", [](D& d) { d.task_kind = "ease"; }},
  };
  return rows;
}

/// The owner knows two shops. The coordinator, which signs the roster as well, leaves them out and
/// fills up with members of its own, who have done nothing wrong.
void leave_pinned_shops_out() {
  Adversary adversary;
  Wire wire{adversary};
  const Shops shops{adversary, kOtherShops + 2};
  std::vector<Party*> members;
  shops.join(members);
  const auto settings = [&](int least) {
    return "[policy]\ntrusted_min = " + std::to_string(least) + "\ntrusted = [\"" +
           members[0]->id().hex() + "\", \"" + members[1]->id().hex() + "\"]\n";
  };
  const auto answer = [&](Victim& victim, std::uint64_t round, std::size_t left_out) {
    std::vector<Party*> cohort{&victim};
    cohort.insert(cohort.end(), members.begin() + static_cast<std::ptrdiff_t>(left_out),
                  members.end());
    Play play{adversary, std::move(cohort), protocol::RoundId{round}};
    play.check_in();
    victim.tell(PhaseNumber::description, protocol::encode(play.description));
    const bool shared = wire.wait_for(play.round(), "shares").has_value();
    if (shared) play.abort(victim);
    return shared ? std::string{} : victim.refusal(play.round());
  };
  Victim victim{adversary, wire, settings(2)};
  BOOST_TEST(answer(victim, 1, 2) == "trusted-missing");
  BOOST_TEST(answer(victim, 2, 1) == "trusted-missing");
  BOOST_TEST(answer(victim, 3, 0).empty());
}

/// It bites: an owner who trusts nobody in particular is surrounded.
void surround_who_pins_nobody() {
  Adversary free;
  Wire free_wire{free};
  const Shops strangers{free, kOtherShops};
  std::vector<Party*> surrounding;
  Victim alone{free, free_wire};
  surrounding.push_back(&alone);
  strangers.join(surrounding);
  Play play{free, std::move(surrounding), protocol::RoundId{1}};
  play.check_in();
  alone.tell(PhaseNumber::description, protocol::encode(play.description));
  BOOST_TEST(free_wire.wait_for(play.round(), "shares").has_value());
  play.abort(alone);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(description_attacks_test)

BOOST_AUTO_TEST_CASE(descriptor_fields) {
  Scene scene;
  for (const Row& row : descriptor_rows()) {
    BOOST_TEST_CONTEXT(row.field) {
      const auto code = shown(scene, [&](RoundDescription& d) { row.bend(d.descriptor); });
      BOOST_TEST(code == row.code);
    }
  }
  for (const Row& row : late_rows()) {
    BOOST_TEST_CONTEXT(row.field) {
      const auto code = masked_with(scene, [&](RoundDescription& d) { row.bend(d.descriptor); });
      BOOST_TEST(code == row.code);
    }
  }
}

BOOST_AUTO_TEST_CASE(invented_lineage) {
  // A lineage follows from the epoch and the task's start; it is not a word to choose.
  Scene scene;
  BOOST_TEST(masked_with(scene, [](RoundDescription& d) { d.descriptor.state.lineage = {}; }) ==
             "model-not-reproduced");
}

BOOST_AUTO_TEST_CASE(forged_descriptor) {
  Scene scene;
  const auto flipped = [](RoundDescription& d) {
    d.coordinator_signature.mutable_view()[5] ^= std::byte{1};
  };
  BOOST_TEST(shown(scene, flipped, false) == "bad-signature");
  const auto unsigned_change = [](RoundDescription& d) { ++d.descriptor.state.step_number; };
  BOOST_TEST(shown(scene, unsigned_change, false) == "bad-signature");
  const auto by_the_registrar = [&](RoundDescription& d) {
    protocol::sign(d, scene.adversary.registrar());
  };
  BOOST_TEST(shown(scene, by_the_registrar, false) == "bad-signature");
}

BOOST_AUTO_TEST_CASE(understated_corruption) {
  // Twelve active shops: each assumes that two of them collude, however small the cohort is.
  Scene scene{"", 11};
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               d.check_ins.resize(d.check_ins.size());
               complete(d, 1);
             }) == "understated-corruption");

  Scene cautious{"[policy]\ncorrupt_min = 3\n"};
  BOOST_TEST(shown(cautious, [](RoundDescription& d) { complete(d, 2); }) ==
             "understated-corruption");
}

BOOST_AUTO_TEST_CASE(single_survivor) {
  Scene scene;
  // A round that may end with one survivor.
  const auto lonely = [](RoundDescription& d) { d.descriptor.s_min = 1; };
  BOOST_TEST(shown(scene, lonely) == "bad-descriptor");
  // A cohort of one, two and four.
  for (const std::size_t size : {1U, 2U, 4U}) {
    const auto small = [&](RoundDescription& d) {
      std::ranges::stable_partition(d.check_ins, [&](const protocol::CheckIn& check_in) {
        return check_in.sender == scene.victim.id();
      });
      d.check_ins.resize(size);
      complete(d, 1);
      d.descriptor.s_min = d.descriptor.n;
    };
    BOOST_TEST(shown(scene, small) == "bad-descriptor");
  }
  // A U2 of the victim alone, after an honest start.
  Play play = scene.play();
  play.play_to_uploads();
  scene.victim.tell(PhaseNumber::proposal,
                    protocol::encode(play.proposal(play.u1(), {scene.victim.id()})));
  BOOST_TEST(scene.refusal(play) == "too-few");
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
}

BOOST_AUTO_TEST_CASE(packed_cohort) {
  Scene scene{"[policy]\ncohort_min = 8\n"};
  // A shop of the coordinator's own that is on no roster.
  LocalShop& last = scene.shops[kOtherShops - 1];
  const auto stranger = crypto::generate_signing_key(scene.adversary.random());
  const crypto::Signer signer{stranger};
  const auto invented = [&](RoundDescription& d) {
    for (protocol::CheckIn& check_in : d.check_ins) {
      if (check_in.sender != last.id()) continue;
      check_in.sender = protocol::identity_of(signer.verify_key());
      protocol::sign(check_in, scene.adversary.federation(), signer);
    }
    complete(d, 1);
  };
  BOOST_TEST(shown(scene, invented) == "unknown-sender");
  // One shop counted twice.
  const auto twice = [&](RoundDescription& d) {
    d.check_ins.back() =
        d.check_ins.front().sender == scene.victim.id() ? d.check_ins[1] : d.check_ins.front();
    complete(d, 1);
  };
  BOOST_TEST(shown(scene, twice) == "duplicate");
  // A cohort so small that the coordinator's shops would be most of it.
  const auto few = [&](RoundDescription& d) {
    std::ranges::stable_partition(d.check_ins, [&](const protocol::CheckIn& check_in) {
      return check_in.sender == scene.victim.id();
    });
    d.check_ins.resize(5);
    complete(d, 1);
  };
  BOOST_TEST(shown(scene, few) == "too-few");
  leave_pinned_shops_out();
  surround_who_pins_nobody();
}

BOOST_AUTO_TEST_CASE(purpose_mismatch) {
  Scene scene{"[policy]\ntask_kinds = [\"popularity\"]\n"};
  const auto other_purpose = [](RoundDescription& d) {
    d.purpose = "prices of every customer";
    d.descriptor.purpose = protocol::content_digest(as_bytes(d.purpose));
  };
  BOOST_TEST(shown(scene, other_purpose) == "policy-refused");
  const auto other_task = [](RoundDescription& d) { d.descriptor.task_kind = "ease"; };
  BOOST_TEST(shown(scene, other_task) == "policy-refused");
  // The allowed task by name, with the plan of another one.
  const auto disguised = [](RoundDescription& d) {
    auto plan = models::TaskPlan::parse(d.training_plan).value();
    plan.kind = models::TaskKind::ease;
    const auto task = models::make_task(plan).value();
    const auto request = task->next_request().value();
    const auto root = protocol::blob_id(task->checkpoint());
    d.training_plan = plan.canonical_bytes();
    d.layout = request.layout.canonical_bytes();
    d.descriptor.state.lineage = protocol::lineage_of(d.descriptor.epoch, root);
    d.descriptor.state.model_root = root;
    d.descriptor.state.step_kind = request.step_kind;
    d.descriptor.codec.vector_length = request.layout.total_length();
    complete(d, 1);
  };
  BOOST_TEST(masked_with(scene, disguised) == "request-mismatch");
}

BOOST_AUTO_TEST_CASE(overflow) {
  Scene scene;
  const auto narrow = [](RoundDescription& d) {
    d.descriptor.codec.ring_bits = 16;
    d.descriptor.codec.value_bits = 14;
  };
  BOOST_TEST(shown(scene, narrow) == "overflow-not-excluded");
  // Values that wrap at the ring's edge would show up in the sum as another shop's.
  const auto heavy = [](RoundDescription& d) { d.descriptor.codec.weight_cap = 1U << 31; };
  BOOST_TEST(shown(scene, heavy) == "overflow-not-excluded");
}

BOOST_AUTO_TEST_CASE(trap_parameters) {
  Scene scene;
  // A model that the plan does not lead to, for example one that lets a single row through.
  const auto crafted = [](RoundDescription& d) {
    d.descriptor.state.model_root.mutable_view()[0] ^= std::byte{1};
  };
  BOOST_TEST(masked_with(scene, crafted) == "model-not-reproduced");
  // Another plan under the known lineage: one more item than there is.
  const auto other_plan = [](RoundDescription& d) {
    auto plan = models::TaskPlan::parse(d.training_plan).value();
    ++plan.items;
    d.training_plan = plan.canonical_bytes();
    complete(d, 1);
  };
  BOOST_TEST(masked_with(scene, other_plan) == "model-not-reproduced");
  // A layout that cuts the vector into a piece of its own for one item.
  const auto cut = [](RoundDescription& d) {
    auto layout = models::VectorLayout::parse(d.layout).value();
    auto& first = layout.segments.front();
    models::Segment piece = first;
    piece.length = 1;
    --first.length;
    layout.segments.push_back(piece);
    d.layout = layout.canonical_bytes();
    complete(d, 1);
  };
  BOOST_TEST(masked_with(scene, cut) == "request-mismatch");
  // Public inputs where the step has none.
  const auto inputs = [](RoundDescription& d) {
    d.descriptor.state.public_inputs = protocol::blob_id(as_bytes("search direction"));
  };
  BOOST_TEST(masked_with(scene, inputs) == "request-mismatch");
}

BOOST_AUTO_TEST_CASE(check_in_under_two_descriptors) {
  Scene scene;
  Play play = scene.play();
  play.check_in();
  play.describe();
  auto second = play.description;
  second.descriptor.state.model_root.mutable_view()[0] ^= std::byte{1};
  sign(second, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(second));
  BOOST_TEST(scene.refusal(play) == "journal-conflict");
  BOOST_TEST(scene.wire.posted(play.round(), "shares").size() == 1U);
  // The first descriptor still holds: the round goes on under it.
  play.deliver();
  BOOST_TEST(play.uploads.contains(scene.victim.id()));
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_SUITE_END()
