#include "coordinator/http/admin_api.hpp"

#include "application_setup.hpp"
#include "base/json.hpp"
#include "protocol/enrolment.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using net::ClientRequest;
using net::Method;
using testing::ApplicationSetup;

namespace {

struct Setup : ApplicationSetup {
  Setup() { serve(); }

  [[nodiscard]] net::Response get(const std::string& target) const {
    return admin({Method::get, target});
  }
  [[nodiscard]] net::Response post(const std::string& target, std::string_view body) const {
    ClientRequest request{Method::post, target};
    request.headers.add("Content-Type", "application/json");
    request.body = to_bytes(body);
    return admin(std::move(request));
  }
};

boost::json::object document(const net::Response& response) {
  return json::parse_object(as_text(response.body)).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admin_api_test)

BOOST_AUTO_TEST_CASE(nobody_gets_in_without_the_whole_token) {
  const Setup setup;
  const std::string token = setup.token();
  for (const std::string& field :
       {std::string{}, std::string{"Bearer "}, std::string{"Bearer"}, "Bearer " + token + "0",
        "Bearer " + token.substr(1), "bearer " + token, "Basic " + token, token}) {
    for (const char* target : {"/v1/tasks", "/v1/shops", "/v1/rounds/1", "/v1/models/1/blob"}) {
      BOOST_TEST(setup.admin({Method::get, target}, field).status == 401, field);
    }
  }
  BOOST_TEST(setup.admin({Method::get, "/healthz"}, {}).status == 200);
  BOOST_TEST(setup.get("/v1/tasks").status == 200);
}

BOOST_AUTO_TEST_CASE(a_new_federation_has_empty_lists) {
  const Setup setup;
  for (const char* name : {"tasks", "rounds", "models", "shops"}) {
    const auto response = setup.get(std::string{"/v1/"} + name);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(document(response).at(name).as_array().empty());
  }
  for (const char* target : {"/v1/tasks/1", "/v1/rounds/1", "/v1/rounds/1/sum", "/v1/models/1",
                             "/v1/models/1/blob", "/v1/nothing"}) {
    BOOST_TEST(setup.get(target).status == 404, target);
  }
  for (const char* target : {"/v1/tasks/x", "/v1/rounds/-1", "/v1/models/1.5"}) {
    BOOST_TEST(setup.get(target).status == 400, target);
  }
}

BOOST_AUTO_TEST_CASE(an_invitation_is_a_token_for_the_shops_listener) {
  const Setup setup;
  const auto response = setup.post("/v1/shops/invitations", R"({"name":"corner"})");
  BOOST_TEST(response.status == 201);
  const auto answer = document(response);
  const auto token = protocol::parse_join_token(json::text(answer, "token").value()).value();
  BOOST_TEST(token.url == setup.application->shops_url());
  BOOST_TEST(token.name == "corner");
  BOOST_TEST((token.federation == load_keys(setup.files()).value().federation()));
  BOOST_TEST(!json::text(answer, "expires_at").value().empty());
}

BOOST_AUTO_TEST_CASE(invitations_that_cannot_be_made_are_explained) {
  const Setup setup;
  BOOST_TEST(setup.post("/v1/shops/invitations", R"({"name":"Corner Shop"})").status == 400);
  BOOST_TEST(setup.post("/v1/shops/invitations", R"({"name":"corner","renew":true})").status ==
             404);
  for (const char* body : {"", "{", "[]", "{}", R"({"name":7})", R"({"name":"a","renew":"yes"})",
                           R"({"name":"a"} x)"}) {
    const auto response = setup.post("/v1/shops/invitations", body);
    BOOST_TEST(response.status == 400, body);
  }
  const std::string huge(20'000, 'a');
  BOOST_TEST(setup.post("/v1/shops/invitations", huge).status == 413);
}

BOOST_AUTO_TEST_CASE(on_every_address_the_one_for_shops_must_be_configured) {
  ApplicationSetup setup;
  Config config = setup.config();
  config.shops.address = "0.0.0.0";
  setup.serve(std::move(config));
  ClientRequest request{Method::post, "/v1/shops/invitations"};
  request.headers.add("Content-Type", "application/json");
  request.body = to_bytes(R"({"name":"corner"})");
  const auto response = setup.admin(std::move(request));
  BOOST_TEST(response.status == 409);
  BOOST_TEST(response.problem_detail().find("server.public_url") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_task_needs_shops_an_item_list_and_a_plan) {
  const Setup setup;
  const auto few = setup.post("/v1/tasks", R"({"kind":"ease"})");
  BOOST_TEST(few.status >= 400);
  BOOST_TEST(few.problem_detail().find("0 are enrolled") != std::string::npos);
  const auto setting = setup.post("/v1/tasks", R"({"kind":"ease","settings":{"ridge":"1"}})");
  BOOST_TEST(setting.status == 400);
  BOOST_TEST(setting.problem_code() == "bad-plan");
  BOOST_TEST(setting.problem_detail().find("ridge_shared") != std::string::npos);
  BOOST_TEST(setup.post("/v1/tasks", R"({"kind":"magic"})").status == 400);
  BOOST_TEST(setup.post("/v1/tasks", R"({"settings":{}})").status == 400);
  BOOST_TEST(setup.post("/v1/tasks", R"({"kind":"ease","settings":[]})").status == 400);
  BOOST_TEST(document(setup.get("/v1/tasks")).at("tasks").as_array().empty());
}

BOOST_AUTO_TEST_CASE(without_an_item_list_no_task_starts_and_no_shop_is_invited) {
  ApplicationSetup setup;
  Config config = setup.config();
  config.catalogue.clear();
  setup.serve(std::move(config));
  for (const auto& [path, body] : {std::pair{"/v1/tasks", R"({"kind":"ease"})"},
                                   std::pair{"/v1/shops/invitations", R"({"name":"corner"})"}}) {
    ClientRequest request{Method::post, path};
    request.headers.add("Content-Type", "application/json");
    request.body = to_bytes(std::string{body});
    const auto response = setup.admin(std::move(request));
    BOOST_TEST(response.status == 409, path);
    BOOST_TEST(response.problem_detail().find("catalogue.items") != std::string::npos, path);
  }
}

BOOST_AUTO_TEST_CASE(a_private_vocabulary_needs_no_item_list_to_invite) {
  ApplicationSetup setup;
  Config config = setup.config();
  config.catalogue.clear();
  config.catalogue_mode = CatalogueMode::private_vocabulary;
  setup.serve(std::move(config));
  ClientRequest request{Method::post, "/v1/shops/invitations"};
  request.headers.add("Content-Type", "application/json");
  request.body = to_bytes(std::string{R"({"name":"corner"})"});
  BOOST_TEST(setup.admin(std::move(request)).status == 201);
}

BOOST_AUTO_TEST_CASE(other_methods_and_types_are_refused) {
  const Setup setup;
  BOOST_TEST(setup.admin({Method::del, "/v1/tasks"}).status == 405);
  ClientRequest request{Method::post, "/v1/tasks"};
  request.headers.add("Content-Type", "text/plain");
  request.body = to_bytes("{}");
  BOOST_TEST(setup.admin(std::move(request)).status == 415);
}

BOOST_AUTO_TEST_SUITE_END()
