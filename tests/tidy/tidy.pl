#!/usr/bin/env perl
# Runs one check over a source tree, or proves that every check can fail.
#
#   tidy.pl CHECK ROOT [BUILD]   exit 0: clean, 1: findings (file:line: message), 77: nothing to check here
#   tidy.pl --self-test CHECK    runs CHECK on its own planted violation and on its own clean example
#   tidy.pl --list               names of all checks
use strict;
use warnings;
use File::Basename qw(basename dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Cwd qw(abs_path);

my $here = dirname(abs_path($0));
require "$here/Tidy.pm";
my $kNothingToCheck = 77;

# A check file returns a hash: `about` (one sentence), `run` (sub over a tree; may return 'skip'),
# `bad` and `good` (path => contents of made-up trees), `finds` (what the report on `bad` must contain).
sub load_check {
  my ($name) = @_;
  $name =~ /^[a-z0-9_]+$/ && -f "$here/checks/$name.pl" or die "no check is called '$name'\n";
  my $check = do "$here/checks/$name.pl";
  ref $check eq 'HASH' or die "checks/$name.pl does not load: " . ($@ || $!) . "\n";
  return $check;
}

sub findings_of {
  my ($check, $root, $build) = @_;
  my $tree = Tidy::open_tree($root, $build);
  my $answer = $check->{run}->($tree);
  return (defined $answer && $answer eq 'skip', map { "$_->[0]:$_->[1]: $_->[2]" } @{$tree->{findings}});
}

sub plant {
  my ($files) = @_;
  my $root = tempdir('guildsum-tidy-XXXXXX', TMPDIR => 1, CLEANUP => 1);
  for my $path (keys %$files) {
    make_path(dirname("$root/$path"));
    open(my $handle, '>:raw', "$root/$path") or die "cannot write $root/$path: $!\n";
    print {$handle} $files->{$path};
    close $handle;
  }
  return $root;
}

sub self_test {
  my ($name) = @_;
  my $check = load_check($name);
  $check->{bad} && $check->{good} && $check->{finds} or die "$name has no planted violation\n";
  my ($skipped, @found) = findings_of($check, plant($check->{bad}), undef);
  if ($skipped) { print "$name: its tool is not on this machine\n"; return $kNothingToCheck }
  my $failed = 0;
  for my $expected (@{$check->{finds}}) {
    next if grep { index($_, $expected) == 0 } @found;
    print "$name overlooks the planted violation at $expected\n";
    $failed = 1;
  }
  if (@found > @{$check->{finds}}) {
    print "$name reports more than was planted:\n", map { "  $_\n" } @found;
    $failed = 1;
  }
  (undef, @found) = findings_of($check, plant($check->{good}), undef);
  if (@found) {
    print "$name reports a clean tree:\n", map { "  $_\n" } @found;
    $failed = 1;
  }
  print "$name: finds what it must and nothing else\n" unless $failed;
  return $failed;
}

sub main {
  my ($first, @rest) = @_;
  if (!defined $first) { die "usage: tidy.pl CHECK ROOT [BUILD] | --self-test CHECK | --list\n" }
  if ($first eq '--list') { print map { basename($_, '.pl') . "\n" } sort glob "$here/checks/*.pl"; return 0 }
  if ($first eq '--self-test') { return self_test($rest[0] // '') }
  my $check = load_check($first);
  my ($skipped, @found) = findings_of($check, abs_path($rest[0] // '.'), $rest[1]);
  if ($skipped) { print "$first: nothing to check here\n"; return $kNothingToCheck }
  print map { "$_\n" } @found;
  print @found ? scalar(@found) . " finding(s). The rule: $check->{about}\n" : "$first: clean\n";
  return @found ? 1 : 0;
}

exit main(@ARGV);
