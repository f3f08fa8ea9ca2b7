# ./quickstart add-shop: a further shop with the user's own orders. Sourced by ./quickstart.

# Column names that shops commonly use, per field, most telling first.
declare -A kUsualColumns=(
  [customer]='customer customer_id customerid user_id user client_id client shopper email'
  [item]='item item_id itemid sku stockcode stock_code product_id productid product ean gtin article'
  [time]='time ts timestamp date invoicedate invoice_date order_date created_at datetime'
  [quantity]='quantity qty amount count'
  [order]='order order_id orderid invoiceno invoice_no invoice basket transaction_id'
)
kRequiredFields='customer item'

# guess_mapping FILE: prints a TOML mapping from the header line; fails when a required column is not recognised.
guess_mapping() {
  local header column field name separator=, columns mapping=''
  header=$(head -n 1 -- "$1" | tr -d '\r"' | sed 's/^\xef\xbb\xbf//')
  [[ $header != *,* && $header == *';'* ]] && separator=';'
  IFS=$separator read -r -a columns <<<"$header"
  for field in customer item time quantity order; do
    name=''
    for usual in ${kUsualColumns[$field]}; do
      for column in "${columns[@]}"; do
        [[ ${column,,} == "$usual" ]] && { name=$column; break 2; }
      done
    done
    [[ -n $name ]] && mapping+="${mapping:+, }$field = \"$name\""
    [[ -z $name && " $kRequiredFields " == *" $field "* ]] && return 1
  done
  printf '%s' "$mapping"
}

# customer=A,item=B -> customer = "A", item = "B"
parse_mapping() {
  local pair pairs mapping=''
  IFS=, read -r -a pairs <<<"$1"
  for pair in "${pairs[@]}"; do
    [[ $pair =~ ^(customer|item|time|quantity|order)=([^\"\\]+)$ ]] || return 1
    mapping+="${mapping:+, }${BASH_REMATCH[1]} = \"${BASH_REMATCH[2]}\""
  done
  printf '%s' "$mapping"
}

add_own_shop() {
  local file='' consent='' name='' map='' mapping log
  while (($# > 0)); do
    case $1 in
      --consent) consent=${2:-}; shift 2 || break ;;
      --name) name=${2:-}; shift 2 || break ;;
      --map) map=${2:-}; shift 2 || break ;;
      -*) usage >&2; exit 2 ;;
      *) file=$1; shift ;;
    esac
  done
  [[ -n $file ]] || { usage >&2; exit 2; }
  [[ -r $file ]] || fail "$file cannot be read" 'name an existing CSV file with a header line'
  file=$(readlink -f -- "$file")
  [[ -n $consent ]] || fail 'who agreed to what? Unknown is not used' \
    'name a CSV file with the columns customer,purpose,state,decided_at,notice_version: --consent FILE (docs/quickstart.md)'
  [[ -r $consent ]] || fail "$consent cannot be read" 'name an existing CSV file with a header line'
  consent=$(readlink -f -- "$consent")
  if [[ -z $name ]]; then
    name=$(basename -- "$file")
    name=$(printf '%s' "${name%%.*}" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9' '-' | sed 's/--*/-/g; s/^-//; s/-$//')
  fi
  [[ $name =~ ^[a-z0-9-]{1,64}$ ]] || fail "'$name' is no name for a shop" 'choose one of a-z, 0-9 and - with --name NAME'
  pid_of "$kRun/coordinator" >/dev/null || fail 'no federation is running here' 'start one in another terminal: ./quickstart'
  [[ -e $kRun/shop-$name ]] && fail "there is a shop $name already" 'choose another with --name NAME'
  if [[ -n $map ]]; then
    mapping=$(parse_mapping "$map") || fail "cannot read --map $map" 'write it as customer=COLUMN,item=COLUMN and so on'
  else
    mapping=$(guess_mapping "$file") ||
      fail "the header of $file names no column that is known to be customer or item: $(head -n 1 -- "$file" | cut -c 1-200)" \
        'name the columns yourself: --map customer=COLUMN,item=COLUMN,time=COLUMN,quantity=COLUMN,order=COLUMN'
  fi
  say "columns: $mapping"
  log=$kLogs/shop-$name.log
  write_shop_config "$name" "$file" '' "$consent" "$mapping" ''
  if ! participant "$name" check-data >&2 </dev/null; then
    rm -rf "$kRun/shop-$name"
    fail "the orders in $file cannot be used" 'the lines above say which rows and why'
  fi
  join_shop "$name"
  start_shop "$name"
  wait_until 30 shop_serves "$name" || fail "$name did not start" 'the log says why' "$log"
  say "$name has joined. The others have been in a sum of EASE before; $name gives all it has to a sum of their changes, which you allow:"
  say "  build/release/bin/guildsum-participant --config run/quickstart/shop-$name/participant.toml approve ease-join"
  say "Then start a round:"
  say "  build/release/bin/guildsum-coordinator --config run/quickstart/coordinator/coordinator.toml round start --task ease --wait"
  say "Then ask it: build/release/bin/guildsum-participant --config run/quickstart/shop-$name/participant.toml preview --customer ID"
}

shop_serves() { [[ -s $kRun/shop-$1/data/endpoints.json ]]; }
