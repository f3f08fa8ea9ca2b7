#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "crypto/aead.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/hmac.hpp"
#include "crypto/mask_stream.hpp"
#include "crypto/merkle.hpp"
#include "crypto/x25519.hpp"

/// The fixed costs of a round: one operation each of what a shop does per peer.
namespace guildsum::bench {
namespace {

using namespace guildsum::crypto;

void x25519_agree(benchmark::State& state) {
  SeededRandom random{1};
  const X25519KeyPair own{generate_x25519_key(random)};
  const auto peer = x25519_public_key(generate_x25519_key(random));
  for (auto _ : state) benchmark::DoNotOptimize(own.agree(peer));
}

void x25519_new_key(benchmark::State& state) {
  SystemRandom random;
  for (auto _ : state) benchmark::DoNotOptimize(x25519_public_key(generate_x25519_key(random)));
}

void ed25519_sign(benchmark::State& state) {
  SeededRandom random{1};
  const Signer signer{generate_signing_key(random)};
  const Bytes message(200);
  for (auto _ : state) benchmark::DoNotOptimize(signer.sign(message));
}

void ed25519_verify(benchmark::State& state) {
  SeededRandom random{1};
  const Signer signer{generate_signing_key(random)};
  const auto verifier = Verifier::create(signer.verify_key());
  const Bytes message(200);
  const Signature signature = signer.sign(message);
  for (auto _ : state) benchmark::DoNotOptimize(verifier->verify(message, signature));
}

void hkdf_typed_key(benchmark::State& state) {
  const Bytes ikm(32);
  const Bytes info(150);
  for (auto _ : state) benchmark::DoNotOptimize(derive<MaskSeed>(ikm, Digest{}, info));
}

void hmac_64_bytes(benchmark::State& state) {
  HmacSha256 hmac{Bytes(32)};
  const Bytes message(64);
  for (auto _ : state) benchmark::DoNotOptimize(hmac.mac(message));
}

void sha256_of(benchmark::State& state) {
  const Bytes message(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(sha256(message));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void seal_shares(benchmark::State& state) {
  SeededRandom random{1};
  const auto key = random.secret<crypto::AeadKeyTag, 32>();
  const Bytes shares(2 * 40 + 2 * 32);
  for (auto _ : state) {
    benchmark::DoNotOptimize(seal(key, Nonce::random(random), {}, shares));
  }
}

void merkle_root_of(benchmark::State& state) {
  const std::vector<Digest> leaves(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(merkle_root(leaves));
}

void microseconds(benchmark::internal::Benchmark* benchmark) {
  benchmark->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK(x25519_agree)->Apply(microseconds);
BENCHMARK(x25519_new_key)->Apply(microseconds);
BENCHMARK(ed25519_sign)->Apply(microseconds);
BENCHMARK(ed25519_verify)->Apply(microseconds);
BENCHMARK(hkdf_typed_key)->Apply(microseconds);
BENCHMARK(hmac_64_bytes)->Apply(microseconds);
BENCHMARK(sha256_of)->Arg(64)->Arg(1 << 20)->Apply(microseconds);
BENCHMARK(seal_shares)->Apply(microseconds);
BENCHMARK(merkle_root_of)->Arg(128)->Apply(microseconds);

}  // namespace
}  // namespace guildsum::bench
