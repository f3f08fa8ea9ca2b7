#include "crypto/merkle.hpp"

#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

struct Trees {
  boost::json::value file = vectors::load("merkle/rfc6962.json");
  std::vector<Digest> leaves;
  Trees() {
    for (const auto& leaf : file.at("leaves").as_array()) {
      const auto& hex = leaf.as_string();
      leaves.push_back(leaf_hash(*from_hex({hex.data(), hex.size()})));
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(merkle_test, Trees)

BOOST_AUTO_TEST_CASE(roots_match_for_every_size) {
  BOOST_TEST(merkle_root({}).hex() == vectors::text(file, "empty_root"));
  for (const auto& tree : file.at("trees").as_array()) {
    const auto size = tree.at("size").to_number<std::size_t>();
    BOOST_TEST(merkle_root(std::span{leaves}.first(size)).hex() == vectors::text(tree, "root"));
  }
}

BOOST_AUTO_TEST_CASE(inclusion_paths_match_and_verify) {
  for (const auto& tree : file.at("trees").as_array()) {
    const auto size = tree.at("size").to_number<std::size_t>();
    const auto root = vectors::fixed<Digest>(tree, "root");
    for (const auto& entry : tree.at("inclusion").as_array()) {
      const auto index = entry.at("index").to_number<std::uint64_t>();
      const auto proof = make_inclusion_proof(std::span{leaves}.first(size), index);
      BOOST_REQUIRE(proof.has_value());
      const auto& path = entry.at("path").as_array();
      BOOST_REQUIRE_EQUAL(proof->path.size(), path.size());
      for (std::size_t i = 0; i < path.size(); ++i) {
        BOOST_TEST(proof->path[i].hex() == std::string_view{path[i].as_string()});
      }
      BOOST_TEST(verify_inclusion(root, leaves[index], *proof));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
