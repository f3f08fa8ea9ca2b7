#include "coordinator/application.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/net/server.hpp"
#include "base/net/url.hpp"
#include "coordinator/http/admin_api.hpp"
#include "coordinator/http/shop_api.hpp"
#include "coordinator/keys.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "coordinator/vocabulary/key_service.hpp"
#include "models/vocabulary.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::size_t kCatalogueFileMax = 64U << 20;

/// The published item list in its one text.
struct Catalogue {
  Bytes text;
  std::uint32_t items = 0;
};

Result<Catalogue> load_catalogue(const Config& config) {
  if (config.catalogue.empty()) return Catalogue{};
  GS_TRY(const std::string file, read_text_file(config.catalogue, kCatalogueFileMax));
  GS_TRY(const auto vocabulary,
         models::Vocabulary::parse_csv(file, config.catalogue.filename().string()));
  Catalogue catalogue{to_bytes(vocabulary.to_csv()), vocabulary.size()};
  if (catalogue.text.size() > protocol::kCatalogueBytesMax) {
    return Error{BaseErrc::invalid_config,
                 "catalogue.items: " + std::to_string(catalogue.text.size()) +
                     " bytes of item list, at most " +
                     std::to_string(protocol::kCatalogueBytesMax) + " can be published"};
  }
  return catalogue;
}

bool is_every_address(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

/// Where a listener can be reached from this machine.
std::string local_url(const ListenAddress& listen, std::uint16_t port) {
  ListenAddress bound{listen.address, port};
  if (is_every_address(bound.address)) bound.address = bound.address == "::" ? "::1" : "127.0.0.1";
  return bound.url();
}

crypto::ServerNames names_for(const Config& config, const ListenAddress& listen) {
  crypto::ServerNames names;
  names.dns = config.server_names;
  names.dns.emplace_back("localhost");
  names.addresses = {"127.0.0.1", "::1"};
  const bool common = is_every_address(listen.address) || listen.address == "localhost" ||
                      listen.address == "127.0.0.1" || listen.address == "::1";
  if (!common) names.addresses.push_back(listen.address);
  if (const auto url = net::Url::parse(config.public_url); url.has_value()) {
    const bool numeric = url->host.find_first_not_of("0123456789.") == std::string::npos ||
                         url->host.find(':') != std::string::npos;
    (numeric ? names.addresses : names.dns).push_back(url->host);
  }
  return names;
}

/// The ledger must be this federation's; a new one becomes it.
Result<> claim_ledger(Ledger& ledger, const Config& config, const protocol::FederationId& id,
                      const Clock& clock) {
  return ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_TRY(const auto known, rows.federation());
    if (!known) {
      return rows.set_federation(
          {config.federation_name, id, clock.wall_now().time_since_epoch().count()});
    }
    if (known->id == id) return {};
    return Error{BaseErrc::corrupt, "the ledger belongs to another federation than ca.pem"};
  });
}

FederationTerms terms_of(const Config& config, const Keys& keys, const Catalogue& catalogue) {
  FederationTerms terms;
  terms.federation = keys.federation();
  terms.purpose = config.purpose;
  if (catalogue.items > 0) terms.vocabulary = protocol::content_digest(catalogue.text);
  terms.rounds = config.rounds;
  return terms;
}

/// What the shops may rely on.
void log_claim(const RegistrarKey& registrar, Log& log) {
  if (registrar.is_embedded()) {
    log.warn("registrar.embedded",
             {{"claim",
               "the registrar key is on this machine: shops are protected from a curious "
               "coordinator, not from an active one"}});
    return;
  }
  log.info("registrar.external", {{"key", registrar.verify_key()},
                                  {"fingerprint", protocol::fingerprint(registrar.verify_key())}});
}

}  // namespace

