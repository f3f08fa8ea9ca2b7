#include "protocol/audit_report.hpp"

#include <ostream>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace guildsum::protocol {

namespace {

constexpr std::size_t kAuditBytesMax = std::size_t{4} << 30;

boost::json::object document(const AuditReport& report) {
  return {{"verified", true},
          {"attempts", report.attempts},
          {"opened", report.opened},
          {"aborted", report.aborted},
          {"abandoned", report.abandoned},
          {"members_joined", report.members_joined},
          {"survivors_least", report.survivors_least},
          {"votes_for", report.votes_for},
          {"votes_against", report.votes_against},
          {"transcript", report.last.hex()},
          {"sums_verified", false}};
}

Result<AuditReport> replay(ByteView bytes, const AuditKeys& keys) {
  GS_TRY(const AuditFile audit, parse_audit_file(bytes));
  return verify_audit_file(audit, keys);
}

void print_document(const boost::json::object& json, const cli::Invocation& invocation) {
  const bool pretty = invocation.global.format == cli::OutputFormat::json;
  invocation.out << (pretty ? json::pretty(json) : json::compact(json)) << "\n";
}

void print_report(const AuditReport& report, std::ostream& out) {
  out << "verified: " << report.attempts << " attempts, " << report.opened << " with a sum, "
      << report.aborted << " without; " << report.members_joined << " shops joined\n"
      << "          chain, signatures, thresholds, certificates and revealed seeds are in order\n";
  if (report.aborted > 0) {
    out << "          without a sum: " << report.abandoned << " with a certificate of q shops that "
        << "nothing of it can open\n";
  }
  if (report.opened > 0) {
    out << "          at least " << report.survivors_least << " shops in each sum; votes "
        << report.votes_for << " for, " << report.votes_against << " against\n";
  }
  out << "          transcript " << report.last.hex() << "\n"
      << "not verified: that each sum is the sum of the uploads. A transcript holds no inputs;\n"
         "          the coordinator's signature stands for that, and the shops' votes for the "
         "model\n";
}

}  // namespace

Result<cli::ExitCode> audit_file(const std::filesystem::path& file, const AuditKeys& keys,
                                 const cli::Invocation& invocation) {
  GS_TRY(const Bytes bytes, read_file(file, kAuditBytesMax));
  const bool as_text = invocation.global.format == cli::OutputFormat::text;
  const auto report = replay(bytes, keys);
  if (report.has_error()) {
    const std::string reason = cli::printable(report.error().message());
    invocation.err << "NOT verified: " << reason << '\n';
    if (!as_text) print_document({{"verified", false}, {"reason", reason}}, invocation);
    return cli::ExitCode::bad_data;
  }
  if (as_text) {
    print_report(*report, invocation.out);
  } else {
    print_document(document(*report), invocation);
  }
  return cli::ExitCode::ok;
}

}  // namespace guildsum::protocol
