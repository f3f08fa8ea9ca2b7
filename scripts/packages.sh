#!/usr/bin/env bash
# Debian packages that building needs: lists, checks and installs them, and never removes one.
#
#   scripts/packages.sh list      the packages, one a line
#   scripts/packages.sh missing   those that are not installed
#   scripts/packages.sh install   installs the missing ones, or prints the command when it may not
#   scripts/packages.sh optional  the same for the optional ones, which never fails
# Sourced by ./quickstart and ./run-tests for ensure_packages, and by ./run-tests for offer_optional.

kPackages=(
  g++ cmake ninja-build ccache git ca-certificates
  libboost1.81-dev libboost-test1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-program-options1.81-dev
  libeigen3-dev libssl-dev openssl libcereal-dev libsqlite3-dev zlib1g-dev libtomlplusplus-dev libspdlog-dev libbenchmark-dev
)

# Simulations on several machines. A build without them lacks nothing else.
kOptionalPackages=(libboost-mpi1.81-dev libopenmpi-dev openmpi-bin)

# missing_packages [PACKAGE...]: of these, or of those that building needs.
missing_packages() {
  local installed package
  (($# > 0)) || set -- "${kPackages[@]}"
  installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "$@" 2>/dev/null || true) "
  for package in "$@"; do
    [[ $installed == *" installed=$package "* ]] || printf '%s\n' "$package"
  done
}

# How apt-get is called here: empty words for root, sudo where it asks no password, else fails.
privilege() {
  if ((EUID == 0)); then return 0; fi
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && printf 'sudo -n'
}

# Simulated installation into `$1`; with stale or absent package lists these are fetched first.
simulate_install() {
  local output=$1 log=$2 become=$3
  shift 3
  LC_ALL=C apt-get -s install --no-install-recommends "$@" >"$output" 2>>"$log" && return 0
  progress tools 0 'fetching package lists'
  LC_ALL=C $become apt-get update -q >>"$log" 2>&1 || return 1
  LC_ALL=C apt-get -s install --no-install-recommends "$@" >"$output" 2>>"$log"
}

# Refuses when the simulated change would remove packages, and names them with the reason.
refuse_removals() {
  local simulation=$1 removed
  removed=$(awk '$1 == "Remv" { print $2 }' "$simulation" | sort -u | tr '\n' ' ')
  [[ -z $removed ]] && return 0
  say "Installing what Guildsum needs would remove: $removed"
  say 'Why: Debian lets only one Boost -dev version be installed at a time. Guildsum needs 1.81; packages without a'
  say 'version in their name (libboost-dev, libboost-all-dev and what depends on them) stand for 1.74 and conflict.'
  fail 'some installed packages would have to go' "remove them yourself (apt-get remove ${removed% }) or use a container or another machine" "$simulation"
}

# Installs and turns apt's own status lines (its descriptor 3) into a progress bar; everything else goes to the log.
install_with_progress() {
  local log=$1 become=$2 line percent text
  shift 2
  (
    set -o pipefail
    $become env DEBIAN_FRONTEND=noninteractive LC_ALL=C sh -c 'exec 3>&1 >&2; exec apt-get install -y -q "$@"' sh \
      --no-install-recommends -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" 2>>"$log" </dev/null |
      while IFS=: read -r line _ percent text; do
        percent=${percent%%.*}
        [[ $percent =~ ^[0-9]+$ ]] || continue
        # Downloading counts for the first half, unpacking and configuring for the second.
        case $line in
          dlstatus) progress tools $((percent / 2)) "$text" ;;
          pmstatus) progress tools $((50 + percent / 2)) "$text" ;;
        esac
      done
  )
}

# ensure_packages LOG: returns when everything is installed; else says exactly what is missing and exits.
ensure_packages() {
  local log=$1 become simulation missing
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    fail 'this is no Debian system: apt-get is missing' "install these with your own package manager: ${kPackages[*]}"
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) && return 0
  mkdir -p "$(dirname "$log")"
  : >"$log"
  if ! become=$(privilege); then
    fail "${#missing[@]} packages are missing and only root may install them" \
      "run: sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  simulation=$log.simulated
  simulate_install "$simulation" "$log" "$become" "${missing[@]}" ||
    fail 'apt-get cannot find a way to install what is missing' "look at what apt-get says: apt-get install --no-install-recommends ${missing[*]}" "$log"
  refuse_removals "$simulation"
  install_with_progress "$log" "$become" "${missing[@]}" || {
    $become apt-get update -q >>"$log" 2>&1
    install_with_progress "$log" "$become" "${missing[@]}" ||
      fail 'apt-get install failed' "run it by hand to see why: apt-get install --no-install-recommends ${missing[*]}" "$log"
  }
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || fail "still missing after the installation: ${missing[*]}" 'install them by hand' "$log"
}

# offer_optional LOG: installs the optional packages where that is allowed and removes nothing; else says what is left out.
offer_optional() {
  local log=$1 become missing
  mapfile -t missing < <(missing_packages "${kOptionalPackages[@]}")
  ((${#missing[@]} == 0)) && return 0
  mkdir -p "$(dirname "$log")"
  : >"$log"
  if command -v apt-get >/dev/null && become=$(privilege) && simulate_install "$log.simulated" "$log" "$become" "${missing[@]}" &&
    ! grep -q '^Remv' "$log.simulated" && install_with_progress "$log" "$become" "${missing[@]}"; then
    return 0
  fi
  say "   without ${missing[*]}: simulations on several machines are not built and not tested"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  . scripts/terminal.sh
  case ${1:-} in
    list) printf '%s\n' "${kPackages[@]}" ;;
    missing) missing_packages ;;
    install) ensure_packages "$PWD/run/logs/packages.log" && say 'all packages are installed' ;;
    optional) offer_optional "$PWD/run/logs/packages-optional.log" ;;
    *) say 'usage: scripts/packages.sh list | missing | install | optional'; exit 2 ;;
  esac
fi
