#include "participant/remote/retry.hpp"

#include <set>
#include <thread>

#include "base/errors.hpp"
#include "base/memory_log.hpp"
#include "base/net/error.hpp"
#include "protocol/errors.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using std::chrono::milliseconds;

namespace {

struct Setup {
  StopFlag stop;
  SeededRandom random{1};
  SystemClock clock;
  MemoryLog log;
  RetryContext context{stop, random, clock, log};
  int calls = 0;

  /// Fails `failures` times with `error`, then answers 7.
  Result<int> run(int failures, const Error& error, std::chrono::seconds patience) {
    return with_retries(context, clock.steady_now() + patience, "test", [&]() -> Result<int> {
      if (++calls <= failures) return error;
      return 7;
    });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(retry_test)

BOOST_AUTO_TEST_CASE(only_failures_without_an_answer_are_worth_another_try) {
  for (const auto code : {net::NetErrc::unreachable, net::NetErrc::timed_out,
                          net::NetErrc::connection_lost, net::NetErrc::protocol_error}) {
    BOOST_TEST(is_retryable(Error{code}));
  }
  BOOST_TEST(is_retryable(BaseErrc::unreachable));
  BOOST_TEST(is_retryable(BaseErrc::timed_out));
  BOOST_TEST(!is_retryable(BaseErrc::unauthorised));
  BOOST_TEST(!is_retryable(BaseErrc::interrupted));
  BOOST_TEST(!is_retryable(protocol::ProtocolErrc::round_over));
  BOOST_TEST(!is_retryable(protocol::ProtocolErrc::bad_signature));
}

BOOST_AUTO_TEST_CASE(waiting_times_double_up_to_a_limit_and_differ) {
  SeededRandom random{3};
  Backoff backoff{random};
  std::int64_t step = 200;
  std::set<std::int64_t> seen;
  for (int i = 0; i < 12; ++i) {
    const auto wait = backoff.next().count();
    BOOST_TEST(wait >= step / 2);
    BOOST_TEST(wait <= step);
    seen.insert(wait);
    step = std::min<std::int64_t>(step * 2, 4000);
  }
  BOOST_TEST(seen.size() > 8U);
  backoff.reset();
  BOOST_TEST(backoff.next() <= milliseconds{200});
}

BOOST_AUTO_TEST_CASE(a_call_is_repeated_until_it_succeeds) {
  Setup setup;
  const auto answer = setup.run(2, BaseErrc::unreachable, std::chrono::minutes{5});
  BOOST_TEST(answer.value() == 7);
  BOOST_TEST(setup.calls == 3);
  BOOST_TEST(setup.log.count("remote.retry") == 2U);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final) {
  Setup setup;
  GS_CHECK_FAILS(protocol::ProtocolErrc::round_over,
                 setup.run(5, protocol::ProtocolErrc::round_over, std::chrono::minutes{5}));
  BOOST_TEST(setup.calls == 1);
}

BOOST_AUTO_TEST_CASE(nobody_tries_beyond_the_time_to_give_up) {
  Setup setup;
  GS_CHECK_FAILS(BaseErrc::timed_out, setup.run(5, BaseErrc::timed_out, std::chrono::seconds{0}));
  BOOST_TEST(setup.calls == 1);
}

BOOST_AUTO_TEST_CASE(an_agent_that_stops_does_not_wait) {
  Setup setup;
  setup.stop.stop();
  BOOST_TEST(setup.run(5, BaseErrc::unreachable, std::chrono::minutes{5}).has_error());
  BOOST_TEST(setup.calls == 1);
  Setup later;
  std::thread stopper{[&] { later.stop.stop(); }};
  BOOST_TEST(later.run(1'000'000, BaseErrc::unreachable, std::chrono::hours{5}).has_error());
  stopper.join();
}

BOOST_AUTO_TEST_SUITE_END()
