#include "participant/uploader.hpp"

#include "base/errors.hpp"
#include "base/memory_log.hpp"
#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"
#include "protocol/wire.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/upload_line.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::test::sample_bytes;
using test::UploadLine;

namespace {

constexpr std::uint32_t kChunks = 5;

struct Setup {
  test::TempDir dir;
  Spool spool = Spool::open(dir / "own").value();
  protocol::RoundDigest rd = protocol::test::sample<protocol::RoundDigest>(1);
  protocol::MaskedInput header;
  std::optional<UploadLine> remote;
  StopFlag stop;
  SeededRandom random{1};
  SystemClock clock;
  MemoryLog log;
  RetryContext retry{stop, random, clock, log};

  Setup() {
    protocol::RoundDescriptor descriptor;
    descriptor.codec.ring_bits = 24;
    descriptor.codec.chunk_values = 64;
    descriptor.codec.vector_length = 64 * kChunks;
    std::vector<protocol::Digest> digests;
    auto writer = spool.write(rd).value();
    for (std::uint32_t i = 0; i < kChunks; ++i) {
      const Bytes chunk = sample_bytes(i, protocol::chunk_bytes(descriptor, i));
      digests.push_back(protocol::chunk_digest(chunk));
      GS_REQUIRE_DONE(writer.append(chunk));
    }
    GS_REQUIRE_DONE(writer.commit(digests));
    header.sender = protocol::test::sample<protocol::ParticipantId>(2);
    header.rd = rd;
    header.chunk_root = protocol::chunk_root(digests);
    header.chunk_count = kChunks;
    remote.emplace(dir / "theirs", descriptor);
  }
  Result<> run(std::chrono::seconds patience = std::chrono::minutes{5}) {
    const auto chunks = spool.read(rd);
    GS_CHECK(chunks.has_error() ? Result<>{chunks.error()} : Result<>{});
    return upload({protocol::RoundId{1}, protocol::Attempt{0}}, header, *chunks, *remote, retry,
                  clock.steady_now() + patience);
  }
};

using Sent = std::vector<std::uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(uploader_test)

BOOST_AUTO_TEST_CASE(every_chunk_goes_once_and_arrives_as_spooled) {
  Setup setup;
  GS_REQUIRE_DONE(setup.run());
  BOOST_TEST((setup.remote->sent == Sent{0, 1, 2, 3, 4}));
  BOOST_TEST(setup.remote->begun == 1);
  BOOST_TEST(setup.remote->complete());
  const auto own = setup.spool.read(setup.rd).value();
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    BOOST_TEST((setup.remote->chunk(i) == own.read(i).value()));
  }
}

BOOST_AUTO_TEST_CASE(an_upload_that_is_complete_is_not_sent_again) {
  Setup setup;
  GS_REQUIRE_DONE(setup.run());
  GS_REQUIRE_DONE(setup.run());
  BOOST_TEST(setup.remote->sent.size() == kChunks);
}

BOOST_AUTO_TEST_CASE(after_a_break_only_what_is_missing_goes_again) {
  Setup setup;
  setup.remote->calls_that_fail_after = 3;  // The header and two chunks.
  setup.remote->calls_that_fail = 1;
  GS_REQUIRE_DONE(setup.run());
  BOOST_TEST((setup.remote->sent == Sent{0, 1, 2, 2, 3, 4}));
  BOOST_TEST(setup.remote->begun == 2);
}

BOOST_AUTO_TEST_CASE(a_chunk_whose_answer_was_lost_is_not_sent_again) {
  Setup setup;
  setup.remote->answers_lost = 1;
  GS_REQUIRE_DONE(setup.run());
  BOOST_TEST((setup.remote->sent == Sent{0, 1, 2, 3, 4}));
  BOOST_TEST(setup.remote->complete());
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_it_at_once) {
  Setup setup;
  setup.remote->refusal = Error{protocol::ProtocolErrc::round_over};
  GS_CHECK_FAILS(protocol::ProtocolErrc::round_over, setup.run());
  BOOST_TEST(setup.remote->begun == 1);
}

BOOST_AUTO_TEST_CASE(it_gives_up_when_its_time_is_over_or_the_agent_stops) {
  Setup setup;
  setup.remote->calls_that_fail = 1000;
  GS_CHECK_FAILS(BaseErrc::unreachable, setup.run(std::chrono::seconds{0}));
  Setup stopped;
  stopped.stop.stop();
  GS_CHECK_FAILS(BaseErrc::interrupted, stopped.run());
  BOOST_TEST(stopped.remote->sent.empty());
}

BOOST_AUTO_TEST_CASE(a_spool_that_was_changed_is_not_sent) {
  Setup setup;
  std::filesystem::resize_file(setup.dir / "own" / (setup.rd.hex() + ".input"), 400);
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.run());
  BOOST_TEST(!setup.remote->complete());
}

BOOST_AUTO_TEST_SUITE_END()
