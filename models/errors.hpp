#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace guildsum::models {

/// Failures of models, tasks and their data.
enum class ModelsErrc {
  malformed =
      1,         ///< Bytes or text do not have the form of a plan, layout, checkpoint or item list.
  bad_plan,      ///< A hyper-parameter is outside its range.
  out_of_range,  ///< A value exceeds what its segment may carry; it is refused, never wrapped.
  not_finite,    ///< A value is NaN or infinite.
  wrong_shape,   ///< Lengths of a vector, a layout and a plan do not agree.
  wrong_step,    ///< The task is finished, or the request is not of the step that was expected.
  nothing_opened,  ///< A sum was lost before any sum of the task opened: there is no state to go on
                   ///< from.
  not_positive_definite,  ///< A matrix cannot be factored; the regularisation is too small for the
                          ///< data.
  unknown_item,           ///< An item is not in the published list.
};

const boost::system::error_category& models_category() noexcept;
inline boost::system::error_code make_error_code(ModelsErrc code) noexcept {
  return {static_cast<int>(code), models_category()};
}

}  // namespace guildsum::models

template <>
struct boost::system::is_error_code_enum<guildsum::models::ModelsErrc> : std::true_type {};
