#include "simulations/quality_report.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

/// Customers of two tastes who come back three times, in four countries.
RetailData small_retail() {
  std::string text{test::kRetailHeader};
  const std::vector<std::string> countries{"France", "Germany", "Spain", "United Kingdom"};
  for (int customer = 1; customer <= 60; ++customer) {
    for (int basket = 0; basket < 3; ++basket) {
      for (int k = 0; k < 4; ++k) {
        const int item = (customer % 2) * 12 + (customer * 5 + basket * 3 + k) % 12;
        text += "i" + std::to_string(customer) + "-" + std::to_string(basket) + "," +
                std::to_string(20'000 + item) + ",RED BAG " + std::to_string(item) +
                ",1,2011-01-0" + std::to_string(basket + 1) + " 08:00:00,1.5," +
                std::to_string(customer) + "," + countries[static_cast<std::size_t>(customer) % 4] +
                "\n";
      }
    }
  }
  return test::must(parse_retail(text, "sales.csv"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quality_report_test)

BOOST_AUTO_TEST_CASE(the_tables_have_a_row_for_every_model_and_shop) {
  std::vector<std::string> told;
  const auto tables = test::must(
      quality_tables(small_retail(), [&told](std::string_view what) { told.emplace_back(what); }));
  for (const char* part :
       {"## Discover", "| EASE | ", "| EASE, pairs of 5 customers and more |",
        "| transitions, federated (1 sum) |", "| blend, federated (",
        "## Next basket", "| buy-again head |", "## Items that nobody has bought yet",
        "title ridge, ", "| **8 shops by country** |", "| germany |", "| **32 equal shops** |",
        "| EASE | 16.0 |"}) {
    BOOST_TEST(test::contains(tables, part), part);
  }
  BOOST_TEST(!test::contains(tables, "nan"));
  BOOST_TEST(told.size() == 32U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
