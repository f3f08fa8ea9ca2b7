# Finds function bodies by braces: a brace that opens at namespace or class scope after a parameter list.
use strict;
use warnings;

my $kLinesMax = 70;

my $opens_scope = sub {
  my ($head) = @_;
  return 1 if $head =~ /\b(?:namespace|extern)\b/;
  return $head !~ /\)/ && $head =~ /\b(?:class|struct|union|enum)\b/
    || $head =~ /^\s*(?:template\s*<.*>\s*)?(?:class|struct|union|enum)\b/s;
};

# [first line, last line, head] of each function of `code`.
my $functions_of = sub {
  my ($code) = @_;
  my (@stack, @found);
  my ($head, $head_at, $at) = ('', 0, 0);
  while ($code =~ /([{};])|(^\s*#(?:[^\n]*\\\n)*[^\n]*)/gm) {
    $at = $-[0];
    my $token = $1;
    if (!defined $token) { $head_at = pos $code; next }
    $head = substr $code, $head_at, $at - $head_at;
    if ($token eq '{') {
      my $outside = !grep { $_->{kind} ne 'scope' } @stack;
      my $kind = !$outside ? 'inner' : $opens_scope->($head) ? 'scope' : $head =~ /\)/ ? 'function' : 'inner';
      my $lead = $head =~ /^(\s*)/ ? length $1 : 0;
      push @stack, {kind => $kind, from => Tidy::line_at($code, $head_at + $lead), head => $head};
    } elsif ($token eq '}') {
      my $top = pop @stack;
      push @found, [$top->{from}, Tidy::line_at($code, $at), $top->{head}] if $top && $top->{kind} eq 'function';
    }
    $head_at = pos $code;
  }
  return @found;
};

return {
  about => "no function has more than $kLinesMax lines",
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->cpp_files) {
      for my $function ($functions_of->($tree->code($path))) {
        my ($from, $to, $head) = @$function;
        my $lines = $to - $from + 1;
        next if $lines <= $kLinesMax;
        my ($name) = $head =~ /([~\w:]+)\s*\(/;
        $tree->report($path, $from, ($name // 'a function') . " has $lines lines, at most $kLinesMax");
      }
    }
    return;
  },
  bad => {
    'base/a.cpp' => "namespace a {\nclass B {\n  int f(int x) {\n" . ("    x += 1;\n" x 70) . "  }\n};\n}\n",
    'base/b.cpp' => "int f() {\n  auto g = [](int y) {\n" . ("    // {\n" x 66) . "    return \"}\";\n  };\n  return 1;\n}\n",
  },
  finds => ['base/a.cpp:3:', 'base/b.cpp:1:'],
  good => {
    'base/a.cpp' => "namespace a {\nint f(int x) {\n" . ("  x += 1;\n" x 68) . "}\nint g() {\n  return 1;\n}\n}\n",
    'base/t.cpp' => "struct T {\n" . ("  int x;\n" x 90) . "};\nconst int kA[] = {\n" . ("  1,\n" x 90) . "};\n",
  },
};
