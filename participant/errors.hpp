#pragma once

#include <string>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include "base/result.hpp"

namespace guildsum::participant {

/// Failures that only a shop's agent knows.
enum class ParticipantErrc {
  not_enrolled = 1,        ///< The agent's directory belongs to no federation yet.
  already_enrolled,        ///< The agent's directory belongs to a federation already.
  journal_corrupt,         ///< A record in the middle of the journal fails its checks.
  spool_lost,              ///< The masked input that was to be sent again is not there any more.
  missing_column,          ///< A column that the mapping needs is not in the file's header.
  source_unreadable,       ///< A source has no file, or a file cannot be read as CSV at all.
  catalogue_mismatch,      ///< The round is about another item list than the one agreed to.
  model_not_reproduced,    ///< What the coordinator says does not follow from the sums that were
                           ///< opened.
  request_mismatch,        ///< The round asks for other values than its plan leads to.
  no_model,                ///< No shared model has arrived yet.
  unknown_customer,        ///< The customer is not in the store.
  refused_by_coordinator,  ///< The coordinator answered with an error that has no code of its own.
  registrar_mismatch,      ///< The roster is signed by another registrar than the owner named.
  version_unknown,         ///< A version to be measured is not one that this shop verified.
};

const boost::system::error_category& participant_category() noexcept;
inline boost::system::error_code make_error_code(ParticipantErrc code) noexcept {
  return {static_cast<int>(code), participant_category()};
}

/// The stable kebab-case code under which a refusal is shown to the owner and logged: the one of
/// the protocol where it has one ("bad-signature"), else of the agent ("model-not-reproduced"),
/// else "refused".
[[nodiscard]] std::string refusal_code(const Error& error);

}  // namespace guildsum::participant

template <>
struct boost::system::is_error_code_enum<guildsum::participant::ParticipantErrc> : std::true_type {
};
