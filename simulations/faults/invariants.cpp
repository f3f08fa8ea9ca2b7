#include "simulations/faults/invariants.hpp"

#include <algorithm>
#include <cstdlib>

#include "protocol/digests.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {
namespace {

using protocol::MessageType;
using protocol::ShareKind;

}  // namespace

const std::array<Invariant, 10>& invariants() noexcept {
  static constexpr std::array<Invariant, 10> kAll{
      Invariant{"I1", "an opened sum is the exact sum of its members' inputs", ""},
      Invariant{"I2", "nobody is counted twice or lost in silence", ""},
      Invariant{"I3", "only certified sums can be read from all that the coordinator has", ""},
      Invariant{"I4", "nothing is published below the minimum group", ""},
      Invariant{"I5", "transcripts, audit chain and model versions are in order and verify", ""},
      Invariant{"I6", "no data without consent enters a batch",
                "simulated shops have inputs of their own and no consent ledger"},
      Invariant{"I7", "the privacy budget is charged before sending and never exceeded",
                "rounds run without differential privacy"},
      Invariant{"I8", "once faults stop, every round ends in time", ""},
      Invariant{"I9", "the same id with other content is refused", ""},
      Invariant{"I10", "all honest shops of a round signed the same transcript", ""}};
  return kAll;
}

InvariantChecker::InvariantChecker(const EventQueue& queue, std::vector<Id> shops)
    : queue_{queue}, shops_{std::move(shops)} {
  for (std::uint32_t shop = 0; shop < shops_.size(); ++shop) index_.emplace(shops_[shop], shop);
}

std::uint32_t InvariantChecker::number_of(const participant::MaskTerm& term) {
  const auto bytes = term.seed.expose();
  std::string seed;
  for (const std::byte byte : bytes) seed.push_back(static_cast<char>(byte));
  const auto next = static_cast<std::uint32_t>(seeds_.size());
  return seeds_.try_emplace(std::move(seed), next).first->second;
}

std::uint32_t InvariantChecker::index_of(const Id& shop) const {
  const auto found = index_.find(shop);
  return found == index_.end() ? static_cast<std::uint32_t>(shops_.size()) : found->second;
}

std::string InvariantChecker::name(const Id& shop) const {
  return "shop " + std::to_string(index_of(shop));
}

std::string InvariantChecker::name(const protocol::RoundDigest& rd) const {
  const auto found = attempts_.find(rd);
  if (found == attempts_.end() || !found->second.description) return "an unknown round";
  const protocol::RoundDescriptor& d = found->second.description->descriptor;
  return "round " + std::to_string(d.round.value()) + "." + std::to_string(d.attempt.value());
}

void InvariantChecker::report(std::string_view invariant, std::string what) {
  if (!hidden_path.empty()) {
    for (auto at = what.find(hidden_path); at != std::string::npos; at = what.find(hidden_path)) {
      what.erase(at, hidden_path.size());
    }
  }
  if (!reported_.insert(std::string{invariant} + what).second) return;
  violations_.push_back({std::string{invariant}, queue_.now().count(), std::move(what)});
}

void InvariantChecker::describe(const protocol::RoundDescription& description) {
  Attempt& known = attempt(protocol::round_digest(description.descriptor));
  if (!known.description) known.description = description;
}

void InvariantChecker::on_masked(std::uint32_t shop, const protocol::RoundDescription& round,
                                 const std::vector<protocol::MemberDigest>& sharers,
                                 const std::vector<participant::MaskTerm>& masks,
                                 const std::vector<std::int64_t>& values) {
  describe(round);
  Attempt& known = attempt(protocol::round_digest(round.descriptor));
  const Id self = shops_[shop];
  Row row;
  row.as_given =
      given_input && given_input(shop, round.descriptor.state.step_number, values.size()) == values;
  if (!row.as_given) row.values = values;
  for (const auto& term : masks) row.masks.push_back({number_of(term), term.subtract});
  // The own self mask comes first, then a pair mask for each other sharer, in order.
  known.self_seeds[self] = row.masks.front().seed;
  std::size_t next = 1;
  for (const protocol::MemberDigest& sharer : sharers) {
    if (sharer.member == self) continue;
    const std::uint32_t other = index_of(sharer.member);
    known.pair_seeds[std::minmax(shop, other)] = row.masks[next++].seed;
  }
  known.rows[self] = std::move(row);
}

