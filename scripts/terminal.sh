# What ./quickstart and ./run-tests print. Talk and progress go to stderr, results to stdout.
# Sourced by bash; needs nothing but coreutils.

if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  kBold=$'\e[1m' kGreen=$'\e[32m' kRed=$'\e[31m' kPlain=$'\e[0m'
else
  kBold='' kGreen='' kRed='' kPlain=''
fi
kProgressEverySeconds=10 # between two progress lines when stderr is no terminal
kBarWidth=24

say() { printf '%s\n' "$*" >&2; }

# step "1/6" NAME TEXT: one line per finished step, as in "[1/6] tools     ok".
step() { clear_progress; printf '%s[%s] %-9s%s %s\n' "$kBold" "$1" "$2" "$kPlain" "$3" >&2; }

# The first errors that compilers, cmake or apt named in a log; else its last lines.
telling_lines() {
  grep -m 6 -E '(^|[ :])(error|fatal error):|^(CMake Error|FAILED|E):' -- "$1" || tail -n 8 -- "$1"
}

# fail CAUSE FIX [LOG]: prints what went wrong, what to do and where to read more; never returns.
fail() {
  clear_progress
  printf '\n%sfailed:%s %s\n' "$kRed" "$kPlain" "$1" >&2
  printf '   fix: %s\n' "$2" >&2
  if [[ -n ${3:-} ]]; then
    [[ -s $3 ]] && telling_lines "$3" | cut -c 1-200 | sed 's/^/   | /' >&2
    printf '   log: %s\n' "$3" >&2
  fi
  exit 1
}

last_progress_second=-$kProgressEverySeconds
last_progress_text=''

# progress LABEL PERCENT [TEXT]: a bar on a terminal; elsewhere a line every ten seconds.
progress() {
  local label=$1 percent=$2 text=${3:-} filled bar
  ((percent > 100)) && percent=100
  if [[ -t 2 ]]; then
    filled=$((percent * kBarWidth / 100))
    printf -v bar '%*s' "$filled" ''
    printf '\r\e[K%-9s %s%-*s %3d %%  %.40s' "$label" "$kGreen" "$((kBarWidth))" "${bar// /#}" "$percent" "$kPlain$text" >&2
  elif ((SECONDS - last_progress_second >= kProgressEverySeconds)) && [[ "$percent $text" != "$last_progress_text" ]]; then
    printf '%s %d %% %s\n' "$label" "$percent" "$text" >&2
    last_progress_second=$SECONDS
    last_progress_text="$percent $text"
  fi
}
clear_progress() { [[ -t 2 ]] && printf '\r\e[K' >&2; return 0; }

# duration SECONDS: "4 min 07 s" or "42 s".
duration() {
  if (($1 >= 60)); then printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}
