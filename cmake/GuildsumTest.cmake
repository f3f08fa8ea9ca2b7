# guildsum_add_test(<name> LABELS <labels> SOURCES <x_test.cpp ...> LIBS <libs>)
#
# One Boost.Test program <name>; each source file <x_test.cpp> holds one suite x_test, which becomes the ctest test <name>.x_test.
# A file without its suite fails: Boost.Test exits non-zero when a filter matches nothing.
# The target tests_<label> builds the programs of one label.
function(guildsum_add_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "LABELS;SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/support/boost_test_main.cpp ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE guildsum::options Boost::unit_test_framework ${arg_LIBS})
  target_compile_definitions(${name} PRIVATE BOOST_TEST_DYN_LINK GUILDSUM_TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests"
    GUILDSUM_SOURCE_DIR="${PROJECT_SOURCE_DIR}" GUILDSUM_BINARY_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  # Instrumenting costs more than parsing: the sanitizers watch the libraries at -O1, the test files themselves at -O0.
  if(GUILDSUM_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  else()
    target_compile_options(${name} PRIVATE -O1)
  endif()
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  foreach(source IN LISTS arg_SOURCES)
    get_filename_component(suite ${source} NAME_WE)
    if(suite MATCHES "_test$")
      add_test(NAME ${name}.${suite} COMMAND ${name} --run_test=${suite} --log_level=test_suite --report_level=short)
      set_tests_properties(${name}.${suite} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    endif()
  endforeach()
endfunction()
