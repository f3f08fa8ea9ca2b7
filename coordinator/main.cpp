#include <exception>
#include <iostream>

#include "base/cli/command_line.hpp"
#include "base/cli/signal.hpp"
#include "base/core_dumps.hpp"
#include "base/secret_memory.hpp"
#include "coordinator/cli/commands.hpp"

int main(int argc, char** argv) {
  guildsum::forbid_core_dumps();
  static_cast<void>(guildsum::set_aside_secret_memory());  // `serve` tells how it went.
  try {
    guildsum::cli::ignore_broken_pipes();
    const auto program = guildsum::coordinator::coordinator_program();
    return static_cast<int>(guildsum::cli::run(program, argc, argv, std::cout, std::cerr));
  } catch (const std::exception& error) {
    std::cerr << "guildsum-coordinator: " << error.what() << '\n';
    return static_cast<int>(guildsum::cli::ExitCode::failed);
  }
}
