# Beast and Asio's SSL headers cost tens of CPU seconds in every file that sees them.
use strict;
use warnings;

return {
  about => 'only the sources of base/net include Beast or Asio SSL headers; others use its transport',
  run => sub {
    my ($tree) = @_;
    for my $path ($tree->cpp_files) {
      next if $path =~ m{^base/net/(?:detail/.*|[^/]*\.cpp)$};
      for my $include ($tree->includes($path)) {
        my ($line, $target) = @$include;
        next unless $target =~ m{^boost/(?:beast(?:/|\.hpp)|asio/ssl(?:/|\.hpp))};
        $tree->report($path, $line, "<$target> belongs into a source file of base/net");
      }
    }
    return;
  },
  bad => {
    'coordinator/http/server.cpp' => "#include <boost/beast/http.hpp>\n",
    'base/net/tls.hpp' => "#pragma once\n#include <boost/asio/ssl.hpp>\n",
  },
  finds => ['coordinator/http/server.cpp:1:', 'base/net/tls.hpp:2:'],
  good => {
    'base/net/tls.cpp' => "#include <boost/asio/ssl.hpp>\n#include <boost/beast/core.hpp>\n",
    'coordinator/http/server.cpp' => "#include <boost/asio/awaitable.hpp>\n",
  },
};
