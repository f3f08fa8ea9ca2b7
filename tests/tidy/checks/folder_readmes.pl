use strict;
use warnings;

return {
  about => 'every folder of the root, and every folder of tests/ that is not a unit test folder, has a README.md',
  run => sub {
    my ($tree) = @_;
    my %folders;
    for my $path (@{$tree->{files}}) {
      $folders{$1} = 1 if $path =~ m{^([^./][^/]*)/};
      $folders{$1} = 1 if $path =~ m{^(tests/[^/]+)/};
    }
    for my $folder (sort keys %folders) {
      next if grep { $_ eq "$folder/README.md" } @{$tree->{files}};
      $tree->report($folder, 1, 'no README.md');
    }
    return;
  },
  bad => {'base/a.cpp' => "\n", 'tests/unit/base/x_test.cpp' => "\n", 'tests/README.md' => "# Tests\n"},
  finds => ['base:1:', 'tests/unit:1:'],
  good => {'base/README.md' => "# Base\n", 'base/a.cpp' => "\n", '.ci/run' => "\n"},
};
