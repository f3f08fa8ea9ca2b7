#include "participant/errors.hpp"

#include <string>

#include "base/errors.hpp"
#include "crypto/errors.hpp"
#include "protocol/errors.hpp"

namespace guildsum::participant {
namespace {

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "participant"; }

  std::string message(int value) const override {
    switch (static_cast<ParticipantErrc>(value)) {
      case ParticipantErrc::not_enrolled:
        return "this agent belongs to no federation yet";
      case ParticipantErrc::already_enrolled:
        return "this agent belongs to a federation already";
      case ParticipantErrc::journal_corrupt:
        return "the journal is damaged";
      case ParticipantErrc::spool_lost:
        return "the masked input is not in the spool any more";
      case ParticipantErrc::missing_column:
        return "a column is missing";
      case ParticipantErrc::source_unreadable:
        return "the source cannot be read";
      case ParticipantErrc::catalogue_mismatch:
        return "the round is about another item list";
      case ParticipantErrc::model_not_reproduced:
        return "the model does not follow from the opened sums";
      case ParticipantErrc::request_mismatch:
        return "the round asks for other values than its plan leads to";
      case ParticipantErrc::no_model:
        return "no shared model has arrived yet";
      case ParticipantErrc::unknown_customer:
        return "the customer is not in the store";
      case ParticipantErrc::refused_by_coordinator:
        return "the coordinator refused";
      case ParticipantErrc::registrar_mismatch:
        return "the roster is signed by another registrar than policy.registrar names";
      case ParticipantErrc::version_unknown:
        return "a version to be measured is not one that this shop verified";
    }
    return "unknown participant error";
  }

  boost::system::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<ParticipantErrc>(value)) {
      case ParticipantErrc::not_enrolled:
      case ParticipantErrc::no_model:
      case ParticipantErrc::unknown_customer:
      case ParticipantErrc::spool_lost:
        return make_base_condition(BaseErrc::not_found);
      case ParticipantErrc::already_enrolled:
        return make_base_condition(BaseErrc::already_exists);
      case ParticipantErrc::journal_corrupt:
        return make_base_condition(BaseErrc::corrupt);
      case ParticipantErrc::missing_column:
      case ParticipantErrc::source_unreadable:
        return make_base_condition(BaseErrc::malformed);
      case ParticipantErrc::catalogue_mismatch:
      case ParticipantErrc::model_not_reproduced:
      case ParticipantErrc::request_mismatch:
      case ParticipantErrc::registrar_mismatch:
      case ParticipantErrc::version_unknown:
        return make_base_condition(BaseErrc::privacy_refused);
      case ParticipantErrc::refused_by_coordinator:
        return make_base_condition(BaseErrc::unauthorised);
    }
    return {value, *this};
  }
};

}  // namespace

const boost::system::error_category& participant_category() noexcept {
  static const Category category;
  return category;
}

std::string refusal_code(const Error& error) {
  const auto& code = error.code();
  if (code.category() == protocol::protocol_category()) {
    return std::string{protocol::code_of(static_cast<protocol::ProtocolErrc>(code.value()))};
  }
  if (code == make_error_code(crypto::CryptoErrc::invalid_public_key)) return "invalid-public-key";
  if (error == ParticipantErrc::catalogue_mismatch) return "catalogue-mismatch";
  if (error == ParticipantErrc::model_not_reproduced) return "model-not-reproduced";
  if (error == ParticipantErrc::request_mismatch) return "request-mismatch";
  if (error == ParticipantErrc::spool_lost) return "spool-lost";
  if (error == ParticipantErrc::version_unknown) return "version-unknown";
  return "refused";
}

}  // namespace guildsum::participant
