# The project stands alone: nothing in it names a place on one developer's machine.
use strict;
use warnings;

my $kPattern = join '|', map { quotemeta } ('/wo' . 'rk/', '../sha' . 'red', '/ro' . 'ot/', '/ho' . 'me/', '/tmp/b' . 'rief');

return {
  about => 'no path of one machine appears in the tree',
  run => sub {
    my ($tree) = @_;
    for my $path (@{$tree->{files}}) {
      next if $path =~ /\.(?:gz|zst|png|ico|woff2)$/;
      my $number = 0;
      for my $line ($tree->lines($path)) {
        ++$number;
        $tree->report($path, $number, "'$1'") if $line =~ /((?:^|(?<![\w.]))(?:$kPattern)[^\s"'`]*)/;
      }
    }
    return;
  },
  bad => {'docs/a.md' => "See\n/wo" . "rk/x.\n", 'base/b.cpp' => "open(\"/ho" . "me/me/x\");\n"},
  finds => ['docs/a.md:2:', 'base/b.cpp:1:'],
  good => {'docs/a.md' => "GET /v1/wo" . "rk/x and frame" . "work/x\n"},
};
