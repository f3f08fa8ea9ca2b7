# Configures a preset and builds targets with a progress bar. Sourced by ./quickstart and ./run-tests.

# build PRESET LOG [TARGET...]: everything when no target is named.
build() {
  local preset=$1 log=$2 targets=("${@:3}")
  mkdir -p "$(dirname "$log")"
  progress build 0 "configuring $preset"
  cmake --preset "$preset" >"$log" 2>&1 ||
    fail "cmake could not configure the preset $preset" 'read the first error in the log; a changed machine may need: rm -r build' "$log"
  build_targets "$preset" "$log" "${targets[@]}" ||
    fail "the build ($preset) failed" 'read the first error in the log, repair it and run this again: what is built stays built' "$log"
  clear_progress
}

# Ninja's "[done/total]" lines drive the bar and its estimate of the remaining time.
build_targets() {
  local preset=$1 log=$2 line finished total started=$SECONDS arguments=()
  (($# > 2)) && arguments=(--target "${@:3}")
  (
    set -o pipefail
    NINJA_STATUS='[%f/%t] ' cmake --build --preset "$preset" --parallel "$(nproc)" "${arguments[@]}" 2>&1 </dev/null |
      while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        finished=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
        progress build $((finished * 100 / total)) "$finished of $total files$(time_left $((SECONDS - started)) "$finished" "$total")"
      done
  )
}

# time_left ELAPSED DONE TOTAL: ", about 3 min 10 s left" once there is something to estimate from.
time_left() {
  (($1 >= 5 && $2 > 0 && $2 < $3)) && printf ', about %s left' "$(duration $(($1 * ($3 - $2) / $2)))"
  return 0
}
