# Every source has a test file of its name, or an entry in tests/tidy/tested_elsewhere.txt that says which test covers it.
use strict;
use warnings;

my $kElsewhere = 'tests/tidy/tested_elsewhere.txt';

return {
  about => "each product source x.cpp has a tests/.../x_test.cpp, or a line in $kElsewhere: source, test, why",
  run => sub {
    my ($tree) = @_;
    my %tests = map { m{([^/]+)_test\.cpp$} ? ($1 => 1) : () } $tree->files(qr{^tests/});
    my %elsewhere;
    if (grep { $_ eq $kElsewhere } @{$tree->{files}}) {
      my $number = 0;
      for my $line ($tree->lines($kElsewhere)) {
        ++$number;
        next if $line =~ /^\s*(?:#|$)/;
        my ($source, $test, $why) = split ' ', $line, 3;
        $elsewhere{$source} = 1;
        if (defined $test && $test eq 'owed') {
          my ($stem) = $source =~ m{([^/]+)\.cpp$};
          $tree->report($kElsewhere, $number, "$source has its test now: remove the line") if $tests{$stem};
        }
        my $known = sub { my $path = shift; scalar grep { $_ eq $path } @{$tree->{files}} };
        $tree->report($kElsewhere, $number, "there is no $source") unless $known->($source);
        $tree->report($kElsewhere, $number, 'there is no ' . ($test // 'test')) unless defined $test && ($test eq 'owed' || $known->($test));
        $tree->report($kElsewhere, $number, "does not say why") unless defined $why;
      }
    }
    for my $path ($tree->product_files(qr/\.cpp$/)) {
      my ($stem) = $path =~ m{([^/]+)\.cpp$};
      next if $stem eq 'main' || $tests{$stem} || $elsewhere{$path};
      $tree->report($path, 1, "no ${stem}_test.cpp");
    }
    return;
  },
  bad => {
    'base/a.cpp' => "\n", 'base/b.cpp' => "\n", 'tests/unit/base/b_test.cpp' => "\n",
    $kElsewhere => "base/c.cpp tests/unit/base/b_test.cpp it is gone\n",
  },
  finds => ['base/a.cpp:1:', "$kElsewhere:1:"],
  good => {
    'base/a.cpp' => "\n", 'base/main.cpp' => "\n", 'base/b.cpp' => "\n", 'tests/unit/base/b_test.cpp' => "\n",
    $kElsewhere => "# comment\nbase/a.cpp tests/unit/base/b_test.cpp b wraps a\n",
  },
};
