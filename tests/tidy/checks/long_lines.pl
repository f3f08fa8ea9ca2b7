use strict;
use warnings;

my $kColumnsMax = 100;

return {
  about => "no line of C++ is wider than $kColumnsMax columns",
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->cpp_files) {
      my $number = 0;
      for my $line ($tree->lines($path)) {
        ++$number;
        next if $line =~ /^\s*#\s*include/;
        utf8::decode($line);
        my $columns = length $line;
        $tree->report($path, $number, "$columns columns, at most $kColumnsMax") if $columns > $kColumnsMax;
      }
    }
    return;
  },
  bad => {'base/a.hpp' => "int a;\n// " . ('x' x 98) . "\n"},
  finds => ['base/a.hpp:2:'],
  good => {'base/a.hpp' => "// " . ("\xc3\xa9" x 97) . "\n"},
};
