#include "tests/property/lying_lists.hpp"

namespace guildsum::property {
namespace {

Members random_part(const Members& members, std::size_t percent, Draw& draw) {
  Members part;
  for (const std::size_t member : members) {
    if (draw.chance(percent)) part.push_back(member);
  }
  return part;
}

void include(Members& members, std::size_t member) {
  if (!has(members, member)) members.push_back(member);
}

Members common(const Members& members, const Members& allowed) {
  Members kept;
  for (const std::size_t member : members) {
    if (has(allowed, member)) kept.push_back(member);
  }
  return kept;
}

}  // namespace

Lists::Lists(const Script& script, const Variant& genuine, Draw& draw)
    : strategy_{script.strategy} {
  const std::uint32_t t = genuine.view.descriptor.t;
  Members honest;
  for (std::size_t member = 0; member < script.shops; ++member) {
    (member < script.shops - script.colluders ? honest : colluders_).push_back(member);
  }
  draw.shuffle(honest);
  if (strategy_ == Strategy::split_sharers) {
    targets_ = {honest.front()};
    const std::size_t peers = std::min(t - 1 - colluders_.size(), honest.size() - 1);
    kept_.assign(honest.begin() + 1, honest.begin() + 1 + static_cast<std::ptrdiff_t>(peers));
  } else if (strategy_ == Strategy::split_survivors) {
    targets_.assign(honest.begin(),
                    honest.begin() + 1 + static_cast<std::ptrdiff_t>(draw.below(2)));
  } else {
    silent_.assign(honest.begin(), honest.begin() + static_cast<std::ptrdiff_t>(draw.below(3)));
    equivocates_ = draw.chance(40);
  }
  if (draw.chance(50)) fresh_percent_ = 90;
  for (int list = 0; list < 2; ++list) {
    sharer_lists_.push_back(random_part(genuine.members, 85, draw));
    survivor_lists_.push_back(random_part(genuine.members, 75, draw));
  }
}

Members Lists::sharers(std::size_t shop, const Variant& variant, Draw& draw) const {
  Members list = variant.members;
  if (strategy_ == Strategy::split_sharers && has(targets_, shop)) {
    list = kept_;
    list.insert(list.end(), colluders_.begin(), colluders_.end());
  } else if (strategy_ == Strategy::random_lists) {
    list = draw.chance(20) ? random_part(variant.members, 80, draw)
                           : sharer_lists_[draw.below(sharer_lists_.size())];
    list = common(list, variant.members);
  }
  include(list, shop);
  return list;
}

Members Lists::split_survivors(std::size_t shop, const Members& own_sharers,
                               std::uint32_t s_min) const {
  // A target that was shown a smaller U1 names all of it, so that its own mask is given away too.
  if (strategy_ == Strategy::split_sharers && has(targets_, shop)) return own_sharers;
  Members list = targets_;
  include(list, shop);
  for (const std::size_t member : colluders_) {
    if (list.size() < s_min) include(list, member);
  }
  // The rest is filled evenly, beginning elsewhere for every shop; members of K come last.
  for (const bool from_kept : {false, true}) {
    for (std::size_t k = 0; k < own_sharers.size() && list.size() < s_min; ++k) {
      const std::size_t member = own_sharers[(shop + k) % own_sharers.size()];
      if (has(kept_, member) == from_kept) include(list, member);
    }
  }
  return common(list, own_sharers).size() < list.size() ? own_sharers : list;
}

Members Lists::survivors(std::size_t shop, const Members& own_sharers, const Variant& variant,
                         Draw& draw) const {
  const std::uint32_t s_min = variant.view.descriptor.s_min;
  if (strategy_ == Strategy::split_sharers || strategy_ == Strategy::split_survivors) {
    return split_survivors(shop, own_sharers, s_min);
  }
  Members list;
  for (const std::size_t member : own_sharers) {
    if (!has(silent_, member)) list.push_back(member);
  }
  if (strategy_ == Strategy::random_lists) {
    list = draw.chance(fresh_percent_) ? random_part(own_sharers, 60, draw)
                                       : survivor_lists_[draw.below(survivor_lists_.size())];
    list = common(list, own_sharers);
    if (draw.chance(90)) include(list, shop);
    const std::size_t first = draw.below(own_sharers.size());
    for (std::size_t k = 0; k < own_sharers.size() && list.size() < s_min; ++k) {
      include(list, own_sharers[(first + k) % own_sharers.size()]);
    }
  }
  return list;
}

}  // namespace guildsum::property
