#!/usr/bin/env bash
# scripts/packages.sh with made-up apt-get, dpkg-query and sudo: it installs only when nothing would be removed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
failures=0

fake() { printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"; chmod +x "$work/bin/$1"; }
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; cat "$work/out"; failures=$((failures + 1)); fi; }

# ensure: runs ensure_packages in a shell of its own; output in $work/out, exit code in $code.
ensure() {
  rm -f "$work/installed"
  PATH="$work/bin:$PATH" bash -c '. scripts/terminal.sh; . scripts/packages.sh; ensure_packages "$1/apt.log"; echo "returned"' bash "$work" >"$work/out" 2>&1
  code=$?
}

fake sudo 'shift; exec "$@"'
fake dpkg-query "[ -e '$work/installed' ] && for p in $(scripts/packages.sh list | tr '\n' ' '); do printf 'installed=%s ' \"\$p\"; done; exit 1"

fake apt-get "case \"\$*\" in *-s*) echo 'Remv libboost-all-dev [1.74.0.3]'; echo 'Remv libboost1.74-dev [1.74]';; *) echo 'pmstatus:x:100:done' >&3; touch '$work/installed';; esac"
ensure
check 'a change that removes packages is refused' '((code == 1))'
check 'the packages that would go are named' 'grep -q "would remove: libboost-all-dev libboost1.74-dev" "$work/out"'
check 'the reason is given' 'grep -q "only one Boost" "$work/out"'
check 'nothing was installed' '[[ ! -e $work/installed ]]'

fake apt-get "case \"\$*\" in *-s*) echo 'Inst g++';; *) echo 'pmstatus:x:100:done' >&3; touch '$work/installed';; esac"
ensure
check 'a change that removes nothing is made' '((code == 0)) && [[ -e $work/installed ]] && grep -q returned "$work/out"'

fake apt-get "case \"\$*\" in *-s*) [ -e '$work/updated' ] || exit 100; echo 'Inst g++';; *update*) touch '$work/updated';; *) touch '$work/installed';; esac"
ensure
check 'absent package lists are fetched' '((code == 0)) && [[ -e $work/updated ]]'

fake apt-get "case \"\$*\" in *-s*) exit 0;; *update*) exit 0;; *) echo 'E: no space' >&2; exit 100;; esac"
ensure
check 'a failed installation shows the log and where it is' '((code == 1)) && grep -q "E: no space" "$work/out" && grep -q "log: $work/apt.log" "$work/out"'

# offer: the same for the optional ones.
offer() {
  rm -f "$work/installed"
  PATH="$work/bin:$PATH" bash -c '. scripts/terminal.sh; . scripts/packages.sh; offer_optional "$1/apt.log"; echo "returned $?"' bash "$work" >"$work/out" 2>&1
}
fake dpkg-query 'exit 1'
offer
check 'optional packages that cannot be had are named and missed by nobody' 'grep -q "without libboost-mpi1.81-dev" "$work/out" && grep -q "returned 0" "$work/out"'
fake apt-get "case \"\$*\" in *-s*) echo 'Remv libboost1.81-dev';; *) touch '$work/installed';; esac"
offer
check 'optional packages never remove one' '[[ ! -e $work/installed ]] && grep -q "returned 0" "$work/out"'
fake apt-get "case \"\$*\" in *-s*) echo 'Inst openmpi-bin';; *) touch '$work/installed';; esac"
offer
check 'optional packages are installed' '[[ -e $work/installed ]] && ! grep -q without "$work/out"'

if ((EUID != 0)); then
  fake sudo 'exit 1'
  ensure
  check 'without permission the exact command is printed' '((code == 1)) && grep -q "sudo apt-get install --no-install-recommends g++" "$work/out"'
fi
exit $((failures > 0))