void InvariantChecker::on_signed(std::uint32_t shop, MessageType type, ByteView frame) {
  ++checks_;
  if (type == MessageType::check_in) {
    const auto message = protocol::decode<protocol::CheckIn>(frame);
    const Bytes bytes{frame.begin(), frame.end()};
    const auto [known, fresh] = check_ins_.try_emplace({shop, message->counter}, bytes);
    if (!fresh && known->second != bytes) {
      report("I9", "shop " + std::to_string(shop) + " signed two check-ins with counter " +
                       std::to_string(message->counter));
    }
  }
  if (type == MessageType::survivor_signature) {
    const auto message = protocol::decode<protocol::SurvivorSignature>(frame);
    Attempt& known = attempt(message->rd);
    known.signed_lists.insert({message->sharers, message->survivors});
    if (known.signed_lists.size() > 1 && lie != CoordinatorLie::splits_views) {
      report("I10", name(message->rd) + ": shops signed different survivors");
    }
  }
  if (type == MessageType::vote) {
    const auto message = protocol::decode<protocol::Vote>(frame);
    Attempt& known = attempt(message->rd);
    known.results_voted_for.insert(message->result);
    known.voters.insert(shop);
    if (known.results_voted_for.size() > 1) {
      report("I10", name(message->rd) + ": shops voted on different results");
    }
    if (!message->accept && lie != CoordinatorLie::lies_on_result) {
      report("I1", name(message->rd) + ": shop " + std::to_string(shop) +
                       " could not reproduce the result, reason " +
                       std::to_string(static_cast<int>(message->reason)));
    }
  }
}

void InvariantChecker::on_journal(std::uint32_t shop, const participant::JournalRecord& record) {
  if (const auto* closed = std::get_if<participant::RoundClosed>(&record)) {
    closed_.emplace_back(shop, *closed);
  }
}

void InvariantChecker::on_freed(std::uint32_t shop, const protocol::RoundDigest& rd) {
  freed_.emplace_back(shop, rd);
}

void InvariantChecker::on_received(std::uint32_t shop, MessageType type, ByteView frame) {
  ++checks_;
  if (type == MessageType::survivor_signature) {
    const auto message = protocol::decode<protocol::SurvivorSignature>(frame);
    attempt(message->rd).signatures[message->survivors].insert(message->sender);
  }
  if (type == MessageType::unmask) {
    const auto message = protocol::decode<protocol::Unmask>(frame);
    Attempt& known = attempt(message->rd);
    bool opens = false;
    for (const protocol::RevealedShare& share : message->shares) {
      opens = reveal(known, shop, share) || opens;
    }
    // Until the next secret opens nothing more can be read.
    if (!opens) return;
    known.opened = true;
    check_readable(known);
  }
}

bool InvariantChecker::reveal(Attempt& known, std::uint32_t shop,
                              const protocol::RevealedShare& share) {
  Holders& holders = known.revealed[{share.kind, share.dealer.value()}];
  holders.has.resize(shops_.size());
  if (holders.has[shop]) return false;
  holders.has[shop] = true;
  ++holders.count;
  return known.description && holders.count == known.description->descriptor.t;
}

void InvariantChecker::on_accepted(std::uint32_t shop, MessageType type, const std::string& about,
                                   ByteView frame) {
  ++checks_;
  const std::string id =
      std::to_string(shop) + "/" + std::to_string(static_cast<int>(type)) + "/" + about;
  const Bytes bytes{frame.begin(), frame.end()};
  const auto [known, fresh] = accepted_.try_emplace(id, bytes);
  if (!fresh && known->second != bytes) {
    report("I9", "the coordinator accepted two messages of shop " + std::to_string(shop) +
                     " under one id, type " + std::to_string(static_cast<int>(type)) + ", " +
                     about);
  }
}

void InvariantChecker::on_input(std::uint32_t shop, const protocol::RoundDigest& rd) {
  Attempt& known = attempt(rd);
  const auto row = known.rows.find(shops_[shop]);
  if (row == known.rows.end() || row->second.received) return;
  row->second.received = true;
  // Before that each input hides behind its own self mask.
  if (known.opened) check_readable(known);
}

