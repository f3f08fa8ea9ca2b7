# base <- crypto <- protocol <- {coordinator, participant} <- simulations; base <- models, privacy <- the latter three.
use strict;
use warnings;

my %kMayInclude = (
  base        => [qw(base)],
  crypto      => [qw(base crypto)],
  protocol    => [qw(base crypto protocol)],
  models      => [qw(base models)],
  privacy     => [qw(base privacy)],
  coordinator => [qw(base crypto protocol models privacy coordinator)],
  participant => [qw(base crypto protocol models privacy participant)],
  simulations => [qw(base crypto protocol models privacy coordinator participant simulations)],
);

# Headers that only these folders, the header's own and tests may include.
my %kReserved = ('protocol/signature_checks.hpp' => [qw(protocol simulations)]);

# The product folder whose rules a file follows; tests of a folder follow that folder's.
my $owner_of = sub {
  my ($path) = @_;
  my ($first) = $path =~ m{^(?:tests/unit/)?([^/]+)/};
  return defined $first && $kMayInclude{$first} ? $first : undef;
};

my $check_includes = sub {
  my ($tree, $path) = @_;
  my $owner = $owner_of->($path);
  my $in_unit_test = $path =~ m{^tests/unit/};
  for my $include ($tree->includes($path)) {
    my ($line, $target, $quoted) = @$include;
    my ($folder) = $target =~ m{^([^/]+)/};
    # A test may have helpers beside it.
    next if !defined $folder && $path =~ m{^tests/};
    if ($quoted && !defined $folder) {
      $tree->report($path, $line, "\"$target\" is not written from the root of the tree");
      next;
    }
    next unless defined $folder && ($kMayInclude{$folder} || $folder eq 'tests');
    if ($target =~ m{^((?:.*/)?([^/]+))/detail/} && $path !~ m{^\Q$1\E/|^tests/unit/(?:\Q$1\E|\Q$2\E)/}) {
      $tree->report($path, $line, "$target is private to $1");
    }
    next unless defined $owner;
    if (my $for = $kReserved{$target}) {
      $tree->report($path, $line, "$target is for @$for only") unless grep { $_ eq $owner } @$for;
    }
    next if $folder eq 'tests' ? $in_unit_test : grep { $_ eq $folder } @{$kMayInclude{$owner}};
    $tree->report($path, $line, "$owner may not include $target");
  }
};

my $check_links = sub {
  my ($tree, $path) = @_;
  my $owner = $owner_of->($path) or return;
  my $number = 0;
  for my $line ($tree->lines($path)) {
    ++$number;
    next if $line =~ /^\s*#/;
    while ($line =~ /guildsum(?:::|_)(\w+)/g) {
      my ($folder) = split /_/, $1;
      next unless $kMayInclude{$folder};
      next if grep { $_ eq $folder } @{$kMayInclude{$owner}};
      $tree->report($path, $number, "$owner may not link guildsum::$1");
    }
  }
};

return {
  about => 'base <- crypto <- protocol <- {coordinator, participant} <- simulations, base <- models <- '
    . '{coordinator, participant}; <folder>/detail/ is private; own headers are included from the root',
  run => sub {
    my ($tree) = @_;
    $check_includes->($tree, $_) for $tree->cpp_files;
    $check_links->($tree, $_) for $tree->product_files(qr{CMakeLists\.txt$});
    return;
  },
  bad => {
    'crypto/ring.cpp' => "#include \"crypto/ring.hpp\"\n#include \"models/layout.hpp\"\n",
    'models/ease.hpp' => "#pragma once\n#include \"crypto/sha256.hpp\"\n",
    'coordinator/http/api.cpp' => "#include \"participant/journal.hpp\"\n#include \"api.hpp\"\n",
    'protocol/wire.cpp' => "#include \"base/detail/fixed_bytes.ipp\"\n",
    'tests/unit/base/bytes_test.cpp' => "#include \"protocol/ids.hpp\"\n",
    'participant/past.cpp' => "#include \"participant/past.hpp\"\n#include \"protocol/signature_checks.hpp\"\n",
    'base/CMakeLists.txt' => "guildsum_add_library(base PUBLIC guildsum::crypto)\n",
  },
  finds => [
    'crypto/ring.cpp:2:', 'models/ease.hpp:2:', 'coordinator/http/api.cpp:1:', 'coordinator/http/api.cpp:2:',
    'protocol/wire.cpp:1:', 'tests/unit/base/bytes_test.cpp:1:', 'base/CMakeLists.txt:1:', 'participant/past.cpp:2:',
  ],
  good => {
    'coordinator/step.cpp' => "#include <vector>\n#include \"crypto/ring.hpp\"\n#include \"models/layout.hpp\"\n",
    'simulations/main.cpp' => "#include \"coordinator/step.hpp\"\n#include \"participant/contribute.hpp\"\n",
    'simulations/checks.cpp' => "#include \"protocol/signature_checks.hpp\"\n",
    'base/bytes.hpp' => "#include \"base/detail/fixed_bytes.ipp\"\n",
    'tests/unit/base/bytes_test.cpp' => "#include \"base/bytes.hpp\"\n#include \"tests/support/files.hpp\"\n#include \"samples.hpp\"\n",
    'tests/unit/net/session_test.cpp' => "#include \"base/net/detail/session.hpp\"\n",
    'models/CMakeLists.txt' => "# not guildsum::crypto\nguildsum_add_library(models PUBLIC guildsum::base Eigen3::Eigen)\n",
  },
};
