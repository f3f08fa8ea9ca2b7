use strict;
use warnings;

return {
  about => 'every shell script parses',
  run => sub {
    my ($tree) = @_;
    for my $path (@{$tree->{files}}) {
      next unless $path =~ /\.sh$/ || ($path !~ m{\.[^/]*$|\.gz$} || $path =~ m{^\.ci/}) && $tree->text($path) =~ m{\A#!\S*\s*(?:\S*/)?(?:env )?bash\b};
      my $answer = `bash -n '$tree->{root}/$path' 2>&1`;
      next if $? == 0;
      my ($line) = $answer =~ /line (\d+)/;
      $tree->report($path, $line // 1, 'does not parse');
    }
    return;
  },
  bad => {'scripts/a.sh' => "if true; then\n"},
  finds => ['scripts/a.sh:'],
  good => {'scripts/a.sh' => "if true; then echo; fi\n", 'quickstart' => "#!/usr/bin/env bash\necho\n"},
};