void InvariantChecker::on_certificate(const protocol::SurvivorCertificate& certificate) {
  if (certificate.signatures.empty()) return;
  const Attempt& known = attempt(certificate.rd);
  const auto members = known.survivors.find(certificate.signatures.front().survivors);
  if (members == known.survivors.end()) {
    return report("I4", name(certificate.rd) + ": a certificate of survivors nobody proposed");
  }
  if (members->second.size() < survivors_min ||
      members->second.size() < known.description->descriptor.s_min) {
    report("I4", name(certificate.rd) + ": certified with " +
                     std::to_string(members->second.size()) + " survivors");
  }
}

void InvariantChecker::on_phase_message(std::uint32_t number, ByteView frame) {
  ++checks_;
  if (number == 1) {
    const auto message = protocol::decode<protocol::RoundDescription>(frame);
    describe(*message);
    if (message->descriptor.n < cohort_min) {
      report("I4", "a round of " + std::to_string(message->descriptor.n) + " shops");
    }
  } else if (number == 3) {
    const auto message = protocol::decode<protocol::SurvivorProposal>(frame);
    const auto list = protocol::survivors_list(message->headers);
    std::vector<Id> members;
    for (const auto& member : list) members.push_back(member.member);
    attempt(message->rd).survivors[protocol::survivors_digest(list)] = std::move(members);
  } else if (number == 4) {
    on_certificate(*protocol::decode<protocol::SurvivorCertificate>(frame));
  } else if (number == 5) {
    check_result(*protocol::decode<protocol::RoundResult>(frame));
  }
}

void InvariantChecker::check_result(const protocol::RoundResult& result) {
  Attempt& known = attempt(result.rd);
  if (known.result) {
    if (protocol::message_digest(*known.result) != protocol::message_digest(result)) {
      report("I9", name(result.rd) + ": two results");
    }
    return;
  }
  known.result = result;
  ++sums_;
  const auto members = known.survivors.find(result.survivors);
  if (!known.description || members == known.survivors.end()) {
    return report("I1", name(result.rd) + ": a sum over shops that were never proposed");
  }
  counted_ += members->second.size();
  if (members->second.size() < survivors_min || result.survivor_count < survivors_min) {
    report("I4", name(result.rd) + ": a sum over " + std::to_string(members->second.size()));
  }
  check_members(known, members->second);
  const auto packed = read_sum(result.sum);
  if (!packed) return report("I1", name(result.rd) + ": its sum cannot be read");
  const auto sum = protocol::unpack_sum(known.description->descriptor.codec, *packed);
  if (!sum) return report("I1", name(result.rd) + ": its sum is malformed");
  check_sum(known, members->second, *sum);
  for (auto& [shop, row] : known.rows) row.values = {};  // A second result is refused above.
}

std::vector<std::int64_t> InvariantChecker::values_of(const Attempt& known, const Id& shop,
                                                      std::size_t length) const {
  const Row& row = known.rows.at(shop);
  if (!row.as_given) return row.values;
  return given_input(index_of(shop), known.description->descriptor.state.step_number, length);
}

void InvariantChecker::check_sum(const Attempt& known, const std::vector<Id>& members,
                                 std::span<const std::int64_t> sum) {
  const std::string round = name(known.result->rd);
  std::vector<std::int64_t> expected(sum.size(), 0);
  for (const Id& member : members) {
    const auto row = known.rows.find(member);
    if (row == known.rows.end()) {
      report("I1", round + ": " + name(member) + " is counted and gave no input");
      continue;
    }
    const auto values = values_of(known, member, sum.size());
    for (std::size_t k = 0; k < sum.size(); ++k) expected[k] += values[k];
  }
  for (std::size_t shop = 0; shop < shops_.size() && shop < sum.size(); ++shop) {
    if (sum[shop] == expected[shop]) continue;
    report("I1", round + ": shop " + std::to_string(shop) + "'s own place holds " +
                     std::to_string(sum[shop]) + ", expected " + std::to_string(expected[shop]));
  }
  for (std::size_t k = shops_.size(); k < sum.size(); ++k) {
    if (sum[k] == expected[k]) continue;
    return report("I1", round + ": value " + std::to_string(k) + " is " + std::to_string(sum[k]) +
                            ", expected " + std::to_string(expected[k]));
  }
}

