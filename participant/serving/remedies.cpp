#include "participant/serving/remedies.hpp"

#include <algorithm>
#include <array>

namespace guildsum::participant {
namespace {

struct Remedy {
  std::string_view code;
  std::string_view text;
};

constexpr std::string_view kTwoStories =
    "the coordinator told two stories: keep evidence/ and compare it with another shop's "
    "(evidence verify)";
constexpr std::string_view kPolicy =
    "the owner's policy does not allow it: look at [policy] in participant.toml, or agree with the "
    "operator on another round";

constexpr std::array kRemedies{
    Remedy{"policy-refused", kPolicy},
    Remedy{"understated-corruption", kPolicy},
    Remedy{"too-few", "too few shops: wait for more members, or change policy.cohort_min"},
    Remedy{"trusted-missing", "shops of policy.trusted are not in the round: ask whether they run"},
    Remedy{"new-lineage",
           "allow it once: guildsum-participant approve KIND, or KIND-join for a sum of changes"},
    Remedy{"repeated-step", "this shop's data is in that sum already; nothing is to be done"},
    Remedy{"certificate-withheld",
           "what became of an earlier attempt is not shown: ask the operator for its outcome"},
    Remedy{"repair-mismatch", kTwoStories},
    Remedy{"forked-chain",
           "the coordinator shows another past than this shop saw: keep evidence/ and ask another "
           "shop what it saw; if an old copy was restored: guildsum-participant approve past"},
    Remedy{"delta-base-lost",
           "a delta would not be exact: ask the operator to train anew (round start --anew)"},
    Remedy{"restored-backup",
           "restore the newest journal; if it is lost, have this shop removed, join under a new "
           "key, and let the operator train EASE anew: the old key's data stays in its model"},
    Remedy{"roster-expired",
           "the registrar has to sign the roster again; if it did, set this machine's clock"},
    Remedy{"roster-fork", kTwoStories},
    Remedy{"roster-rollback", kTwoStories},
    Remedy{"roster-bad-signature", "ask the registrar's keeper whether the key was changed"},
    Remedy{"conflicting-message", kTwoStories},
    Remedy{"journal-conflict", kTwoStories},
    Remedy{"digest-mismatch", kTwoStories},
    Remedy{"certificate-mismatch", kTwoStories},
    Remedy{"bad-signature", "a message was not signed by whom it names: ask the operator"},
    Remedy{"model-not-reproduced",
           "the model does not follow from the sums: do not use it, and ask the operator"},
    Remedy{"catalogue-mismatch", "the item list was changed after this shop joined: ask for it"},
    Remedy{"spool-lost", "files of the agent's directory are gone: look at the disk"},
    Remedy{"version-unknown",
           "this shop was not there when that version was trained: it is measured by the others"},
    Remedy{"unsupported-version", "install the version of the program that the coordinator runs"},
};

}  // namespace

std::string_view remedy_of(std::string_view refusal_code) noexcept {
  const auto* remedy = std::ranges::find(kRemedies, refusal_code, &Remedy::code);
  return remedy == kRemedies.end() ? std::string_view{} : remedy->text;
}

}  // namespace guildsum::participant
