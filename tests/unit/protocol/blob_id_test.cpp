#include "protocol/blob_id.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/limits.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {

BOOST_AUTO_TEST_SUITE(blob_id_test)

BOOST_AUTO_TEST_CASE(small_content_is_addressed_by_its_leaf) {
  const Bytes content = to_bytes("abc");
  BOOST_TEST(blob_id(content).hex() == crypto::leaf_hash(content).hex());
  BOOST_TEST(blob_id({}).hex() ==
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(larger_content_is_cut_into_leaves_of_one_mebibyte) {
  const Bytes content = test::sample_bytes(1, 2 * kBlobLeafBytes + 5);
  const ByteView view{content};
  const std::vector<Digest> leaves{crypto::leaf_hash(view.first(kBlobLeafBytes)),
                                   crypto::leaf_hash(view.subspan(kBlobLeafBytes, kBlobLeafBytes)),
                                   crypto::leaf_hash(view.last(5))};
  BOOST_TEST(blob_id(content).hex() == crypto::merkle_root(leaves).hex());
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_address) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kBlobLeafBytes - 1, kBlobLeafBytes,
                                 kBlobLeafBytes + 1, 3 * kBlobLeafBytes, 3 * kBlobLeafBytes + 77}) {
    const Bytes content = test::sample_bytes(size, size);
    for (const std::size_t piece : {std::size_t{997}, kBlobLeafBytes / 2, 2 * kBlobLeafBytes + 3}) {
      BlobHasher hasher;
      for (std::size_t first = 0; first < size; first += piece) {
        hasher.update(ByteView{content}.subspan(first, std::min(piece, size - first)));
      }
      BOOST_TEST(hasher.size() == size);
      BOOST_TEST(hasher.finish().hex() == blob_id(content).hex());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_finished_hasher_starts_anew) {
  BlobHasher hasher;
  hasher.update(to_bytes("first"));
  (void)hasher.finish();
  BOOST_TEST(hasher.size() == 0U);
  hasher.update(to_bytes("second"));
  BOOST_TEST(hasher.finish().hex() == blob_id(to_bytes("second")).hex());
}

BOOST_AUTO_TEST_CASE(chunks_of_an_input_make_a_merkle_tree) {
  const Bytes first = to_bytes("first");
  const Bytes second = to_bytes("second");
  const std::vector<Digest> digests{chunk_digest(first), chunk_digest(second)};
  BOOST_TEST(chunk_root(digests).hex() ==
             crypto::node_hash(crypto::leaf_hash(first), crypto::leaf_hash(second)).hex());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
