# All randomness comes from Random& (base/random.hpp), all comparisons of secrets from CRYPTO_memcmp.
use strict;
use warnings;

return {
  about => 'no random numbers besides Random&; no memcmp in crypto/ and protocol/ (secrets: CRYPTO_memcmp)',
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->product_files(qr/\.(?:hpp|cpp|ipp)$/)) {
      my $code = $tree->code($path);
      while ($code =~ /\b(s?rand(?:om)?_?r?\s*(?=\()|mt19937(?:_64)?|random_device|default_random_engine|minstd_rand0?)\b/g) {
        my ($word, $at) = ($1, $-[0]);
        next if $word =~ /^s?random/ && $word !~ /device/;
        $tree->report($path, Tidy::line_at($code, $at), "$word: take a Random&");
      }
      next unless $path =~ m{^(?:crypto|protocol)/};
      while ($code =~ /(?<![\w])(?:std::)?memcmp\s*\(/g) {
        $tree->report($path, Tidy::line_at($code, $-[0]), 'memcmp: CRYPTO_memcmp for secrets, == for public values');
      }
    }
    return;
  },
  bad => {
    'models/a.cpp' => "int x = rand();\nstd::mt19937 engine;\n",
    'crypto/b.cpp' => "bool e = std::memcmp(a, b, 32) == 0;\n",
  },
  finds => ['models/a.cpp:1:', 'models/a.cpp:2:', 'crypto/b.cpp:1:'],
  good => {
    'models/a.cpp' => "random.fill(seed);\nint strand(int);\n",
    'crypto/b.cpp' => "bool e = CRYPTO_memcmp(a, b, 32) == 0;\n",
    'base/c.hpp' => "return std::memcmp(a, b, 4) <=> 0;\n",
  },
};
