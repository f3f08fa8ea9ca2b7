# C++ is formatted by clang-format 19; where that version is missing there is nothing to compare with.
use strict;
use warnings;

my $kTool = 'clang-format-19';

return {
  about => "C++ is formatted as .clang-format says ($kTool -i FILE)",
  run => sub {
    my ($tree) = @_;
    my $found = grep { -x "$_/$kTool" } split /:/, $ENV{PATH} // '';
    return 'skip' unless $found;
    for my $path ($tree->cpp_files) {
      my $formatted = `cd '$tree->{root}' && $kTool '$path'`;
      next if $formatted eq $tree->text($path);
      my @before = $tree->lines($path);
      my @after = split /\n/, $formatted;
      my $line = 0;
      ++$line while $line < @before && $line < @after && $before[$line] eq $after[$line];
      $tree->report($path, $line + 1, 'is not formatted');
    }
    return;
  },
  bad => {'.clang-format' => "BasedOnStyle: Google\n", 'base/a.cpp' => "int a;\nint  b;\n"},
  finds => ['base/a.cpp:2:'],
  good => {'.clang-format' => "BasedOnStyle: Google\n", 'base/a.cpp' => "int a;\nint b;\n"},
};
