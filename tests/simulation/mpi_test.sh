#!/usr/bin/env bash
# mpi_test.sh PROGRAM SCENARIOS: guildsum-simulate writes the same report on 1, 2 and 4 ranks, but for its seconds.
set -uo pipefail
program=$1
scenarios=$2
command -v mpirun >/dev/null || { echo 'skipped: mpirun is not installed (openmpi-bin)'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# One machine, as root too, and in containers without ptrace, pinned processors or much shared memory.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 PMIX_MCA_gds=hash
export OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl_vader_backing_directory=$work OMPI_MCA_hwloc_base_binding_policy=none
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_plm=isolated TMPDIR=$work
failures=0

# same NAME ARGUMENTS...: the report without wall-clock values, by 1, 2 and 4 ranks and without mpirun.
same() {
  local name=$1 ranks
  shift
  "$program" run "$@" --progress none --report "$work/$name-0" >"$work/out" 2>&1 || { cat "$work/out"; failures=1; return; }
  grep -v seconds "$work/$name-0/report.json" >"$work/$name.expected"
  for ranks in 1 2 4; do
    if ! timeout 240 mpirun -n $ranks "$program" run "$@" --progress none --report "$work/$name-$ranks" >"$work/out" 2>&1; then
      echo "FAILED: $name on $ranks ranks"
      cat "$work/out"
      failures=1
    elif grep -v seconds "$work/$name-$ranks/report.json" | cmp - "$work/$name.expected"; then
      [[ $(grep -c 'invariants hold' "$work/out") == 1 ]] && echo "ok: $name on $ranks ranks" ||
        { echo "FAILED: $name on $ranks ranks speaks with more than one voice"; cat "$work/out"; failures=1; }
    else
      echo "FAILED: $name differs on $ranks ranks"
      failures=1
    fi
  done
}

same seeds "$scenarios/faults.toml" --seeds 1..40 --threads 1
same one-seed "$scenarios/faults.toml" --seed 3
same shops "$scenarios/many-shops.toml" --count 2 \
  --set shops_min=900 --set shops_max=1000 --set cohort_min=500 --set vector_length=400

# A scenario that is refused ends all ranks, with its code.
timeout 240 mpirun -n 2 "$program" run "$scenarios/faults.toml" --set rounds=0 >"$work/out" 2>&1
code=$?
if ((code == 5)) && grep -q rounds "$work/out"; then echo 'ok: refused'; else echo "FAILED: exit code $code"; cat "$work/out"; failures=1; fi
exit $failures
