#include "crypto/shamir.hpp"
#include "tests/vectors/round_formulas.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::vectors {

const Record& check_in_of(const RecordedRound& round, std::uint32_t position) {
  return round.description.lists.at("check_ins")[position];
}

End mask_end(const RecordedRound& round, std::uint32_t position) {
  return {round.cohort[position], check_in_of(round, position).bytes.at("E")};
}

End share_end(const RecordedRound& round, std::uint32_t position) {
  return {round.cohort[position], check_in_of(round, position).bytes.at("S")};
}

Members listed(const std::vector<Record>& list) {
  Members members;
  for (const Record& entry : list) {
    members.emplace_back(entry.bytes.at("member"), entry.bytes.at("message"));
  }
  return members;
}

Bytes sharers_digest(const Members& members) {
  return sha(joined(as_bytes("U1"), member_list(members)));
}

Bytes survivors_digest(const Members& members) {
  return sha(joined(as_bytes("U2"), member_list(members)));
}

Bytes recovered(const std::vector<std::pair<std::uint32_t, Bytes>>& shares) {
  std::vector<crypto::ShareIndex> holders;
  std::vector<crypto::Share> parsed;
  for (const auto& [position, bytes] : shares) {
    holders.push_back(crypto::ShareIndex::of_position(position));
    auto share = crypto::Share::parse(bytes);
    BOOST_REQUIRE(share.has_value());
    parsed.push_back(std::move(*share));
  }
  std::vector<const crypto::ShareLimbs*> points;
  for (const crypto::Share& share : parsed) points.push_back(&share.expose());
  const auto recovery = crypto::Recovery::create(holders);
  BOOST_REQUIRE(recovery.has_value());
  Bytes secret(32);
  BOOST_REQUIRE(
      recovery->recover_into(points, std::span<std::byte, 32>{secret.data(), 32}).has_value());
  return secret;
}

std::vector<std::uint64_t> masked_input(const RecordedRound& round, std::uint32_t position,
                                        const Members& sharers) {
  const auto& shop = round.shop(position);
  const auto ring = static_cast<unsigned>(round.descriptor.numbers.at("R"));
  std::vector<std::uint64_t> sum;
  for (const auto& value : shop.at("input").as_array()) {
    sum.push_back(static_cast<std::uint64_t>(value.as_int64()));
  }
  const auto add = [&](const Bytes& seed, bool subtract) {
    const auto mask = mask_values(seed, ring, sum.size());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += subtract ? 0 - mask[i] : mask[i];
  };
  add(self_seed(bytes(shop, "b"), round.cohort[position], round.rd), false);
  for (const auto& [peer, digest] : sharers) {
    if (peer == round.cohort[position]) continue;
    add(pair_seed(bytes(shop, "e"), mask_end(round, position),
                  mask_end(round, round.position_of(peer)), round.rd),
        peer < round.cohort[position]);
  }
  for (std::uint64_t& value : sum) value &= (std::uint64_t{1} << ring) - 1;
  return sum;
}

Members sharers(const RecordedRound& round) {
  return listed(read_share_delivery(round.of_type(14).front()->body()).lists.at("U1"));
}

Members survivors(const RecordedRound& round) {
  Members members;
  const Record proposal = read_proposal(round.of_type(18).front()->body());
  for (const Record& header : proposal.lists.at("headers")) {
    members.emplace_back(header.bytes.at("sender"), labelled("masked-input", header.all));
  }
  return members;
}

bool contains(const Members& members, const Bytes& id) {
  return std::ranges::any_of(members, [&](const auto& member) { return member.first == id; });
}

}  // namespace guildsum::vectors
