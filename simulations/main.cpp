#include <exception>
#include <iostream>

#include "base/cli/command_line.hpp"
#include "base/cli/signal.hpp"
#include "simulations/program.hpp"

int main(int argc, char** argv) {
  try {
    guildsum::cli::ignore_broken_pipes();
    const auto program = guildsum::simulations::simulate_program();
    return static_cast<int>(guildsum::cli::run(program, argc, argv, std::cout, std::cerr));
  } catch (const std::exception& error) {
    std::cerr << "guildsum-simulate: " << error.what() << '\n';
    return static_cast<int>(guildsum::cli::ExitCode::failed);
  }
}
