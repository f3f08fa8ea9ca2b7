#include <exception>
#include <iostream>

#include "participant/commands/commands.hpp"

int main(int argc, char** argv) {
  try {
    const auto program = guildsum::participant::participant_program();
    return static_cast<int>(guildsum::cli::run(program, argc, argv, std::cout, std::cerr));
  } catch (const std::exception& error) {
    std::cerr << "guildsum-participant: " << error.what() << '\n';
    return static_cast<int>(guildsum::cli::ExitCode::failed);
  }
}
