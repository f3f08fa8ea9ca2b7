#include <filesystem>

#include "application_setup.hpp"
#include "base/file.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

namespace fs = std::filesystem;

namespace {

struct Setup {
  guildsum::test::TempDir dir;
  Setup() { std::ofstream{dir / "items.csv"} << "item_id,title\ntea,Tea\n"; }
  [[nodiscard]] std::string root() const { return (dir / "c").string(); }
  [[nodiscard]] ApplicationSetup::Run init(const std::string& name,
                                           std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"init", "--dir", root(), "--name", name};
    words.insert(words.end(), more.begin(), more.end());
    return ApplicationSetup::run(words);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(init_test)

BOOST_AUTO_TEST_CASE(a_directory_is_made_once_and_running_again_changes_nothing) {
  const Setup setup;
  const std::vector<std::string> catalogue{"--catalogue", (setup.dir / "items.csv").string()};
  const auto first = setup.init("guild", catalogue);
  BOOST_TEST((first.code == cli::ExitCode::ok), first.err);
  BOOST_TEST(first.out.starts_with("federation "));
  const std::string config = read_text_file(setup.dir / "c" / "coordinator.toml", 10'000).value();
  const auto second = setup.init("guild", catalogue);
  BOOST_TEST((second.code == cli::ExitCode::ok), second.err);
  BOOST_TEST(second.out == first.out);
  BOOST_TEST(second.err.find("nothing to do") != std::string::npos);
  BOOST_TEST(read_text_file(setup.dir / "c" / "coordinator.toml", 10'000).value() == config);
}

BOOST_AUTO_TEST_CASE(another_federation_or_item_list_is_not_written_over) {
  const Setup setup;
  const std::vector<std::string> catalogue{"--catalogue", (setup.dir / "items.csv").string()};
  BOOST_TEST((setup.init("guild", catalogue).code == cli::ExitCode::ok));
  const auto renamed = setup.init("other");
  BOOST_TEST((renamed.code != cli::ExitCode::ok));
  BOOST_TEST(renamed.err.find("\"guild\"") != std::string::npos);
  std::ofstream{setup.dir / "items.csv"} << "item_id,title\ncoffee,Coffee\n";
  const auto list = setup.init("guild", catalogue);
  BOOST_TEST((list.code != cli::ExitCode::ok));
  BOOST_TEST(list.err.find("another item list") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_refused_before_anything_is_made) {
  const Setup setup;
  for (const std::string& name : {std::string{}, std::string(65, 'a'), std::string{"a\"b"},
                                  std::string{"a\nb"}, std::string{"a\\b"}}) {
    BOOST_TEST((setup.init(name).code == cli::ExitCode::usage));
  }
  BOOST_TEST(!fs::exists(setup.root()));
  BOOST_TEST((ApplicationSetup::run({"init", "--name", "x"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.init("guild", {"--listen", "nowhere"}).code != cli::ExitCode::ok));
  BOOST_TEST(!fs::exists(setup.dir / "c" / "coordinator.toml"));
  BOOST_TEST((setup.init("guild", {"--catalogue", "/nowhere.csv"}).code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_CASE(an_item_list_without_items_is_refused) {
  const Setup setup;
  std::ofstream{setup.dir / "items.csv"} << "item_id,title\n";
  const auto run = setup.init("guild", {"--catalogue", (setup.dir / "items.csv").string()});
  BOOST_TEST((run.code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_an_error) {
  const Setup setup;
  std::ofstream{setup.dir / "c"} << "a file";
  BOOST_TEST((setup.init("guild").code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()
