#include "crypto/merkle.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

std::vector<Digest> sample_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i)
    leaves.push_back(leaf_hash(test::sample_bytes(i, 10 + i)));
  return leaves;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(merkle_test)

BOOST_AUTO_TEST_CASE(leaves_and_nodes_are_hashed_apart) {
  const auto leaves = sample_leaves(2);
  Bytes joined;
  append(joined, leaves[0].view());
  append(joined, leaves[1].view());
  BOOST_TEST(leaf_hash(joined).hex() != node_hash(leaves[0], leaves[1]).hex());
  BOOST_TEST(merkle_root(leaves).hex() == node_hash(leaves[0], leaves[1]).hex());
}

BOOST_AUTO_TEST_CASE(the_builder_gives_the_root_of_every_prefix) {
  const auto leaves = sample_leaves(70);
  MerkleBuilder builder;
  BOOST_TEST(builder.root().hex() == merkle_root({}).hex());
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    builder.add_leaf(leaves[size - 1]);
    BOOST_TEST(builder.size() == size);
    BOOST_TEST(builder.root().hex() == merkle_root(std::span{leaves}.first(size)).hex());
  }
}

BOOST_AUTO_TEST_CASE(the_builder_hashes_contents_as_leaves) {
  MerkleBuilder builder;
  builder.add(as_bytes("content"));
  BOOST_TEST(builder.root().hex() == leaf_hash(as_bytes("content")).hex());
}

BOOST_AUTO_TEST_CASE(every_leaf_proves_its_place_and_no_other) {
  for (const std::size_t size : {1U, 2U, 3U, 5U, 8U, 13U, 33U}) {
    const auto leaves = sample_leaves(size);
    const Digest root = merkle_root(leaves);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = make_inclusion_proof(leaves, index);
      BOOST_REQUIRE(proof.has_value());
      BOOST_TEST(verify_inclusion(root, leaves[index], *proof));
      for (std::size_t other = 0; other < size; ++other) {
        if (other == index) continue;
        InclusionProof moved = *proof;
        moved.index = other;
        BOOST_TEST(!verify_inclusion(root, leaves[index], moved));
        BOOST_TEST(!verify_inclusion(root, leaves[other], *proof));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(damaged_proofs_are_refused) {
  const auto leaves = sample_leaves(11);
  const Digest root = merkle_root(leaves);
  const auto good = make_inclusion_proof(leaves, 6);
  BOOST_REQUIRE(verify_inclusion(root, leaves[6], *good));
  InclusionProof shorter = *good;
  shorter.path.pop_back();
  BOOST_TEST(!verify_inclusion(root, leaves[6], shorter));
  InclusionProof longer = *good;
  longer.path.push_back(leaves[0]);
  BOOST_TEST(!verify_inclusion(root, leaves[6], longer));
  InclusionProof outside = *good;
  outside.index = 11;
  BOOST_TEST(!verify_inclusion(root, leaves[6], outside));
  for (std::size_t i = 0; i < good->path.size(); ++i) {
    InclusionProof changed = *good;
    changed.path[i].mutable_view()[0] ^= std::byte{1};
    BOOST_TEST(!verify_inclusion(root, leaves[6], changed));
  }
  BOOST_TEST(!verify_inclusion(root, leaves[6], InclusionProof{}));
}

BOOST_AUTO_TEST_CASE(there_is_no_proof_outside_the_tree) {
  const auto leaves = sample_leaves(3);
  BOOST_TEST((make_inclusion_proof(leaves, 3).error() == CryptoErrc::index_out_of_range));
  BOOST_TEST((make_inclusion_proof({}, 0).error() == CryptoErrc::index_out_of_range));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
