#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/bytes.hpp"

namespace guildsum::vectors {

/// The bytes of docs/protocol.md section 8, read without the product's own codec: integers
/// little-endian, lists with a u32 count before them.
class FrameReader {
 public:
  explicit FrameReader(Bytes body) : body_{std::move(body)} {}

  /// The body of a frame, whose header is checked.
  static FrameReader of_frame(ByteView frame, unsigned type) {
    BOOST_REQUIRE(frame.size() >= 12);
    BOOST_TEST(as_text(frame.first(4)) == "GSUM");
    BOOST_TEST(load_le<std::uint16_t>(frame.subspan(4, 2)) == type);
    BOOST_TEST(load_le<std::uint16_t>(frame.subspan(6, 2)) == 1);
    BOOST_TEST(load_le<std::uint32_t>(frame.subspan(8, 4)) == frame.size() - 12);
    return FrameReader{Bytes{frame.begin() + 12, frame.end()}};
  }

  Bytes raw(std::size_t size) {
    BOOST_REQUIRE(at_ + size <= body_.size());
    const auto begin = body_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += size;
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
  }
  template <class Unsigned>
  Unsigned number() {
    return load_le<Unsigned>(raw(sizeof(Unsigned)));
  }
  std::uint32_t count() { return number<std::uint32_t>(); }
  /// A byte string or text with its length before it.
  Bytes blob() { return raw(count()); }

  [[nodiscard]] std::size_t position() const { return at_; }
  /// What was read since `from`, as it stands.
  [[nodiscard]] Bytes since(std::size_t from) const {
    return {body_.begin() + static_cast<std::ptrdiff_t>(from),
            body_.begin() + static_cast<std::ptrdiff_t>(at_)};
  }
  [[nodiscard]] Bytes all() const { return body_; }
  void finish() const { BOOST_TEST(at_ == body_.size()); }

 private:
  Bytes body_;
  std::size_t at_ = 0;
};

/// The parts one after the other.
template <class... Parts>
Bytes joined(const Parts&... parts) {
  Bytes bytes;
  (append(bytes, ByteView{parts}), ...);
  return bytes;
}
inline Bytes le32(std::uint32_t value) {
  Bytes bytes(4);
  store_le(value, bytes);
  return bytes;
}

/// What a frame says, by field; repeated parts are lists of such records.
struct Record {
  std::map<std::string, Bytes> bytes;
  std::map<std::string, std::uint64_t> numbers;
  std::map<std::string, std::vector<Record>> lists;
  Bytes signed_body;  ///< what stands before the signature
  Bytes all;          ///< the whole body
};

[[nodiscard]] Record read_check_in(FrameReader& in);
[[nodiscard]] Record read_descriptor(FrameReader& in);
[[nodiscard]] Record read_description(FrameReader in);
[[nodiscard]] Record read_share_keys(FrameReader in);
[[nodiscard]] Record read_share_delivery(FrameReader in);
[[nodiscard]] Record read_header(FrameReader& in);
[[nodiscard]] Record read_upload(FrameReader in);
[[nodiscard]] Record read_proposal(FrameReader in);
[[nodiscard]] Record read_survivor_signature(FrameReader& in);
[[nodiscard]] Record read_certificate(FrameReader in);
[[nodiscard]] Record read_unmask(FrameReader in);
[[nodiscard]] Record read_result(FrameReader in);
[[nodiscard]] Record read_vote(FrameReader in);
[[nodiscard]] Record read_abandon(FrameReader& in);
[[nodiscard]] Record read_aborted(FrameReader in);

}  // namespace guildsum::vectors
