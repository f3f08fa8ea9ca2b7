// Members of FixedBytes that need the error codes.
#include "base/errors.hpp"

namespace guildsum {

template <class Tag, std::size_t N>
Result<FixedBytes<Tag, N>> FixedBytes<Tag, N>::parse(ByteView in) {
  if (in.size() != N) return Error{BaseErrc::malformed, "expected " + std::to_string(N) + " bytes"};
  return FixedBytes{std::span<const std::byte, N>{in.data(), N}};
}

template <class Tag, std::size_t N>
Result<FixedBytes<Tag, N>> FixedBytes<Tag, N>::from_hex(std::string_view text) {
  GS_TRY(const Bytes bytes, guildsum::from_hex(text));
  return parse(bytes);
}

}  // namespace guildsum
