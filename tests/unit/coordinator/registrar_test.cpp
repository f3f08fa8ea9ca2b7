#include "coordinator/registrar.hpp"

#include <functional>
#include <iostream>
#include <sstream>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/unit/coordinator/application_setup.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::ProtocolErrc;
using protocol::RosterChange;
using testing::Applicant;
using testing::ApplicationSetup;
using testing::sample;

namespace {

constexpr std::int64_t kExpires = 4'000'000'000'000;

struct Setup {
  guildsum::test::TempDir dir;
  RegistrarDirectory files{dir / "registrar"};
  SeededRandom random{3};
  protocol::FederationId federation = sample<protocol::FederationId>(1);
  Registrar registrar = make();

  Registrar make() {
    GS_REQUIRE_DONE(Registrar::create(files, random));
    auto made = Registrar::open(files).value();
    GS_REQUIRE_DONE(made.bind(federation));
    return made;
  }
  static protocol::RosterProposal joins(std::uint64_t seed) {
    return {RosterChange::join, Applicant{seed}.id(), "shop-" + std::to_string(seed)};
  }
  static protocol::RosterProposal leaves(std::uint64_t seed) {
    return {RosterChange::leave, Applicant{seed}.id(), "shop-" + std::to_string(seed)};
  }
  /// Of a coordinator that has the chain as far as `known` goes.
  [[nodiscard]] protocol::RosterRequest request(
      const protocol::Roster& known, std::vector<protocol::RosterProposal> proposals) const {
    return {federation, known.sequence(), known.head(), Epoch{1}, std::move(proposals)};
  }
  [[nodiscard]] protocol::Roster empty() const {
    return protocol::Roster{federation, registrar.verify_key()};
  }
  protocol::RosterUpdate sign(const std::vector<protocol::RosterProposal>& changes,
                              std::uint64_t epoch = 1) {
    return registrar.sign(changes, Epoch{epoch}, kExpires).value();
  }
};

/// Runs it with this typed.
ApplicationSetup::Run answering(const std::string& typed,
                                const std::function<ApplicationSetup::Run()>& run) {
  std::istringstream input{typed};
  std::streambuf* before = std::cin.rdbuf(input.rdbuf());
  std::cin.clear();
  auto result = run();
  std::cin.rdbuf(before);
  std::cin.clear();
  return result;
}

/// `registrar sign` without a yes.
/// @param signing  its words, with --yes
void check_a_no_changes_nothing(std::vector<std::string> signing, const std::string& dir) {
  std::erase(signing, "--yes");
  signing.insert(signing.end(), {"--dir", dir});
  const auto sign = [&] { return ApplicationSetup::run(signing); };
  // A lazy yes is asked again.
  for (const char* typed : {"no\n", "y\n", "y\nno\n", "", "Yes\nn\n"}) {
    const auto refused = answering(typed, sign);
    BOOST_TEST((refused.code == cli::ExitCode::failed), refused.err);
    BOOST_TEST(refused.err.find("nothing was signed") != std::string::npos, refused.err);
  }
  const auto shown = ApplicationSetup::run({"registrar", "show", "--dir", dir});
  BOOST_TEST(shown.out.find("federation   -") != std::string::npos, shown.out);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registrar_test)

BOOST_AUTO_TEST_CASE(the_key_is_made_once_and_stays_with_its_federation) {
  Setup setup;
  BOOST_TEST(!Registrar::create(setup.files, setup.random).value());
  // Nothing binds the directory before the first signature.
  BOOST_TEST(!Registrar::open(setup.files).value().federation().has_value());
  setup.sign({});
  const auto again = Registrar::open(setup.files).value();
  BOOST_TEST((again.verify_key() == setup.registrar.verify_key()));
  BOOST_TEST((again.federation() == setup.federation));
  GS_CHECK_FAILS(BaseErrc::already_exists, setup.registrar.bind(sample<protocol::FederationId>(2)));
  GS_CHECK_FAILS(BaseErrc::not_found, Registrar::open({setup.dir / "nowhere"}));
}

BOOST_AUTO_TEST_CASE(a_request_names_the_registrar_whose_signature_would_do) {
  Setup setup;
  const SigningRequest request{setup.request(setup.empty(), {Setup::joins(1)}),
                               setup.registrar.verify_key()};
  const auto read = SigningRequest::parse(request.encode()).value();
  BOOST_TEST((protocol::encode(read.asked) == protocol::encode(request.asked)));
  GS_REQUIRE_DONE(setup.registrar.check_key(read));
  SigningRequest foreign = request;
  foreign.registrar = sample<crypto::VerifyKey>(7);
  const auto refused = setup.registrar.check_key(foreign);
  GS_CHECK_FAILS(ProtocolErrc::roster_bad_signature, refused);
  BOOST_TEST(refused.error().detail().find(protocol::fingerprint(foreign.registrar)) !=
             std::string::npos);
  const Bytes frame = protocol::encode(request.asked);  // As if the key were cut off.
  BOOST_TEST(SigningRequest::parse(frame).has_error());
  BOOST_TEST(SigningRequest::parse(Bytes(32)).has_error());
}

BOOST_AUTO_TEST_CASE(what_is_signed_verifies_and_is_remembered) {
  Setup setup;
  const auto answer = setup.sign({Setup::joins(1), Setup::joins(2)});
  protocol::Roster roster = setup.empty();
  GS_REQUIRE_DONE(roster.apply(answer, kExpires - 1));
  BOOST_TEST(roster.members().size() == 2U);
  GS_CHECK_FAILS(ProtocolErrc::roster_expired, setup.empty().apply(answer, kExpires));

  const auto reopened = Registrar::open(setup.files).value();
  BOOST_TEST((reopened.roster()->head() == roster.head()));
  const auto open = reopened.open_proposals(
      setup.request(roster, {Setup::joins(2), Setup::leaves(1), Setup::joins(3)}));
  // The second was signed before: its answer may have been lost.
  BOOST_TEST(
      (open.value() == std::vector<protocol::RosterProposal>{Setup::leaves(1), Setup::joins(3)}));
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_lost_is_in_the_next_one) {
  Setup setup;
  setup.sign({Setup::joins(1)});
  const auto later = setup.request(setup.empty(), {Setup::joins(1)});
  BOOST_TEST(setup.registrar.open_proposals(later).value().empty());
  protocol::Roster roster = setup.empty();
  GS_REQUIRE_DONE(roster.apply(setup.sign({}), 0));
  BOOST_TEST(roster.contains(Applicant{1}.id()));
}

BOOST_AUTO_TEST_CASE(a_second_continuation_of_the_chain_is_not_signed) {
  Setup setup;
  setup.sign({Setup::joins(1)});
  protocol::Roster fork = setup.empty();
  GS_REQUIRE_DONE(fork.append(
      protocol::sign_roster_entry(fork, setup.federation, RosterChange::join, Applicant{5}.id(),
                                  "other", Epoch{1}, load_signing_key(setup.files.key()).value())));
  GS_CHECK_FAILS(ProtocolErrc::roster_fork,
                 setup.registrar.open_proposals(setup.request(fork, {Setup::joins(2)})));
  auto foreign = setup.request(setup.empty(), {Setup::joins(2)});
  foreign.federation = sample<protocol::FederationId>(9);
  GS_CHECK_FAILS(ProtocolErrc::wrong_federation, setup.registrar.open_proposals(foreign));
}

BOOST_AUTO_TEST_CASE(an_old_copy_of_the_directory_is_noticed) {
  Setup setup;
  setup.sign({Setup::joins(1)});
  const Bytes old = read_file(setup.files.roster(), 1 << 20).value();
  setup.sign({Setup::joins(2)});
  const protocol::Roster known = *setup.registrar.roster();
  GS_REQUIRE_DONE(write_file_atomically(setup.files.roster(), old));
  GS_CHECK_FAILS(
      ProtocolErrc::roster_rollback,
      Registrar::open(setup.files).value().open_proposals(setup.request(known, {Setup::joins(3)})));
}

BOOST_AUTO_TEST_CASE(changes_that_cannot_follow_sign_nothing) {
  Setup setup;
  setup.sign({Setup::joins(1)}, 5);
  const auto head = setup.registrar.roster()->head();
  const auto refused = [&](ProtocolErrc errc, const protocol::RosterProposal& change,
                           std::uint64_t epoch) {
    GS_CHECK_FAILS(errc, setup.registrar.sign({Setup::joins(2), change}, Epoch{epoch}, kExpires));
    BOOST_TEST((Registrar::open(setup.files).value().roster()->head() == head));
  };
  refused(ProtocolErrc::roster_duplicate, Setup::joins(1), 5);
  refused(ProtocolErrc::roster_broken_link, Setup::leaves(7), 5);
  refused(ProtocolErrc::roster_broken_link, Setup::joins(3), 4);  // Epochs only rise.
  setup.sign({Setup::leaves(1)}, 6);
  GS_CHECK_FAILS(ProtocolErrc::roster_duplicate,
                 setup.registrar.sign({Setup::joins(1)}, Epoch{7}, kExpires));
}

BOOST_AUTO_TEST_CASE(a_full_disk_or_a_damaged_chain_ends_it) {
  Setup setup;
  setup.sign({Setup::joins(1)});
  const auto head = setup.registrar.roster()->head();
  {
    const guildsum::test::FileSizeLimit full{20};
    BOOST_TEST(setup.registrar.sign({Setup::joins(2)}, Epoch{1}, kExpires).has_error());
  }
  BOOST_TEST((Registrar::open(setup.files).value().roster()->head() == head));
  Bytes frame = read_file(setup.files.roster(), 1 << 20).value();
  frame[frame.size() / 2] ^= std::byte{1};
  GS_REQUIRE_DONE(write_file_atomically(setup.files.roster(), frame));
  GS_CHECK_FAILS(BaseErrc::corrupt, Registrar::open(setup.files));
}

BOOST_AUTO_TEST_CASE(the_ceremony_by_its_commands) {
  ApplicationSetup setup;  // For its directory; a second coordinator gets an external registrar.
  const std::string dir = (setup.dir / "keeper").string();
  const std::string home = (setup.dir / "external").string();
  const std::string request = (setup.dir / "request").string();
  const std::string answer = (setup.dir / "answer").string();
  const auto made = ApplicationSetup::run({"registrar", "init", "--dir", dir});
  BOOST_REQUIRE_MESSAGE(made.code == cli::ExitCode::ok, made.err);
  const std::string key = made.out.substr(made.out.find(' ') + 1, 64);
  BOOST_TEST(
      (ApplicationSetup::run({"init", "--dir", home, "--name", "g", "--registrar", "00"}).code ==
       cli::ExitCode::usage));
  const auto init =
      ApplicationSetup::run({"init", "--dir", home, "--name", "g", "--listen", "127.0.0.1:0",
                             "--admin-listen", "127.0.0.1:0", "--registrar", key});
  BOOST_REQUIRE_MESSAGE(init.code == cli::ExitCode::ok, init.err);
  const std::string federation = init.out.substr(init.out.find(' ') + 1, 64);
  config::Sources sources;
  sources.file = std::filesystem::path{home} / kConfigFile;
  setup.serve(load_config(sources).value().config);
  BOOST_TEST(setup.log.count("registrar.embedded") == 0U);

  const auto run = [&](std::vector<std::string> words, const std::string& where) {
    words.insert(words.end(), {"--dir", where});
    return ApplicationSetup::run(words);
  };
  BOOST_TEST((run({"registrar", "request", "--output", request}, home).code == cli::ExitCode::ok));
  const std::vector<std::string> sign{"registrar", "sign", "--yes", "--output", answer, request};
  BOOST_TEST((run(sign, dir).code == cli::ExitCode::usage));  // Of which federation?
  auto first = sign;
  first.insert(first.end(), {"--federation", federation});
  auto misspelt = sign;
  misspelt.insert(misspelt.end(), {"--federation", "abcd"});
  BOOST_TEST((run(misspelt, dir).code == cli::ExitCode::usage));

  check_a_no_changes_nothing(first, dir);
  BOOST_TEST(!std::filesystem::exists(answer));
  BOOST_TEST((run(sign, dir).code == cli::ExitCode::usage));  // Still of none.

  // Another registrar's key is no use, and says so before it asks.
  const std::string stranger = (setup.dir / "stranger").string();
  BOOST_TEST((run({"registrar", "init"}, stranger).code == cli::ExitCode::ok));
  const auto foreign = run(first, stranger);
  BOOST_TEST((foreign.code != cli::ExitCode::ok));
  BOOST_TEST(foreign.err.find("was made with the registrar") != std::string::npos, foreign.err);

  const auto signed_first = run(first, dir);
  BOOST_TEST((signed_first.code == cli::ExitCode::ok), signed_first.err);
  BOOST_TEST((run(sign, dir).code == cli::ExitCode::ok));  // It knows now.
  auto only = sign;
  only.insert(only.end(), {"--only", "nobody"});
  BOOST_TEST((run(only, dir).code == cli::ExitCode::usage));

  BOOST_TEST((run({"registrar", "import", request}, home).code == cli::ExitCode::usage));
  const auto taken = run({"registrar", "import", answer}, home);
  BOOST_TEST((taken.code == cli::ExitCode::ok), taken.err);
  const auto pending = run({"registrar", "pending"}, home);
  BOOST_TEST(pending.out.find("external") != std::string::npos, pending.out);
  const auto shown = run({"registrar", "show"}, dir);
  BOOST_TEST(shown.out.find(federation) != std::string::npos, shown.out);
  setup.stop();
}

BOOST_AUTO_TEST_SUITE_END()
