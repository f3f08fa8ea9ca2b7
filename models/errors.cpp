#include "models/errors.hpp"

#include <string>

#include "base/errors.hpp"

namespace guildsum::models {
namespace {

const char* meaning(ModelsErrc code) noexcept {
  switch (code) {
    case ModelsErrc::malformed:
      return "malformed model data";
    case ModelsErrc::bad_plan:
      return "training plan out of range";
    case ModelsErrc::out_of_range:
      return "value outside the range of its segment";
    case ModelsErrc::not_finite:
      return "value is not finite";
    case ModelsErrc::wrong_shape:
      return "vector, layout and plan disagree about their shape";
    case ModelsErrc::wrong_step:
      return "not the step the task is at";
    case ModelsErrc::nothing_opened:
      return "no sum of the task was opened, it must start anew";
    case ModelsErrc::not_positive_definite:
      return "matrix is not positive definite";
    case ModelsErrc::unknown_item:
      return "item is not in the published list";
  }
  return "unknown models error";
}

class ModelsCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "models"; }
  std::string message(int value) const override { return meaning(static_cast<ModelsErrc>(value)); }
  /// What programs exit with.
  boost::system::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<ModelsErrc>(value)) {
      case ModelsErrc::malformed:
      case ModelsErrc::unknown_item:
      case ModelsErrc::wrong_shape:
        return make_base_condition(BaseErrc::malformed);
      default:
        return {value, *this};
    }
  }
};

}  // namespace

const boost::system::error_category& models_category() noexcept {
  static const ModelsCategory category;
  return category;
}

}  // namespace guildsum::models
