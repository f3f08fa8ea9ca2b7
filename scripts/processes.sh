# Starts programs in the background and stops exactly those, by pid file. Sourced by ./quickstart.
# A pid file is trusted only if /proc says that the pid still runs the same program with the same argument of its own.

# start_process FOLDER LOG MARK PROGRAM ARGUMENTS...: MARK is the argument that tells this process from others of its
# program. It gets a session of its own, so that Ctrl-C reaches it only through us.
start_process() {
  local folder=$1 log=$2 mark=$3 program=$4 tries=500
  setsid "$program" "${@:5}" >>"$log" 2>&1 </dev/null 9>&- &
  printf '%d %s %s\n' $! "$program" "$mark" >"$folder/pid"
  # On a busy machine the new process is still the shell or setsid for a moment, and `pid_of` would take it for gone.
  while [[ -d /proc/$! ]] && ! pid_of "$folder" >/dev/null && ((tries-- > 0)); do sleep 0.01; done
  disown $! # the shell need not comment on a process that is killed on purpose
}

# pid_of FOLDER: prints the pid if that very process is alive.
pid_of() {
  local pid program mark executable
  read -r pid program mark 2>/dev/null <"$1/pid" || return 1
  executable=$(readlink "/proc/$pid/exe" 2>/dev/null) || return 1
  [[ ${executable% (deleted)} == "$program" ]] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$mark" || return 1
  printf '%d' "$pid"
}

# stop_processes FOLDER...: asks each to end, waits, and kills what did not listen.
stop_processes() {
  local folder pid waited=0
  for folder in "$@"; do
    if pid=$(pid_of "$folder"); then kill -TERM "$pid" 2>/dev/null; fi
  done
  while ((waited < 100)) && any_alive "$@"; do sleep 0.1; ((++waited)); done
  for folder in "$@"; do
    if pid=$(pid_of "$folder"); then
      say "$(basename "$folder") did not stop within 10 s and was killed"
      kill -KILL "$pid" 2>/dev/null
    fi
    rm -f "$folder/pid"
  done
  return 0
}

any_alive() {
  local folder
  for folder in "$@"; do pid_of "$folder" >/dev/null && return 0; done
  return 1
}

# wait_until SECONDS COMMAND...: polls every 0.1 s; fails when the time is over.
wait_until() {
  local tries=$(($1 * 10))
  shift
  while ! "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}
