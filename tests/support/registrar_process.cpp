#include "tests/support/registrar_process.hpp"

#include <stdexcept>

#include "coordinator/keys.hpp"

namespace guildsum::test {
namespace {

void expect_done(const Finished& finished, const std::string& what) {
  if (finished.exit_code == 0) return;
  throw std::runtime_error{what + " ended with " + std::to_string(finished.exit_code) + ": " +
                           finished.err};
}

}  // namespace

RegistrarProcess::RegistrarProcess(std::filesystem::path directory)
    : directory_{std::move(directory)} {
  const Finished made = run({"init"});
  expect_done(made, "registrar init");
  key_ = made.out.substr(made.out.find(' ') + 1, 64);
}

Finished RegistrarProcess::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "registrar");
  arguments.insert(arguments.end(), {"--dir", directory_.string()});
  return run_program(program_file("guildsum-coordinator"), arguments);
}

void RegistrarProcess::ceremony(const CoordinatorProcess& coordinator,
                                const std::vector<std::string>& options) const {
  const std::string request = directory_.string() + ".request";
  const std::string answer = directory_.string() + ".answer";
  expect_done(coordinator.run({"registrar", "request", "--output", request}), "registrar request");
  const coordinator::DataDirectory files{coordinator.directory()};
  std::vector<std::string> arguments{
      "sign",         "--yes", "--output", answer, request,
      "--federation", coordinator::load_keys(files).value().federation().hex()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  expect_done(run(arguments), "registrar sign");
  expect_done(coordinator.run({"registrar", "import", answer}), "registrar import");
}

}  // namespace guildsum::test
