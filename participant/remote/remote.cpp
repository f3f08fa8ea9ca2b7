#include "participant/remote/remote.hpp"

namespace guildsum::participant {

using protocol::MessageType;

std::string_view name_of(MessageType type) noexcept {
  switch (type) {
    case MessageType::check_in:
      return "check_in";
    case MessageType::share_keys:
      return "share_keys";
    case MessageType::complaint:
      return "complaint";
    case MessageType::masked_input_upload:
      return "masked_input_header";
    case MessageType::survivor_signature:
      return "survivor_signature";
    case MessageType::unmask:
      return "unmask";
    case MessageType::vote:
      return "vote";
    case MessageType::abandon:
      return "abandon";
    case MessageType::vocabulary_offer:
      return "vocabulary_offer";
    case MessageType::vocabulary_contribution:
      return "vocabulary_contribution";
    case MessageType::vocabulary_confirmation:
      return "vocabulary_confirmation";
    case MessageType::refusal:
      return "refusal";
    default:
      return "other";
  }
}

}  // namespace guildsum::participant
