# What every check shares: the list of files, C++ text without comments and strings, and the report.
# Plain Perl with the modules of Debian's perl-base, which every Debian system has.
package Tidy;
use strict;
use warnings;

my @kSkippedFolders = qw(.git build run .cache vectors data node_modules);
our @kProductFolders = qw(base crypto protocol models coordinator participant simulations);

# A tree is a root folder and the files below it, as paths relative to the root.
sub open_tree {
  my ($root, $build) = @_;
  my $self = bless {root => $root, build => $build, files => [], findings => []}, 'Tidy';
  $self->_walk('');
  return $self;
}

sub _walk {
  my ($self, $folder) = @_;
  my $path = $folder eq '' ? $self->{root} : "$self->{root}/$folder";
  opendir(my $handle, $path) or die "cannot read $path: $!\n";
  my @names = sort grep { $_ ne '.' && $_ ne '..' } readdir $handle;
  closedir $handle;
  for my $name (@names) {
    my $entry = $folder eq '' ? $name : "$folder/$name";
    next if grep { $_ eq $name } @kSkippedFolders;
    if (-l "$self->{root}/$entry") { next }
    if (-d _) { $self->_walk($entry) }
    elsif (-f _) { push @{$self->{files}}, $entry }
  }
}

# Paths that match `pattern`.
sub files {
  my ($self, $pattern) = @_;
  return grep { $_ =~ $pattern } @{$self->{files}};
}
sub cpp_files { return $_[0]->files(qr/\.(?:hpp|cpp|ipp)$/) }
sub product_files {
  my ($self, $ending) = @_;
  my $folders = join '|', @kProductFolders;
  return $self->files(qr{^(?:$folders)/.*$ending});
}

sub text {
  my ($self, $path) = @_;
  open(my $handle, '<:raw', "$self->{root}/$path") or die "cannot read $path: $!\n";
  local $/;
  my $text = <$handle>;
  return defined $text ? $text : '';
}
sub lines { return split /\n/, $_[0]->text($_[1]) }

# The file's text with comments and the contents of strings blanked; every line keeps its number.
sub code {
  my ($self, $path) = @_;
  return $self->{code}{$path} //= blank_comments_and_strings($self->text($path));
}

sub blank_comments_and_strings {
  my ($text) = @_;
  my $blank = sub { my $part = shift; $part =~ s/[^\n]/ /g; $part };
  $text =~ s{
      (?<raw>R"(?<tag>[^(\s"]*)\(.*?\)\k<tag>")
    | (?<string>"(?:\\.|[^"\\\n])*")
    | (?<number>(?<![\w])\d(?:'?[\w.])*)
    | (?<char>'(?:\\.|[^'\\\n])+')
    | (?<comment>//[^\n]*|/\*.*?\*/)
  }{
    defined $+{number}  ? $+{number}
    : defined $+{comment} ? $blank->($+{comment})
    : '"' . $blank->(substr(defined $+{raw} ? $+{raw} : defined $+{string} ? $+{string} : $+{char}, 1, -1)) . '"'
  }gsxe;
  return $text;
}

# Number of the line that holds the character at `offset`.
sub line_at {
  my ($text, $offset) = @_;
  return 1 + (substr($text, 0, $offset) =~ tr/\n//);
}

# [line number, path] of each #include of the file; `quoted` keeps only the project's own.
sub includes {
  my ($self, $path) = @_;
  my ($number, @found) = (0);
  for my $line ($self->lines($path)) {
    ++$number;
    push @found, [$number, $2, $1 eq '"'] if $line =~ /^\s*#\s*include\s*([<"])([^">]+)[">]/;
  }
  return @found;
}

sub report {
  my ($self, $path, $line, $message) = @_;
  push @{$self->{findings}}, [$path, $line, $message];
}

1;
