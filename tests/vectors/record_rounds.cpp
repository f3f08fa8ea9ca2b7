#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/vectors/round_recorder.hpp"

// guildsum-record-rounds DIRECTORY: writes rounds/*.json anew, after a change of the protocol.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: guildsum-record-rounds tests/vectors/rounds\n", stderr);
    return 2;
  }
  const std::filesystem::path directory{argv[1]};
  std::ofstream{directory / "dropout.json"} << guildsum::vectors::record_dropout();
  std::ofstream{directory / "abandoned.json"} << guildsum::vectors::record_abandoned();
  return 0;
}
