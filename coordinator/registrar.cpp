#include "coordinator/registrar.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "coordinator/keys.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;
using protocol::RosterChange;

namespace {

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// The end of the chain after its first `length` entries.
protocol::Digest head_at(const protocol::Roster& roster, std::uint64_t length) {
  return length == 0 ? protocol::Digest{} : roster_entry_digest(roster.entries()[length - 1]);
}

bool is_signed(const protocol::Roster& roster, const protocol::RosterProposal& proposal) {
  return std::ranges::any_of(roster.entries(), [&](const protocol::RosterEntry& entry) {
    return entry.change == proposal.change && entry.participant == proposal.participant &&
           entry.name == proposal.name;
  });
}

}  // namespace

Bytes SigningRequest::encode() const {
  Bytes file = protocol::encode(asked);
  append(file, registrar.view());
  return file;
}

Result<SigningRequest> SigningRequest::parse(ByteView file) {
  constexpr std::size_t kKeyBytes = crypto::VerifyKey::kSize;
  if (file.size() <= kKeyBytes) return Error{BaseErrc::malformed, "the file is cut short"};
  SigningRequest out;
  GS_TRY(out.asked, protocol::decode<protocol::RosterRequest>(file.first(file.size() - kKeyBytes)));
  out.registrar = crypto::VerifyKey{file.last<kKeyBytes>()};
  return out;
}

Result<bool> Registrar::create(const RegistrarDirectory& files, Random& random) {
  GS_CHECK(make_private_directory(files.root));
  return create_signing_key(files.key(), random);
}

Result<Registrar> Registrar::open(const RegistrarDirectory& files) {
  if (!is_there(files.key())) {
    return Error{BaseErrc::not_found,
                 files.root.string() +
                     " holds no registrar; make one with `guildsum-coordinator registrar init`"};
  }
  GS_TRY(auto signer, load_signing_key(files.key()));
  Registrar registrar{files, std::move(signer)};
  if (is_there(files.federation())) {
    GS_TRY(std::string text, read_text_file(files.federation(), 1024));
    if (text.ends_with('\n')) text.pop_back();
    GS_TRY(registrar.federation_, protocol::FederationId::from_hex(text));
    GS_CHECK(registrar.load_roster());
  }
  return registrar;
}

Result<> Registrar::load_roster() {
  roster_.emplace(*federation_, signer_.verify_key());
  if (!is_there(files_.roster())) return {};
  GS_TRY(const Bytes frame, read_file(files_.roster(), protocol::kMessageBytesMax));
  const auto answer = protocol::decode<protocol::RosterUpdate>(frame);
  if (answer.has_error()) return Error{BaseErrc::corrupt, files_.roster().string()};
  for (const protocol::RosterEntry& entry : answer->entries) {
    const auto added = roster_->append(entry);
    if (added.has_error()) {
      return Error{BaseErrc::corrupt, files_.roster().string() + ": " + added.error().message()};
    }
  }
  head_ = answer->head;
  return {};
}

Result<> Registrar::bind(const protocol::FederationId& federation) {
  if (federation_ && *federation_ != federation) {
    return Error{BaseErrc::already_exists, "this registrar is of federation " + federation_->hex()};
  }
  if (federation_) return {};
  federation_ = federation;
  roster_.emplace(federation, signer_.verify_key());
  return {};
}

Result<> Registrar::keep_federation() const {
  if (is_there(files_.federation())) return {};
  return write_file_atomically(files_.federation(), as_bytes(federation_->hex() + "\n"));
}

Result<> Registrar::check_key(const SigningRequest& request) const {
  if (request.registrar == verify_key()) return {};
  return Error{ProtocolErrc::roster_bad_signature,
               "the federation was made with the registrar " +
                   protocol::fingerprint(request.registrar) + ", and this directory's key is " +
                   protocol::fingerprint(verify_key()) + ": nothing was signed"};
}

Result<std::vector<protocol::RosterProposal>> Registrar::open_proposals(
    const protocol::RosterRequest& request) const {
  if (!federation_ || request.federation != *federation_) {
    return Error{ProtocolErrc::wrong_federation, "the request is of " + request.federation.hex()};
  }
  if (request.sequence > roster_->sequence()) {
    return Error{ProtocolErrc::roster_rollback,
                 "the coordinator has " + std::to_string(request.sequence) +
                     " entries, this directory " + std::to_string(roster_->sequence()) +
                     ": it is an old copy. Find the newest one: signing here forks the roster"};
  }
  if (head_at(*roster_, request.sequence) != request.head) {
    return Error{ProtocolErrc::roster_fork,
                 "the coordinator's chain is not the one that was signed here"};
  }
  std::vector<protocol::RosterProposal> open;
  for (const protocol::RosterProposal& proposal : request.proposals) {
    if (!is_signed(*roster_, proposal)) open.push_back(proposal);
  }
  return open;
}

Result<protocol::RosterUpdate> Registrar::sign(const std::vector<protocol::RosterProposal>& changes,
                                               protocol::Epoch epoch,
                                               std::int64_t expires_unix_ms) {
  if (!roster_) return Error{ProtocolErrc::wrong_federation, "bound to none"};
  protocol::Roster next = *roster_;
  for (const protocol::RosterProposal& change : changes) {
    GS_CHECK(next.append(protocol::sign_roster_entry(
        next, *federation_, change.change, change.participant, change.name, epoch, signer_)));
  }
  protocol::RosterUpdate answer;
  answer.entries = next.entries();
  answer.head = protocol::sign_roster_head(next, *federation_, expires_unix_ms, signer_);
  GS_CHECK(keep_federation());
  // Remembered before anybody can see it: a second continuation would be a fork.
  GS_CHECK(write_file_atomically(files_.roster(), protocol::encode(answer)));
  roster_ = std::move(next);
  head_ = answer.head;
  return answer;
}

}  // namespace guildsum::coordinator
