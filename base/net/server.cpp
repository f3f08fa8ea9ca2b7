#include "base/net/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "base/errors.hpp"
#include "base/log.hpp"
#include "base/net/detail/session.hpp"
#include "base/net/detail/tls_context.hpp"
#include "base/net/url.hpp"

namespace guildsum::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr milliseconds kAcceptPause{100};  // After an error such as "too many open files".
constexpr milliseconds kAbortGrace{1'000};
constexpr std::size_t kStrangersPart = 4;  // of the connections, at most a quarter

Result<tcp::endpoint> to_endpoint(const ServerConfig& config) {
  boost::system::error_code error;
  const auto text = config.address == "localhost" ? std::string{"127.0.0.1"} : config.address;
  const auto address = asio::ip::make_address(text, error);
  if (error) return Error{NetErrc::unreachable, "'" + text + "' is not a numeric address"};
  return tcp::endpoint{address, config.port};
}

/// A stranger's idle connection is worth less only where members prove who they are.
ServerDeadlines deadlines_of(const ServerConfig& config) {
  ServerDeadlines deadlines = config.deadlines;
  const bool asks = config.tls && config.tls->client_certificates == ClientCertificates::optional;
  deadlines.idle_stranger =
      asks ? std::min(deadlines.idle, deadlines.idle_stranger) : deadlines.idle;
  return deadlines;
}

std::string to_text(const tcp::endpoint& endpoint) {
  Url url;
  url.host = endpoint.address().to_string();
  url.port = endpoint.port();
  return url.authority();
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerConfig config, Router router, Log& log)
      : config_{std::move(config)},
        router_{std::move(router)},
        log_{log},
        asks_certificates_{config_.tls &&
                           config_.tls->client_certificates == ClientCertificates::optional},
        context_{router_, log_, config_.name, config_.header_limit_bytes, deadlines_of(config_)},
        io_{static_cast<int>(config_.threads == 0 ? 1 : config_.threads)},
        accept_strand_{asio::make_strand(io_)},
        acceptor_{accept_strand_},
        pause_{accept_strand_} {
    if (asks_certificates_) {
      context_.on_member = [this](const detail::Session* session) { is_member(session); };
    }
  }

  Result<std::uint16_t> start() {
    if (!config_.tls && !is_loopback(config_.address)) {
      return Error{NetErrc::insecure_address, config_.address};
    }
    if (config_.tls) GS_CHECK(replace_tls(std::move(*config_.tls)));
    GS_TRY(const tcp::endpoint endpoint, to_endpoint(config_));
    GS_CHECK(listen(endpoint));
    boost::system::error_code error;
    const auto bound = acceptor_.local_endpoint(error);
    asio::post(accept_strand_, [this] { accept(); });
    const unsigned threads = config_.threads == 0 ? 1 : config_.threads;
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { io_.run(); });
    log_.info("net.listening",
              {{"listener", config_.name}, {"address", to_text(bound)}, {"tls", tls_enabled_}});
    return bound.port();
  }

  Result<void> replace_tls(TlsServerConfig tls) {
    GS_TRY(detail::SslContext context, detail::make_server_context(tls));
    const std::lock_guard lock{mutex_};
    tls_ = std::move(context);
    tls_enabled_ = true;
    return {};
  }

  void stop(milliseconds drain) {
    if (threads_.empty()) return;
    stopping_ = true;
    asio::post(accept_strand_, [this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel(ignored);
    });
    for_each_session([](detail::Session& session) { session.stop(); });
    if (!wait_until_empty(drain)) {
      for_each_session([](detail::Session& session) { session.abort(); });
      if (!wait_until_empty(kAbortGrace)) {
        log_.warn("net.handlers_left", {{"listener", config_.name}, {"count", connections()}});
      }
    }
    io_.stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    boost::system::error_code ignored;
    acceptor_.close(ignored);  // If the context stopped before the accepting strand got to it.
    const std::lock_guard lock{mutex_};
    sessions_.clear();  // Their sockets must not outlive the context.
    log_.info("net.stopped", {{"listener", config_.name}});
  }

  [[nodiscard]] std::size_t connections() const noexcept {
    const std::lock_guard lock{mutex_};
    return sessions_.size();
  }

 private:
  using SessionPtr = std::shared_ptr<detail::Session>;
  using Strand = asio::strand<asio::io_context::executor_type>;
  struct Entry {
    SessionPtr session;
    Strand strand;
    std::uint64_t number;     ///< rising with each accepted connection
    bool turned_out = false;  ///< told to end; no longer counted
  };

  Result<void> listen(const tcp::endpoint& endpoint) {
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return {};
    const auto code =
        error == asio::error::address_in_use ? NetErrc::address_in_use : NetErrc::unreachable;
    return Error{code, to_text(endpoint) + ": " + error.message()};
  }

  void accept() {
    auto strand = asio::make_strand(io_);
    acceptor_.async_accept(
        strand, [this, strand](const boost::system::error_code& error, tcp::socket socket) {
          if (stopping_ || error == asio::error::operation_aborted) return;
          if (error) return pause_accepting(error);
          begin(strand, std::move(socket));
          accept();
        });
  }

  void pause_accepting(const boost::system::error_code& error) {
    log_.warn("net.accept_failed", {{"listener", config_.name}, {"reason", error}});
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled && !stopping_) accept();
    });
  }

  void begin(const asio::strand<asio::io_context::executor_type>& strand, tcp::socket socket) {
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (!error) socket.native_non_blocking(true, error);
    if (!error) socket.set_option(tcp::no_delay{true}, error);
    if (error) return;  // The other side is gone already.
    auto transport = make_transport(std::move(socket));
    if (!transport) return;
    auto session = std::make_shared<detail::Session>(context_, transport, to_text(remote));
    if (!enter(session, strand)) {
      if (!std::exchange(full_, true)) {  // Once, not for each of a flood.
        log_.warn("net.too_many_connections",
                  {{"listener", config_.name}, {"limit", config_.connections_max}});
      }
      return;
    }
    full_ = false;
    asio::co_spawn(strand, detail::Session::run(session),
                   asio::bind_cancellation_slot(session->slot(),
                                                [this, session](const std::exception_ptr& failure) {
                                                  leave(session, failure);
                                                }));
  }

  std::shared_ptr<detail::Transport> make_transport(tcp::socket socket) {
    detail::SslContext tls;
    {
      const std::lock_guard lock{mutex_};
      tls = tls_;
    }
    return tls ? detail::make_tls_transport(std::move(socket), tls)
               : detail::make_plain_transport(std::move(socket));
  }

  /// Where certificates are asked for, whoever has shown none is a stranger: strangers have a part
  /// of the slots, and the newest push the oldest out, so that they cannot keep members out.
  bool enter(const SessionPtr& session, const Strand& strand) {
    const std::lock_guard lock{mutex_};
    const bool full = sessions_.size() - leaving_ >= config_.connections_max;
    if (!asks_certificates_) {
      if (full) return false;
    } else if (full || strangers_.size() >= strangers_max()) {
      if (strangers_.empty()) return false;
      turn_out_oldest_stranger();
    }
    const std::uint64_t number = ++accepted_;
    sessions_.emplace(session.get(), Entry{session, strand, number});
    if (asks_certificates_) strangers_.emplace(number, session.get());
    return true;
  }

  [[nodiscard]] std::size_t strangers_max() const noexcept {
    return std::max<std::size_t>(1, config_.connections_max / kStrangersPart);
  }

  void turn_out_oldest_stranger() {
    const auto oldest = strangers_.begin();
    Entry& entry = sessions_.at(oldest->second);
    entry.turned_out = true;
    asio::post(entry.strand, [session = entry.session] { session->abort(); });
    strangers_.erase(oldest);
    ++leaving_;
  }

  /// It has shown a certificate that verifies.
  void is_member(const detail::Session* session) {
    const std::lock_guard lock{mutex_};
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) strangers_.erase(found->second.number);
  }

  void leave(const SessionPtr& session, const std::exception_ptr& failure) {
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        log_.error("net.session_failed", {{"listener", config_.name}, {"reason", error.what()}});
      }
    }
    const std::lock_guard lock{mutex_};
    const auto found = sessions_.find(session.get());
    if (found != sessions_.end()) {
      if (found->second.turned_out) --leaving_;
      strangers_.erase(found->second.number);
      sessions_.erase(found);
    }
    if (sessions_.empty()) empty_.notify_all();
  }

  void for_each_session(void (*act)(detail::Session&)) {
    const std::lock_guard lock{mutex_};
    for (const auto& [key, entry] : sessions_) {
      asio::post(entry.strand, [session = entry.session, act] { act(*session); });
    }
  }

  bool wait_until_empty(milliseconds at_most) {
    std::unique_lock lock{mutex_};
    return empty_.wait_for(lock, at_most, [this] { return sessions_.empty(); });
  }

  ServerConfig config_;
  Router router_;
  Log& log_;
  const bool asks_certificates_;
  detail::SessionContext context_;
  bool tls_enabled_ = false;
  bool full_ = false;  ///< On the accepting strand only.
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  detail::SslContext tls_;
  std::map<const detail::Session*, Entry> sessions_;
  std::map<std::uint64_t, const detail::Session*> strangers_;  ///< oldest first
  std::uint64_t accepted_ = 0;
  std::size_t leaving_ = 0;  ///< turned out, but still in `sessions_`
  // Last: destroying it ends coroutines that still use what is above.
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> accept_strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::vector<std::thread> threads_;
};

Server::Server(ServerConfig config, Router router, Log& log)
    : impl_{std::make_unique<Impl>(std::move(config), std::move(router), log)} {}
Server::~Server() { impl_->stop(milliseconds{2'000}); }
Result<std::uint16_t> Server::start() { return impl_->start(); }
void Server::stop(milliseconds drain) { impl_->stop(drain); }
Result<void> Server::replace_tls(TlsServerConfig tls) { return impl_->replace_tls(std::move(tls)); }
std::size_t Server::connections() const noexcept { return impl_->connections(); }

}  // namespace guildsum::net
