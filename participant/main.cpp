#include <exception>
#include <iostream>

#include "base/core_dumps.hpp"
#include "base/secret_memory.hpp"
#include "participant/commands/commands.hpp"

int main(int argc, char** argv) {
  guildsum::forbid_core_dumps();
  static_cast<void>(guildsum::set_aside_secret_memory());  // `serve` tells how it went.
  try {
    const auto program = guildsum::participant::participant_program();
    return static_cast<int>(guildsum::cli::run(program, argc, argv, std::cout, std::cerr));
  } catch (const std::exception& error) {
    std::cerr << "guildsum-participant: " << error.what() << '\n';
    return static_cast<int>(guildsum::cli::ExitCode::failed);
  }
}
