#include "participant/kept_inputs.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/errors.hpp"
#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/key_file.hpp"
#include "participant/errors.hpp"
#include "participant/sweep.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kMagic = "GSKEPT01";
constexpr std::string_view kPartial = ".partial";
constexpr std::string_view kLabel = "guildsum/v1/kept-input";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHeadBytes = 8 + kSaltBytes;
constexpr std::size_t kPieceBytesMax = std::size_t{64} << 20;

std::filesystem::path partial(std::filesystem::path path) {
  path += kPartial;
  return path;
}

Error lost(const std::filesystem::path& path, std::string_view why) {
  return {ParticipantErrc::spool_lost, path.string() + ": " + std::string{why}};
}

/// The key seals one file only, so the piece's number is nonce enough.
crypto::Nonce nonce_of(std::uint32_t index) {
  std::array<std::byte, crypto::kAeadNonceBytes> bytes{};
  store_le(index, std::span{bytes}.first<4>());
  return crypto::Nonce{bytes};
}

Bytes associated_with(const protocol::RoundDigest& rd, std::uint32_t index, bool last) {
  Bytes bytes = to_bytes(kMagic);
  append(bytes, rd.view());
  std::array<std::byte, 4> number;
  store_le(index, number);
  append(bytes, number);
  bytes.push_back(static_cast<std::byte>(last));
  return bytes;
}

/// Reads one file from front to back.
class PieceReader {
 public:
  explicit PieceReader(PositionedFile file) : file_{std::move(file)} {}
  Result<Bytes> take(std::size_t size) {
    Bytes bytes(size);
    GS_CHECK(file_.read_at(offset_, bytes));
    offset_ += size;
    return bytes;
  }
  Result<Bytes> piece() {
    GS_TRY(const Bytes length, take(4));
    const std::size_t size = load_le<std::uint32_t>(ByteView{length});
    if (size > kPieceBytesMax) return BaseErrc::corrupt;
    return take(size);
  }
  Result<bool> at_end() const {
    GS_TRY(const std::uint64_t size, file_.size_bytes());
    return size == offset_;
  }

 private:
  PositionedFile file_;
  std::uint64_t offset_ = 0;
};

}  // namespace

Result<KeptInputs> KeptInputs::open(const std::filesystem::path& directory,
                                    const std::filesystem::path& key_file, Random& random) {
  GS_CHECK(make_private_directory(directory));
  std::error_code error;
  if (!std::filesystem::exists(key_file, error)) {
    const auto made = random.secret<MasterKey>();
    GS_CHECK(crypto::write_key_file(key_file, SecretText{to_hex(made.expose())}));
  }
  GS_TRY(const SecretText text, crypto::read_key_file(key_file));
  auto bytes = from_hex(text.expose());
  if (!bytes || bytes->size() != MasterKey::kSize) {
    return Error{BaseErrc::corrupt, key_file.string() + " is no key of 64 hexadecimal digits"};
  }
  MasterKey key{ByteView{*bytes}.first<MasterKey::kSize>()};
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return KeptInputs{directory, std::move(key)};
}

std::filesystem::path KeptInputs::path_of(const protocol::RoundDigest& rd) const {
  return directory_ / rd.hex();
}

KeptInputs::Writer::Key KeptInputs::key_of(const protocol::RoundDigest& rd, ByteView salt) const {
  Bytes info = to_bytes(kLabel);
  info.push_back(std::byte{0});
  append(info, salt);
  return crypto::derive<Writer::Key>(key_.expose(), crypto::Digest{rd.view()}, info);
}

KeptInputs::Writer::~Writer() {
  std::error_code ignored;
  if (open_ && !path_.empty()) std::filesystem::remove(partial(path_), ignored);
}

Result<> KeptInputs::Writer::write(ByteView piece, bool last) {
  const crypto::AeadKey key{key_.expose()};
  GS_TRY(const Bytes sealed,
         crypto::seal(key, nonce_of(pieces_), associated_with(rd_, pieces_, last), piece));
  std::array<std::byte, 4> length;
  store_le(static_cast<std::uint32_t>(sealed.size()), length);
  GS_CHECK(file_.write_at(offset_, length));
  GS_CHECK(file_.write_at(offset_ + length.size(), sealed));
  offset_ += length.size() + sealed.size();
  ++pieces_;
  return {};
}

Result<> KeptInputs::Writer::append(ByteView piece) { return write(piece, false); }

Result<> KeptInputs::Writer::commit() {
  GS_CHECK(write({}, true));
  GS_CHECK(file_.sync());
  std::error_code error;
  std::filesystem::rename(partial(path_), path_, error);
  if (error) return os_error(error.value(), "renaming", partial(path_));
  open_ = false;
  return sync_directory(path_.parent_path());
}

Result<KeptInputs::Writer> KeptInputs::write(const protocol::RoundDigest& rd,
                                             Random& random) const {
  const auto path = path_of(rd);
  GS_CHECK(remove_file(partial(path)));
  std::array<std::byte, kSaltBytes> salt;
  random.fill(salt);
  GS_TRY(auto file, PositionedFile::open(partial(path)));
  Writer writer{path, std::move(file), rd, key_of(rd, salt)};
  Bytes head = to_bytes(kMagic);
  guildsum::append(head, salt);
  GS_CHECK(writer.file_.write_at(0, head));
  writer.offset_ = head.size();
  return writer;
}

Result<Bytes> KeptInputs::read(const protocol::RoundDigest& rd) const {
  Bytes all;
  GS_CHECK(read_pieces(rd, [&all](ByteView piece) -> Result<> {
    guildsum::append(all, piece);
    return {};
  }));
  return all;
}

Result<> KeptInputs::read_pieces(const protocol::RoundDigest& rd,
                                 const std::function<Result<>(ByteView)>& take) const {
  const auto path = path_of(rd);
  auto file = PositionedFile::open_read_only(path);
  if (!file) return lost(path, file.error().message());
  PieceReader reader{*std::move(file)};
  const auto head = reader.take(kHeadBytes);
  if (!head || as_text(ByteView{*head}.first(kMagic.size())) != kMagic) {
    return lost(path, "not a kept vector");
  }
  const Writer::Key derived = key_of(rd, ByteView{*head}.subspan(kMagic.size()));
  const crypto::AeadKey key{derived.expose()};
  for (std::uint32_t index = 0;; ++index) {
    const auto sealed = reader.piece();
    if (!sealed) return lost(path, "cut short");
    const bool last = sealed->size() == crypto::kAeadTagBytes;
    const auto piece =
        crypto::open(key, nonce_of(index), associated_with(rd, index, last), *sealed);
    if (!piece) return lost(path, "changed");
    if (last) break;
    GS_CHECK(take(*piece));
  }
  const auto complete = reader.at_end();
  if (!complete || !*complete) return lost(path, "bytes follow the last piece");
  return {};
}

Result<> KeptInputs::sweep(std::span<const protocol::RoundDigest> keep) const {
  return sweep_directory(directory_, [keep](const std::string& name) {
    return std::ranges::any_of(
        keep, [&](const protocol::RoundDigest& rd) { return name == rd.hex(); });
  });
}

}  // namespace guildsum::participant
