#include "simulations/mpi/mpi_ranks.hpp"

#include <algorithm>
#include <functional>

#include <boost/mpi.hpp>

namespace guildsum::simulations {
namespace {

namespace mpi = boost::mpi;

/// Values that go into one message: MPI counts in int.
constexpr std::size_t kValuesAtOnce = std::size_t{1} << 20;

class MpiRanks final : public Ranks {
 public:
  [[nodiscard]] std::uint32_t rank() const noexcept override {
    return static_cast<std::uint32_t>(world_.rank());
  }
  [[nodiscard]] std::uint32_t size() const noexcept override {
    return static_cast<std::uint32_t>(world_.size());
  }

  void add_up(std::span<std::uint64_t> values) override {
    while (!values.empty()) {
      const auto part = values.first(std::min(values.size(), kValuesAtOnce));
      mpi::all_reduce(world_, mpi::inplace_t<std::uint64_t*>{part.data()},
                      static_cast<int>(part.size()), std::plus<std::uint64_t>{});
      values = values.subspan(part.size());
    }
  }

  [[nodiscard]] std::vector<Bytes> gather(const Bytes& own) override {
    std::vector<std::uint64_t> sizes;
    mpi::all_gather(world_, std::uint64_t{own.size()}, sizes);
    std::vector<Bytes> all;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      Bytes bytes = k == rank() ? own : Bytes(sizes[k]);
      for (std::size_t at = 0; at < bytes.size(); at += kValuesAtOnce) {
        const std::size_t count = std::min(kValuesAtOnce, bytes.size() - at);
        mpi::broadcast(world_, reinterpret_cast<unsigned char*>(bytes.data() + at),
                       static_cast<int>(count), static_cast<int>(k));
      }
      all.push_back(std::move(bytes));
    }
    return all;
  }

 private:
  // Other threads run seeds and leave MPI alone. A rank that ends with an exception ends all.
  mpi::environment environment_{mpi::threading::funneled, true};
  mpi::communicator world_;
};

}  // namespace
}  // namespace guildsum::simulations

guildsum::simulations::Ranks* guildsum_mpi_ranks() {
  return std::make_unique<guildsum::simulations::MpiRanks>().release();
}
