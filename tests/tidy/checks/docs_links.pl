# Relative links of every Markdown page lead to a file, and #anchors to a heading of that file.
use strict;
use warnings;

my $anchors_of = sub {
  my ($text) = @_;
  my (%anchors, %seen);
  $text =~ s/^```.*?^```//gms;
  while ($text =~ /^#+\s+(.*?)\s*$/gm) {
    my $anchor = lc $1;
    $anchor =~ s/[^\w\- ]//g;
    $anchor =~ s/ /-/g;
    my $count = $seen{$anchor}++;
    $anchors{$count ? "$anchor-$count" : $anchor} = 1;
  }
  return \%anchors;
};

my $resolve = sub {
  my ($page, $link) = @_;
  my @parts = $page =~ m{/} ? split m{/}, $page =~ s{/[^/]*$}{}r : ();
  for my $part (split m{/}, $link) {
    if ($part eq '..') { pop @parts } elsif ($part ne '.' && $part ne '') { push @parts, $part }
  }
  return join '/', @parts;
};

return {
  about => 'relative links in Markdown lead to files and headings that exist',
  run => sub {
    my ($tree) = @_;
    for my $page ($tree->files(qr/\.md$/)) {
      my ($number, $fenced) = (0, 0);
      for my $line ($tree->lines($page)) {
        ++$number;
        if ($line =~ /^\s*```/) { $fenced = !$fenced; next }
        next if $fenced;
        while ($line =~ /\]\(([^)\s]+)\)/g) {
          my $link = $1;
          next if $link =~ /^[a-z]+:/;
          my ($file, $anchor) = split /#/, $link, 2;
          my $target = $file eq '' ? $page : $resolve->($page, $file);
          if (!-e "$tree->{root}/$target") { $tree->report($page, $number, "$link leads nowhere"); next }
          next unless defined $anchor && $target =~ /\.md$/;
          $tree->report($page, $number, "$target has no heading #$anchor")
            unless $anchors_of->($tree->text($target))->{$anchor};
        }
      }
    }
    return;
  },
  bad => {'README.md' => "# A\n[x](docs/no.md) [y](docs/yes.md#none)\n", 'docs/yes.md' => "# Yes\n"},
  finds => ['README.md:2: docs/no.md', 'README.md:2: docs/yes.md'],
  good => {
    'README.md' => "[x](docs/yes.md#a-b-1) [w](https://example.org) [d](docs/)\n",
    'docs/yes.md' => "# A, b\n# A: b\n[up](../README.md) [here](#a-b)\n```\n[z](nowhere)\n```\n",
  },
};
