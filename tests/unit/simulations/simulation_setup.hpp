#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/cli/command_line.hpp"
#include "base/file.hpp"
#include "models/interactions.hpp"
#include "simulations/program.hpp"
#include "simulations/retail_data.hpp"

namespace guildsum::simulations::test {

/// The value, or a failed test that says why there is none.
template <class T>
T must(Result<T> result) {
  BOOST_TEST_REQUIRE(result.has_value(),
                     (result.has_error() ? result.error().message() : std::string{}));
  return std::move(result).value();
}
inline void must(const Result<>& result) {
  BOOST_TEST_REQUIRE(result.has_value(),
                     (result.has_error() ? result.error().message() : std::string{}));
}

/// Whether `result` failed with a message that mentions `part`.
template <class T>
bool refused(const Result<T>& result, std::string_view part) {
  return result.has_error() && result.error().message().find(part) != std::string::npos;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline void write(const std::filesystem::path& path, std::string_view text) {
  must(write_file_atomically(path, as_bytes(text)));
}

inline std::string read(const std::filesystem::path& path) {
  const auto bytes = must(read_file(path, std::size_t{1} << 30));
  return std::string{as_text(bytes)};
}

/// What guildsum-simulate says to a command line.
struct Answer {
  cli::ExitCode code;
  std::string out;
  std::string err;
};

inline Answer simulate(const std::vector<std::string>& words) {
  std::vector<const char*> arguments{"guildsum-simulate"};
  for (const auto& word : words) arguments.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const auto code =
      cli::run(simulate_program(), static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {code, out.str(), err.str()};
}

inline constexpr std::string_view kRetailHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

/// One line of transactions.
inline std::string sale(const std::string& invoice, const std::string& code,
                        const std::string& customer, const std::string& country = "France",
                        const std::string& title = "THING") {
  return invoice + "," + code + "," + title + ",2,2010-12-01 08:26:00,2.55," + customer + "," +
         country + "\n";
}

inline RetailData retail(const std::string& rows) {
  return must(parse_retail(std::string{kRetailHeader} + rows, "sales.csv"));
}

}  // namespace guildsum::simulations::test
