# g++ 12 destroys some temporaries of a co_await expression twice: braced aggregates and capturing lambdas.
use strict;
use warnings;

my %kCloser = ('(' => 1, '[' => 1, '{' => 1);

# Text of the expression that starts right after a co_await, up to the end of its full operand.
my $operand_after = sub {
  my ($code, $from) = @_;
  my $depth = 0;
  for (my $at = $from; $at < length $code; ++$at) {
    my $char = substr $code, $at, 1;
    if ($kCloser{$char}) { ++$depth; next }
    if ($char =~ /[)\]}]/) { return substr($code, $from, $at - $from) if --$depth < 0; next }
    return substr($code, $from, $at - $from) if $depth == 0 && $char =~ /[;,]/;
  }
  return substr $code, $from;
};

my $fault_of = sub {
  my ($operand) = @_;
  # Durations and integers in braces are no aggregates.
  $operand =~ s/\bstd::chrono::\w+\{[^{}]*\}//g;
  $operand =~ s/\bstd::u?int\d+_t\{[^{}]*\}|\bstd::size_t\{[^{}]*\}//g;
  return 'a capturing lambda' if $operand =~ /(?:^|[^\w\])\s])\s*\[\s*[^\]\s][^\]]*\]\s*(?:\(|\{|mutable)/;
  return 'a braced temporary' if $operand =~ /\{/;
  return undef;
};

return {
  about => 'g++ 12 destroys temporaries of a co_await expression twice: name braced values and capturing '
    . 'lambdas on the line before and move them in; a coroutine is no capturing lambda',
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->cpp_files) {
      my $code = $tree->code($path);
      while ($code =~ /\bco_await\b/g) {
        my $at = $-[0];
        my $fault = $fault_of->($operand_after->($code, $+[0])) or next;
        $tree->report($path, Tidy::line_at($code, $at), "$fault inside a co_await expression");
      }
      while ($code =~ /\[[^\[\]\n]+\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*[\w:\s]*\bawaitable\s*</g) {
        $tree->report($path, Tidy::line_at($code, $-[0]), 'a capturing lambda is a coroutine');
      }
    }
    return;
  },
  bad => {
    'base/net/a.cpp' => "auto r = co_await f({a, 3});\nauto s = co_await g(Point{1, 2});\n"
      . "GS_CO_TRY(auto x, co_await h([this](int y) { return y; }));\n",
    'base/net/b.cpp' => "auto l = [key](int a) -> asio::awaitable<void> {\n  co_return;\n};\n",
  },
  finds => ['base/net/a.cpp:1:', 'base/net/a.cpp:2:', 'base/net/a.cpp:3:', 'base/net/b.cpp:1:'],
  good => {
    'base/net/a.cpp' => "if (co_await f(values[i])) {\n  g({a, 3});\n}\n"
      . "co_await wait(std::chrono::seconds{5});\nauto p = Point{1, 2};\n",
    'base/net/b.cpp' => "auto l = [](int a) -> asio::awaitable<void> {\n  co_return;\n};\n",
  },
};