/// Members in the order in which they depend on each other; destroyed the other way round.
class Application::Impl {
 public:
  Impl(Config config, Keys keys, Catalogue catalogue, FileLock lock, const Clock& clock,
       Random& random, Log& log)
      : config_{std::move(config)},
        keys_{std::move(keys)},
        catalogue_{std::move(catalogue)},
        lock_{std::move(lock)},
        clock_{clock},
        random_{random},
        log_{log} {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { stop(); }

  Result<> open_stores() {
    const DataDirectory files{config_.directory};
    GS_TRY(ledger_, open_sqlite_ledger(files.ledger(), clock_));
    GS_CHECK(claim_ledger(*ledger_, config_, keys_.federation(), clock_));
    GS_TRY(blobs_, open_directory_blobs(files.blobs()));
    evaluations_.emplace(*blobs_, log_);
    GS_TRY(uploads_, Uploads::open(files.spool(), config_.limits.upload_slots));
    GS_TRY(membership_, Membership::open(*ledger_, keys_.registrar, clock_,
                                         {keys_.federation(), config_.roster_head_validity}));
    enrolment_ = std::make_unique<Enrolment>(
        Enrolment::Parts{*ledger_, *membership_, keys_, clock_, random_, log_},
        EnrolmentTerms{config_.purpose, catalogue_.text});
    if (config_.catalogue_mode == CatalogueMode::private_vocabulary) {
      GS_TRY(vocabulary_keys_,
             KeyService::open({*ledger_, *membership_, scheduler_, changes_, clock_, log_},
                              keys_.federation(), config_.rounds));
    }
    GS_TRY(rounds_,
           RoundService::open(
               RoundServiceParts{*ledger_, *blobs_, *uploads_, *membership_, keys_.coordinator,
                                 scheduler_, pool_, changes_, clock_, log_, vocabulary_keys_.get()},
               terms_of(config_, keys_, catalogue_)));
    return {};
  }

  Result<> listen() {
    shop_parts_.emplace(ShopApiParts{*rounds_, *membership_, *enrolment_, *ledger_, *blobs_, pool_,
                                     changes_, log_, vocabulary_keys_.get()});
    GS_TRY(auto shop_tls, shop_tls_config());
    shops_ = make_server(config_.shops, std::move(shop_tls), shop_routes(*shop_parts_), "shops");
    GS_TRY(const std::uint16_t shop_port, shops_->start());
    shops_url_ = local_url(config_.shops, shop_port);

    admin_parts_.emplace(AdminApiParts{*rounds_, *membership_, *enrolment_, *ledger_, *blobs_,
                                       *evaluations_, pool_, changes_, clock_, log_,
                                       keys_.admin_token, config_, catalogue_.items, token_url()});
    GS_TRY(auto admin_tls, admin_tls_config());
    admin_ = make_server(config_.admin, std::move(admin_tls), admin_routes(*admin_parts_), "admin");
    GS_TRY(const std::uint16_t admin_port, admin_->start());
    admin_url_ = local_url(config_.admin, admin_port);
    renew_at_ = clock_.wall_now() + crypto::kLeafValidity * 2 / 3;
    return write_endpoints();
  }

  void maintain() {
    warn_of_head();
    if (const auto saved = membership_->save_last_seen(); saved.has_error()) {
      log_.warn("shops.last_seen_not_stored", {{"reason", saved.error()}});
    }
    if (clock_.wall_now() < renew_at_) return;
    const auto renewed = renew();
    if (renewed.has_error()) {
      log_.error("certificate.not_renewed", {{"reason", renewed.error()}});
      return;
    }
    renew_at_ = clock_.wall_now() + crypto::kLeafValidity * 2 / 3;
    log_.info("certificate.renewed");
  }

  [[nodiscard]] const std::string& shops_url() const noexcept { return shops_url_; }
  [[nodiscard]] const std::string& admin_url() const noexcept { return admin_url_; }

 private:
  /// Shops refuse every round once the head has expired, and a ceremony takes people.
  void warn_of_head() {
    constexpr std::chrono::hours kAhead{72};
    const RosterStanding standing = membership_->standing();
    if (standing.embedded) return;
    const Clock::Wall until{std::chrono::milliseconds{standing.head_expires_unix_ms}};
    if (clock_.wall_now() + kAhead < until) return;
    log_.warn("registrar.head_expires",
              {{"at", to_rfc3339(until)}, {"next", "registrar request, sign, import"}});
  }

  void stop() {
    if (!shops_url_.empty()) (void)remove_file(DataDirectory{config_.directory}.endpoints());
    if (shops_) shops_->stop();
    if (admin_) admin_->stop();
    scheduler_.stop();
    if (membership_) (void)membership_->save_last_seen();
  }

  /// What join tokens name; empty where only the operator can know it.
  [[nodiscard]] std::string token_url() const {
    if (!config_.public_url.empty()) return config_.public_url;
    return is_every_address(config_.shops.address) ? std::string{} : shops_url_;
  }

  std::unique_ptr<net::Server> make_server(const ListenAddress& address, net::TlsServerConfig tls,
                                           net::Router router, std::string name) {
    net::ServerConfig server;
    server.address = address.address;
    server.port = address.port;
    server.tls = std::move(tls);
    server.connections_max = config_.limits.connections_max;
    server.name = std::move(name);
    return std::make_unique<net::Server>(std::move(server), std::move(router), log_);
  }

  Result<net::TlsServerConfig> tls_config(const crypto::TlsKey& key, const ListenAddress& listen) {
    GS_TRY(const auto certificate, keys_.authority.issue_server(key, names_for(config_, listen),
                                                                clock_.wall_now(), random_));
    net::TlsServerConfig tls;
    tls.certificate_chain_pem = certificate.to_pem() + keys_.authority.root().to_pem();
    GS_TRY(tls.private_key_pem, key.to_pem());
    return tls;
  }

  Result<net::TlsServerConfig> shop_tls_config() {
    GS_TRY(const auto key, crypto::TlsKey::generate_ed25519());
    GS_TRY(auto tls, tls_config(key, config_.shops));
    tls.client_certificates = net::ClientCertificates::optional;
    tls.client_ca_pem = keys_.authority.root().to_pem();
    return tls;
  }

  /// P-256: browsers do not take Ed25519.
  Result<net::TlsServerConfig> admin_tls_config() {
    GS_TRY(const auto key, crypto::TlsKey::generate_p256());
    return tls_config(key, config_.admin);
  }

  Result<> renew() {
    GS_TRY(auto shop_tls, shop_tls_config());
    GS_CHECK(shops_->replace_tls(std::move(shop_tls)));
    GS_TRY(auto admin_tls, admin_tls_config());
    return admin_->replace_tls(std::move(admin_tls));
  }

  Result<> write_endpoints() {
    const boost::json::object endpoints{{"shops", shops_url_}, {"admin", admin_url_}};
    return write_file_atomically(DataDirectory{config_.directory}.endpoints(),
                                 as_bytes(json::pretty(endpoints) + "\n"), kPublicFile);
  }

  const Config config_;
  const Keys keys_;
  const Catalogue catalogue_;
  FileLock lock_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  net::Notifier changes_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Blobs> blobs_;
  std::optional<Evaluations> evaluations_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Membership> membership_;
  std::unique_ptr<Enrolment> enrolment_;
  ThreadPool pool_;
  std::unique_ptr<KeyService> vocabulary_keys_;
  std::unique_ptr<RoundService> rounds_;
  ThreadScheduler scheduler_;
  std::optional<ShopApiParts> shop_parts_;
  std::optional<AdminApiParts> admin_parts_;
  std::unique_ptr<net::Server> shops_;
  std::unique_ptr<net::Server> admin_;
  std::string shops_url_;
  std::string admin_url_;
  Clock::Wall renew_at_{};
};

Application::Application(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::start(Config config, const Clock& clock,
                                                        Random& random, Log& log) {
  const DataDirectory files{config.directory};
  GS_TRY(auto lock, FileLock::acquire(files.lock()));
  GS_TRY(auto keys, load_keys(files));
  GS_TRY(auto catalogue, load_catalogue(config));
  log.info(
      "federation",
      {{"name", config.federation_name}, {"id", keys.federation()}, {"items", catalogue.items}});
  log_claim(keys.registrar, log);
  auto impl = std::make_unique<Impl>(std::move(config), std::move(keys), std::move(catalogue),
                                     std::move(lock), clock, random, log);
  GS_CHECK(impl->open_stores());
  GS_CHECK(impl->listen());
  log.info("serving", {{"shops", impl->shops_url()}, {"admin", impl->admin_url()}});
  return std::unique_ptr<Application>{new Application{std::move(impl)}};
}

const std::string& Application::shops_url() const noexcept { return impl_->shops_url(); }
const std::string& Application::admin_url() const noexcept { return impl_->admin_url(); }
void Application::maintain() { impl_->maintain(); }

}  // namespace guildsum::coordinator
