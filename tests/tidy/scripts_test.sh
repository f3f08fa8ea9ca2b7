#!/usr/bin/env bash
# Parts of ./quickstart that need no built program: starting and stopping processes, guessing columns of an order file.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/terminal.sh
. scripts/build.sh
. scripts/processes.sh
. scripts/own_shop.sh
work=$(readlink -f "$(mktemp -d)")
trap 'stop_processes "$work"/*/ >/dev/null 2>&1; rm -rf "$work"' EXIT
failures=0
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; failures=$((failures + 1)); fi; }

mkdir "$work/a" "$work/b" "$work/c"
cp "$(command -v sleep)" "$work/program"
start_process "$work/a" "$work/log" 301 "$work/program" 301
start_process "$work/b" "$work/log" 302 "$work/program" 302
wait_until 5 pid_of "$work/b" >/dev/null
first=$(pid_of "$work/a")
second=$(pid_of "$work/b")
check 'a started process is found by its pid file' '[[ -n $first && -d /proc/$first ]]'
stop_processes "$work/a"
check 'stopping ends the process and removes its file' '[[ ! -d /proc/$first || $(readlink /proc/$first/exe) == "" ]] && [[ ! -e $work/a/pid ]]'
check 'another process of the same program goes on' '[[ $(pid_of "$work/b") == "$second" ]]'
printf '%d %s %s\n' "$second" "$work/program" 999 >"$work/c/pid"
check 'a pid that now runs something else is not ours' '! pid_of "$work/c"'
stop_processes "$work/c"
check 'and is not killed' '[[ $(pid_of "$work/b") == "$second" ]]'
check 'waiting for what never happens ends' '! wait_until 1 false'

orders() { printf '%b' "$1" >"$work/orders.csv"; guess_mapping "$work/orders.csv"; }
check 'usual English names are recognised' '[[ $(orders "InvoiceNo,StockCode,Quantity,InvoiceDate,CustomerID\n") == '"'"'customer = "CustomerID", item = "StockCode", time = "InvoiceDate", quantity = "Quantity", order = "InvoiceNo"'"'"' ]]'
check 'a byte order mark, quotes, semicolons and CRLF do not matter' '[[ $(orders "\xef\xbb\xbf\"user_id\";\"sku\"\r\n") == '"'"'customer = "user_id", item = "sku"'"'"' ]]'
check 'without a customer column there is no guess' '! orders "sku,qty\n"'
check 'a written mapping is taken as it is' '[[ $(parse_mapping "customer=A b,item=C") == '"'"'customer = "A b", item = "C"'"'"' ]]'
check 'a mapping cannot leave its quotes' '! parse_mapping '"'"'customer=a"b,item=c'"'"
check 'an unknown field is refused' '! parse_mapping "price=p"'

check 'the remaining time follows from what is done' '[[ $(time_left 10 25 100) == ", about 30 s left" ]]'
check 'no estimate before there is something to estimate from' '[[ -z $(time_left 2 1 100) ]]'
check 'failing names cause, fix and log' '[[ $( (fail "cause x" "fix y" "$work/log") 2>&1 ) == *"cause x"*"fix y"*"$work/log"* ]]'
exit $((failures > 0))