void InvariantChecker::add_knowledge(const Attempt& known, MaskKnowledge& all) const {
  if (!known.description) return;
  const protocol::RoundDescriptor& d = known.description->descriptor;
  std::map<Id, std::size_t> row_of;
  for (const auto& [shop, row] : known.rows) {
    if (!row.received) continue;
    row_of[shop] = all.rows.size();
    MaskedRow masked{index_of(shop), {}};
    for (const Term& term : row.masks) {
      masked.masks.push_back({std::to_string(term.seed), term.subtract});
    }
    all.rows.push_back(std::move(masked));
  }
  for (const auto& [secret, holders] : known.revealed) {
    if (holders.count < d.t) continue;
    const Id dealer = known.description->check_ins[secret.second].sender;
    if (secret.first == ShareKind::self_seed) {
      const auto seed = known.self_seeds.find(dealer);
      if (seed != known.self_seeds.end()) all.opened.insert(std::to_string(seed->second));
      continue;
    }
    const std::uint32_t own = index_of(dealer);
    for (const auto& [pair, seed] : known.pair_seeds) {
      if (pair.first == own || pair.second == own) all.opened.insert(std::to_string(seed));
    }
  }
  for (const auto& [digest, signers] : known.signatures) {
    const auto members = known.survivors.find(digest);
    if (signers.size() < d.q || members == known.survivors.end()) continue;
    std::vector<std::size_t> rows;
    for (const Id& member : members->second) {
      if (row_of.contains(member)) rows.push_back(row_of[member]);
    }
    all.certified.push_back(std::move(rows));
  }
}

void InvariantChecker::check_readable(const Attempt& known) {
  MaskKnowledge all;
  add_knowledge(known, all);
  const ReadableSpan span = readable_span(all);
  if (!span.only_certified) {
    report("I3", name(protocol::round_digest(known.description->descriptor)) +
                     ": something other than the certified sum can be read");
  }
  for (const std::size_t sum : span.readable) {
    std::vector<Id> members;
    for (const std::size_t row : all.certified[sum]) members.push_back(shops_[all.rows[row].shop]);
    check_members(known, members);
  }
}

void InvariantChecker::check_members(const Attempt& known, const std::vector<Id>& members) {
  const protocol::RoundDescriptor& d = known.description->descriptor;
  const auto [step, first] =
      steps_.try_emplace({d.state.lineage, d.state.step_kind, d.state.step_number}, members);
  if (first || step->second == members) return;
  report("I2", name(protocol::round_digest(d)) + ": a second sum of one step over other shops");
}

void InvariantChecker::check_closed() {
  const auto is_counted = [&](std::uint32_t shop, const protocol::RoundDigest& rd) {
    const Attempt& known = attempts_[rd];
    if (!known.result) return false;
    const auto members = known.survivors.find(known.result->survivors);
    return members != known.survivors.end() &&
           std::ranges::find(members->second, shops_[shop]) != members->second.end();
  };
  for (const auto& [shop, closed] : closed_) {
    if (closed.rd.is_zero()) continue;
    const bool counted = is_counted(shop, closed.rd);
    const std::string who = name(closed.rd) + ": shop " + std::to_string(shop);
    if (counted && !closed.counted) report("I2", who + " is in the sum and believes it is not");
    // Who left before it saw U2 takes itself for counted whatever became of its input: it only
    // keeps out of sums. Who voted has seen U2.
    const bool knows = attempts_[closed.rd].voters.contains(shop);
    if (closed.opened && closed.counted && knows && !counted) {
      report("I2", who + " believes that it is counted and is not in the sum");
    }
  }
  for (const auto& [shop, rd] : freed_) {
    if (!is_counted(shop, rd)) continue;
    report("I2", name(rd) + ": shop " + std::to_string(shop) +
                     " was freed from an attempt whose sum it is in");
  }
}

void InvariantChecker::at_the_end() {
  check_closed();
  MaskKnowledge all;
  for (const auto& [rd, known] : attempts_) add_knowledge(known, all);
  if (!readable_span(all).only_certified) {
    report("I3", "over all rounds something other than certified sums can be read");
  }
  ++checks_;
}

}  // namespace guildsum::simulations
