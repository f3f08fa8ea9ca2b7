# One interface target carries what every target of the project is compiled with.
option(GUILDSUM_BUILD_TESTS "Build the tests and register them with ctest" ON)
option(GUILDSUM_BUILD_BENCH "Build the benchmarks (guildsum-bench)" ON)
option(GUILDSUM_HARDENED "Hardening flags for shipped programs" OFF)
set(GUILDSUM_SANITIZE "" CACHE STRING "Comma separated sanitizers: address,undefined or thread")

find_program(GUILDSUM_CCACHE ccache)
if(GUILDSUM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GUILDSUM_CCACHE})
endif()

add_library(guildsum_options INTERFACE)
add_library(guildsum::options ALIAS guildsum_options)
target_compile_features(guildsum_options INTERFACE cxx_std_20)
target_include_directories(guildsum_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(guildsum_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -g1)
target_compile_definitions(guildsum_options INTERFACE GUILDSUM_VERSION="${PROJECT_VERSION}" EIGEN_MPL2_ONLY)
set_target_properties(guildsum_options PROPERTIES CXX_EXTENSIONS OFF)

if(GUILDSUM_HARDENED)
  target_compile_options(guildsum_options INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE)
  target_compile_definitions(guildsum_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  target_link_options(guildsum_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()
if(GUILDSUM_SANITIZE)
  # Null pointers and freed objects are caught by the address sanitizer as they are used; checking for them before each use as
  # well makes the build a third longer.
  target_compile_options(guildsum_options INTERFACE -fsanitize=${GUILDSUM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    -fno-sanitize=null,object-size,vptr)
  target_link_options(guildsum_options INTERFACE -fsanitize=${GUILDSUM_SANITIZE})
endif()

# guildsum_add_library(<folder> SOURCES ... HEADERS ... PUBLIC <libs> PRIVATE <libs>)
function(guildsum_add_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  add_library(guildsum_${name} STATIC)
  add_library(guildsum::${name} ALIAS guildsum_${name})
  target_sources(guildsum_${name} PRIVATE ${arg_SOURCES} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  target_link_libraries(guildsum_${name} PUBLIC guildsum::options ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()
