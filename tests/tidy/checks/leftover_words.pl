# Words that mark unfinished work. They are written in halves here, so that the check may read itself.
use strict;
use warnings;

my @kWords = map { join '', @$_ } (
  ['TO', 'DO'], ['FIX', 'ME'], ['XX', 'X'], ['HA', 'CK'], ['place', 'holder'], ['not ', 'implemented'], ['for ', 'now'],
);
my $kPattern = join '|', map { quotemeta } @kWords;

return {
  about => 'nothing is left half done: no word that marks unfinished work',
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->files(qr{\.(?:hpp|cpp|ipp|md|sh|pl|pm|cmake|txt|toml|json|sql|svelte|ts|js|css)$|^[^.]+$})) {
      my $number = 0;
      for my $line ($tree->lines($path)) {
        ++$number;
        # In title case it is the reason phrase of HTTP status 501.
        $tree->report($path, $number, "'$1'")
          if $line =~ s/"Not Imple[m]ented"//r =~ /(?<![\w-])($kPattern)(?![\w-])/i;
      }
    }
    return;
  },
  bad => {
    'base/a.cpp' => "int a;  // $kWords[0]: finish\n",
    'docs/b.md' => "This is $kWords[5] yet.\n",
  },
  finds => ['base/a.cpp:1:', 'docs/b.md:1:'],
  good => {'base/a.cpp' => "int todo_list;\nreturn \"Not Imple" . "mented\";\n", 'docs/b.md' => "Wait for nowhere.\n"},
};
