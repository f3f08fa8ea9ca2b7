// Events of a round as the ledger stores them: what is written is read back, and nothing else is
// taken for an event.
#include <boost/test/unit_test.hpp>

#include "coordinator/round/round_machine.hpp"
#include "protocol/errors.hpp"
#include "tests/unit/protocol/message_samples.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using protocol::test::sample_message;

namespace {

std::vector<Event> all_events() {
  const auto shop = protocol::test::sample<protocol::ParticipantId>(3);
  const auto blob = protocol::test::sample<protocol::BlobId>(5);
  const auto root = protocol::test::sample<protocol::BlobId>(7);
  return {sample_message<protocol::CheckIn>(),
          sample_message<protocol::ShareKeys>(),
          sample_message<protocol::Complaint>(),
          InputBegun{sample_message<protocol::MaskedInputUpload>()},
          InputCompleted{shop},
          sample_message<protocol::SurvivorSignature>(),
          sample_message<protocol::Unmask>(),
          SumOpened{blob, root, protocol::ModelVersion{0x0102030405060708}},
          OpeningFailed{protocol::AbortReason::storage_failed},
          sample_message<protocol::Vote>(),
          sample_message<protocol::Abandon>(),
          DeadlinePassed{0xfffffffe},
          AbortRequested{static_cast<protocol::AbortReason>(1)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_codec_test)

BOOST_AUTO_TEST_CASE(every_event_is_read_back_as_it_was) {
  const auto events = all_events();
  BOOST_TEST(events.size() == std::variant_size_v<Event>);
  for (const Event& event : events) {
    const Bytes bytes = encode_event(event);
    const auto read = decode_event(bytes);
    BOOST_TEST_REQUIRE(read.has_value(), "event " << event.index());
    BOOST_TEST(read->index() == event.index());
    BOOST_TEST((encode_event(*read) == bytes), "event " << event.index());
  }
}

BOOST_AUTO_TEST_CASE(fields_keep_their_values) {
  const auto shop = protocol::test::sample<protocol::ParticipantId>(3);
  const auto events = all_events();
  const auto completed = decode_event(encode_event(events[4]));
  BOOST_TEST((std::get<InputCompleted>(completed.value()).sender == shop));
  const auto opened = decode_event(encode_event(events[7]));
  BOOST_TEST(
      (std::get<SumOpened>(opened.value()).sum == protocol::test::sample<protocol::BlobId>(5)));
  BOOST_TEST((std::get<SumOpened>(opened.value()).model_root ==
              protocol::test::sample<protocol::BlobId>(7)));
  BOOST_TEST(std::get<SumOpened>(opened.value()).model_version.value() == 0x0102030405060708U);
  const auto passed = decode_event(encode_event(events[11]));
  BOOST_TEST(std::get<DeadlinePassed>(passed.value()).phase == 0xfffffffeU);
}

BOOST_AUTO_TEST_CASE(a_cut_or_lengthened_event_is_none) {
  for (const Event& event : all_events()) {
    const Bytes bytes = encode_event(event);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      BOOST_TEST(decode_event(ByteView{bytes}.first(length)).has_error(),
                 "event " << event.index() << " cut to " << length);
    }
    Bytes longer = bytes;
    longer.push_back(std::byte{0});
    BOOST_TEST(decode_event(longer).has_error(), "event " << event.index());
  }
}

BOOST_AUTO_TEST_CASE(unknown_tags_and_reasons_are_refused) {
  for (const unsigned tag : {0U, static_cast<unsigned>(std::variant_size_v<Event>) + 1, 255U}) {
    const Bytes bytes{static_cast<std::byte>(tag), std::byte{1}};
    BOOST_TEST((decode_event(bytes).error() == ProtocolErrc::unknown_type), tag);
  }
  for (const Event& event : {all_events()[8], all_events()[12]}) {
    for (const std::uint8_t reason : {std::uint8_t{0}, std::uint8_t{255}}) {
      Bytes bytes = encode_event(event);
      bytes.back() = std::byte{reason};
      BOOST_TEST((decode_event(bytes).error() == ProtocolErrc::malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_event_with_the_tag_of_another_is_refused) {
  const auto events = all_events();
  Bytes bytes = encode_event(events[4]);  // 32 bytes of a shop.
  bytes[0] = encode_event(events[7])[0];
  BOOST_TEST(decode_event(bytes).has_error());
  bytes = encode_event(events[0]);
  bytes[0] = encode_event(events[1])[0];
  BOOST_TEST(decode_event(bytes).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
