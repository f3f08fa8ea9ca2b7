# One coordinator and its shops on this machine: folders, configuration, start, join. Sourced by ./quickstart.
# Everything lives under $kRun: coordinator/, shop-<name>/, data/, logs/.

kBin=$PWD/build/release/bin
kRun=$PWD/run/quickstart
kData=$kRun/data
kLogs=$kRun/logs
kUploadSeconds=30
kShops=(uk-1 uk-2 uk-3 uk-4 uk-5 germany france elsewhere)

coordinator() { "$kBin/guildsum-coordinator" --config "$kRun/coordinator/coordinator.toml" "$@"; }
participant() { local shop=$1; shift; "$kBin/guildsum-participant" --config "$kRun/shop-$shop/participant.toml" "$@"; }
federation_folders() { local folder; for folder in "$kRun/coordinator" "$kRun"/shop-*; do [[ -d $folder ]] && printf '%s\n' "$folder"; done; }

# field FILE NAME: the text behind "NAME" in a small flat JSON file of our own programs.
field() { sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$1" 2>/dev/null | head -n 1; }

create_coordinator() {
  local log=$kLogs/coordinator-init.log
  "$kBin/guildsum-coordinator" init --dir "$kRun/coordinator" --name quickstart --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
    --catalogue "$kData/items.csv" >"$log" 2>&1 </dev/null ||
    fail 'guildsum-coordinator init failed' 'the log says why; ./quickstart clean starts from nothing' "$log"
  # The drill waits for the killed shop's upload until this deadline; ten minutes would be long to watch.
  sed -i "s/^masked_input = .*/masked_input = \"${kUploadSeconds}s\"/" "$kRun/coordinator/coordinator.toml"
}

coordinator_ready() {
  [[ -s $kRun/coordinator/endpoints.json ]] || ! pid_of "$kRun/coordinator" >/dev/null
}

start_coordinator() {
  local folder=$kRun/coordinator log=$kLogs/coordinator.log
  rm -f "$folder/endpoints.json"
  start_process "$folder" "$log" "$folder/coordinator.toml" "$kBin/guildsum-coordinator" --config "$folder/coordinator.toml" serve
  wait_until 20 coordinator_ready && pid_of "$folder" >/dev/null ||
    fail 'the coordinator did not start' 'the log says why' "$log"
}

# write_shop_config SHOP TRAIN HOLDOUT CONSENT MAPPING DRILL: HOLDOUT and DRILL may be empty.
write_shop_config() {
  local shop=$1 train=$2 holdout=$3 consent=$4 mapping=$5 drill=$6 folder=$kRun/shop-$1
  mkdir -p "$folder"
  {
    printf '# Written by ./quickstart for the shop %s.\n' "$shop"
    printf '[agent]\ndir = "%s"\n\n' "$folder/data"
    printf '[source.orders]\nkind = "csv"\npath = "%s"\nmapping = { %s }\n\n' "$train" "$mapping"
    printf '# Who agreed to what; nobody else is used.\n[consent]\nfile = "%s"\n\n' "$consent"
    [[ -n $holdout ]] && printf '[evaluation]\nholdout = "%s"\n\n' "$holdout"
    printf '[serving]\nlisten = "127.0.0.1:0"\n\n'
    printf '# Demonstration only: a shop that gives its changes twice a day says more of each customer.\n'
    printf '[policy]\ndelta_interval_min = "0s"\n'
    printf 'task_kinds = ["popularity", "ease", "ials", "vocabulary", "bpr", "softmax", "evaluation", "transitions"]\n\n'
    printf '# Demonstration only: keeps the unmasked vector, so that the opened sum can be compared with the plain sum.\n'
    printf '[outbox]\nkeep_plain = true\n'
    [[ -n $drill ]] && printf '\n# Demonstration only: stops moving after this phase, so that it can be killed there.\n[drill]\nhold_after = "%s"\n' "$drill"
  } >"$folder/participant.toml"
}

start_shop() {
  local folder=$kRun/shop-$1
  rm -f "$folder/data/endpoints.json"
  start_process "$folder" "$kLogs/shop-$1.log" "$folder/participant.toml" "$kBin/guildsum-participant" --config "$folder/participant.toml" serve
}

# join_shop SHOP: invites it at the coordinator and joins with the printed token.
join_shop() {
  local shop=$1 log=$kLogs/shop-$1.log line
  line=$(coordinator shop invite "$shop" 2>>"$kLogs/coordinator-commands.log" | grep -o 'gs1\.[A-Za-z0-9_-]*' | head -n 1)
  [[ -n $line ]] || fail "the coordinator did not invite $shop" 'the log says why' "$kLogs/coordinator-commands.log"
  participant "$shop" join "$line" >>"$log" 2>&1 </dev/null || fail "$shop could not join" 'the log says why' "$log"
}

# Number of shops that the coordinator has heard from lately.
shops_online() { coordinator shop list --format json 2>/dev/null | grep -o '"online":[[:space:]]*true' | wc -l; }
all_online() { local online; online=$(shops_online); progress start $((online * 100 / $1)) "$online of $1 shops online"; ((online >= $1)); }

stop_federation() {
  local folders
  mapfile -t folders < <(federation_folders)
  # Shops first: an agent that loses its coordinator would only log that it is unreachable.
  ((${#folders[@]} > 1)) && stop_processes "${folders[@]:1}"
  ((${#folders[@]} > 0)) && stop_processes "${folders[0]}"
  return 0
}
