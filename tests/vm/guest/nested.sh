# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Tunnels in tunnels: a packet is followed into the one that carries it, and ends where that ends.
# tx.loop is only what comes back to the same peer. Each case with its twin.
. /vm/guest/lib.sh

# told NAME TX VERDICT VIA: how many lines of the watch, VIA as "wg1:delivered wg0:unknown"
told() {
	jq -s --arg tx "$2" --arg id "$3" --arg via "$4" '[.[] | select(.kind == "path" and .tx != null
		and "\(.tx.netns)/\(.tx.interface)" == $tx and .verdict.id == $id
		and ([(.via // [])[] | "\(.interface):\(.verdict)"] | join(" ")) == $via)] | length' "$work/$1.out"
}
is_told() { (($(told "${@:2}") == $1)); } # COUNT NAME TX VERDICT VIA
pings() { a ping -q -c "$1" -i 0.2 -W 0.3 "${@:3}" "$2" >/dev/null || true; }
drops_of() { "$wgt" -n a show "$1" --json | jq -c '[.. | .drops? | objects | keys] | add // [] | unique'; }

topology
wg genkey >"$work/c.key"
key_c=$(wg pubkey <"$work/c.key")
ip -n a link add wg1 type wireguard
ip -n b link add wg1 type wireguard
b wg set wg1 private-key "$work/c.key" listen-port 51831 peer "$key_a" allowed-ips 10.1.0.1/32
a wg set wg1 private-key "$work/a.key" listen-port 51830 peer "$key_c" endpoint 198.51.100.2:51831 \
	allowed-ips 10.1.0.2/32
for n in a b; do
	ip -n $n addr add "10.1.0.$([[ $n == a ]] && echo 1 || echo 2)/24" dev wg1
	ip -n $n link set wg1 up
done
a wg set wg0 peer "$key_b" endpoint 10.1.0.2:51821
tunnel_works
for n in a b; do "$wgt" -n $n up wg0 2>>"$work/up.err" && "$wgt" -n $n up wg1 2>>"$work/up.err"; done

# --- wg0's packets are carried by wg1
start all watch --all --json
start one -n a watch wg0 --json
start filter -n a watch wg0 --json 'icmp and dst host 10.0.0.2'
all_return a 10.0.0.2 3 0.2
stop all one filter
for name in all one filter; do paths $name; done
expect_eq "wg0, both ends" 3 "$(told all a/wg0 delivered wg1:delivered)"
expect_eq "the answers" 3 "$(told all b/wg0 delivered wg1:delivered)"
expect_eq "wg1 carries and is not carried" 6 \
	"$(how_many all '$2 ~ /wg1$/ && $7 == "4udp" && $8 == 156 && $4 == "delivered"')"
expect_none "loop, or died" all '$4 ~ /^tx|lost|unknown/'
expect_eq "wg0 alone, with the carrier as far as a knows" 3 "$(told one a/wg0 unknown wg1:unknown)"
expect_none "of an interface that was not asked for" one '$2 ~ /wg1/ || $3 ~ /wg1/'
expect_eq "the same with a filter" 3 "$(told filter a/wg0 unknown wg1:unknown)"
expect_eq "which peer" "$key_c" "$(jq -r '.via[0].peer // empty' "$work/one.out" | sort -u)"
# of recordings
start rec record --all -o "$work/all.wgt"
all_return a 10.0.0.2 3 0.2
stop rec
expect_eq "drops of wg0" '[]' "$(drops_of wg0)"

# --- the carrier dies: of its AllowedIPs, of a firewall
died_in() { # VERDICT REASON
	start all watch --all --json
	start one -n a watch wg0 --json --drops
	pings 3 10.0.0.2
	within 10 "$1 of wg0, both ends" is_told 3 all a/wg0 "$1" "wg1:$1"
	within 10 "$1 of wg0" is_told 3 one a/wg0 "$1" "wg1:$1"
	stop all one
	paths one
	expect_eq "$1: reason" "$2" "$(awk -F'\t' '{ print $5 }' "$work/one.tsv" | sort -u)"
	jq -r '.verdict.message // empty' "$work/one.out" >"$work/messages"
	grep -q '^In wg1, which carried it: ' "$work/messages" || fail "words: $(<"$work/messages")"
	paths all
	expect_none "lost in between" all '$4 == "network.lost"'
}
a wg set wg1 peer "$key_c" allowed-ips 10.1.0.9/32
died_in tx.no_peer ENOKEY
a wg set wg1 peer "$key_c" allowed-ips 10.1.0.2/32
a nft 'add table ip f; add chain ip f c { type filter hook output priority 0; }
	add rule ip f c udp dport 51831 drop'
died_in outer_out NETFILTER_DROP
a nft delete table ip f
tunnel_works

# --- the carrier waits for a handshake, and gets it
r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
	add rule ip f c udp dport 51831 drop'
sleep 5 # REKEY_TIMEOUT: none is begun so soon after the last one
ip -n a link set wg1 down
ip -n a link set wg1 up
start one -n a watch wg0 --json
pings 2 10.0.0.2
within 20 "two packets wait in wg1" is_told 2 one a/wg0 tx.waiting wg1:tx.waiting
r nft delete table ip f
waited_for() { (($(jq -s '[.[] | select(.amends == "tx.waiting")] | length' "$work/one.out") == 2)); }
within 20 "both left it" waited_for
stop one
paths one
expect_eq "none waits in the end" null "$(summary one '.by_verdict["tx.waiting"]')"
tunnel_works

# --- onion: one peer of wg0 is reached by way of another one
a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
ip -n a link del wg1
a wg set wg0 peer "$key_c" endpoint 10.0.0.2:51831 allowed-ips 10.1.0.2/32
ip -n a addr add 10.1.0.1/24 dev wg0
tunnel_works
within 20 "a ping by way of b" a ping -q -c 1 -W 2 -I 10.1.0.1 10.1.0.2 >/dev/null
expect_eq "drops of wg0, unwatched" '[]' "$(drops_of wg0 | jq -c 'map(select(. == "tx.loop"))')"
start all watch --all --json
pings 3 10.1.0.2 -I 10.1.0.1
within 10 "by way of the other peer" is_told 3 all a/wg0 delivered wg0:delivered
stop all
paths all
expect_none "goes round" all '$4 == "tx.loop"'
expect_eq "drops of wg0" '[]' "$(drops_of wg0 | jq -c 'map(select(. == "tx.loop"))')"

# its twin: the other peer is reached by way of the first one, too
a nft 'add table ip f; add chain ip f c { type filter hook output priority 0; }
	add rule ip f c udp length > 450 drop' # ends it
a wg set wg0 peer "$key_b" endpoint 10.1.0.2:51821
start all watch --all --json
pings 2 10.0.0.2
went_round() { [[ -s $work/all.out ]] && jq -se '[.[] | select(.verdict.id == "tx.loop"
	and .inner.proto == "icmp" and .tx.interface == "wg0")] | length == 2' "$work/all.out" >/dev/null; }
within 10 "it goes round by way of two peers" went_round
stop all

# --- of recordings
join_of join all.wgt
expect_eq "join: wg0" 3 "$(told join a/wg0 delivered wg1:delivered)"
expect_eq "join: the answers" 3 "$(told join b/wg0 delivered wg1:delivered)"
