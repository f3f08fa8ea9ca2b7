use strict;
use warnings;

my $kLinesMax = 400;

return {
  about => "no C++ file has more than $kLinesMax lines: split it by idea",
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->cpp_files) {
      my $lines = ($tree->text($path) =~ tr/\n//);
      $tree->report($path, $lines, "$lines lines, at most $kLinesMax") if $lines > $kLinesMax;
    }
    return;
  },
  bad => {'models/a.cpp' => "int a;\n" x 401},
  finds => ['models/a.cpp:401:'],
  good => {'models/a.cpp' => "int a;\n" x 400},
};
