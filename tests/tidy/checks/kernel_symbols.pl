# A kernel file is compiled for an instruction set that the machine may lack. A weak symbol in its object (a template or
# inline function) could be the copy that the linker keeps for the whole program; it must be named after the kernel's own set.
use strict;
use warnings;

my $kInstructionSet = qr/-march=x86-64-v[234]|-mavx|-mvaes|-maes\b|-mgfni/;
my $kOwnName = qr/Eigen_v\d|avx|vaes|aesni|x86_64_v|_v[234]\b/i;

my $weak_symbols = sub { return `nm --defined-only -C '$_[0]' 2>/dev/null` };

my $leaks_of = sub {
  my ($listing) = @_;
  my @leaks;
  for my $line (split /\n/, $listing) {
    my ($kind, $name) = $line =~ /^\s*[0-9a-f]+\s+([WVu])\s+(.*)$/ or next;
    push @leaks, $name unless $name =~ $kOwnName || $name =~ /^DW\.ref\./;
  }
  return @leaks;
};

# [object, source] of each translation unit compiled for an extended instruction set.
my $kernels_of = sub {
  my ($build) = @_;
  open(my $handle, '<', "$build/compile_commands.json") or return;
  local $/;
  my $text = <$handle>;
  my @found;
  while ($text =~ /\{([^{}]*)\}/g) {
    my $entry = $1;
    my ($command) = $entry =~ /"command":\s*"((?:[^"\\]|\\.)*)"/ or next;
    next unless $command =~ $kInstructionSet;
    my ($object) = $command =~ / -o (\S+)/;
    my ($source) = $entry =~ /"file":\s*"([^"]*)"/;
    push @found, ["$build/$object", $source] if defined $object && -f "$build/$object";
  }
  return @found;
};

return {
  about => 'an object compiled for an extended instruction set exports no weak symbol that other files could share',
  run => sub {
    my ($tree) = @_;
    my @listings = map { [$_, $tree->text($_)] } $tree->files(qr/\.nm$/);  # Made-up listings of the self test.
    if (defined $tree->{build}) {
      push @listings, map { [$_->[1], $weak_symbols->($_->[0])] } $kernels_of->($tree->{build});
    }
    return 'skip' unless @listings;
    for my $listing (@listings) {
      $tree->report($listing->[0], 1, "leaks $_") for $leaks_of->($listing->[1]);
    }
    return;
  },
  bad => {'a.nm' => "0000 T kernel_avx512(float*)\n0010 W std::vector<float>::push_back(float)\n"},
  finds => ['a.nm:1: leaks std::vector'],
  good => {'a.nm' => "0000 T kernel_avx512(float*)\n0010 W Eigen_v4::internal::gebp(float*)\n                 U malloc\n"},
};
