# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets that wait for a handshake are told after a second, once each, and again when they leave or
# die. Their twin: where the peer answers in time, nothing waits.
. /vm/guest/lib.sh

# told VERDICT [WAS]: how many lines of the watch
told() {
	jq -s --arg id "$1" --arg was "${2-}" \
		'[.[] | select(.verdict.id == $id and (.amends // "") == $was)] | length' "$work/$name.out"
}
have_been_told() { (($(told "${@:2}") == $1)); } # COUNT VERDICT [WAS]
silence() { r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
	add rule ip f c udp dport 51821 counter drop'; }
is_tried() { (($(r nft -j list ruleset | jq '[.. | .counter? | objects | .packets] | add // 0') > 0)); }
without_session() { ip -n a link set wg0 down && ip -n a link set wg0 up; }
three_pings() { a ping -q -c 3 -i 0.2 -W 0.2 10.0.0.2 >/dev/null || true; }

topology
trace_both
name=answered
start $name watch --all --json
all_return a 10.0.0.2 20 0.1 # longer than a second, with the handshake at its begin
stop $name
paths $name
# On a busy machine one may: who is said to have waited, did.
expect_eq "waited for less than a second" 0 "$(jq 'select(.amends == "tx.waiting") | .tx.hops[] |
	select(.stage == "encrypt" and .ns < 1000000000)' "$work/$name.out" | wc -l)"
expect_none "wait, or died" $name '$4 ~ /^tx/ && $4 != "tx.waiting"'

# the peer is silent, and answers later
name=later
sleep 5 # REKEY_TIMEOUT: none is begun so soon after the last one
silence
without_session
# A worker sends the initiation, on a busy machine more than a second after the packet came.
a ping -q -c 1 -W 0.2 10.0.0.2 >/dev/null || true
within 20 "a handshake is tried" is_tried
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
start drops watch --all --json --drops
start $name watch --all --json
three_pings
within 20 "three packets wait" have_been_told 3 tx.waiting
expect_eq "with whom" "$key_b" "$(jq -r 'select(.verdict.id == "tx.waiting") | .tx.peer' "$work/$name.out" | sort -u)"
expect_eq "since when" true "$(jq -s '[.[] | select(.verdict.id == "tx.waiting")
	| (.tx.tried_since | .[0:19] + "Z" | fromdate) as $tried | $tried > now - 60 and $tried <= now] | all' "$work/$name.out")"
jq -r 'select(.verdict.id == "tx.waiting") | .verdict.message' "$work/$name.out" >"$work/messages"
grep -q 'waits on .* for a handshake with peer' "$work/messages" || fail "words: $(<"$work/messages")"
"$wgt" -n a show wg0 --json >"$work/show"
expect_eq "drops that show counts" "{}" "$(jq -c '[.. | .drops? | objects] | add // {}' "$work/show")"
r nft delete table ip f
within 20 "all were delivered" have_been_told 3 delivered tx.waiting
stop a b drops $name
paths $name
expect_eq "amended" 3 "$(summary $name .amended)"
expect_eq "none waits in the end" null "$(summary $name '.by_verdict["tx.waiting"]')"
paths drops
expect_eq "--drops: told that they wait, and that they came" "3 3" \
	"$(how_many drops '$4 == "tx.waiting"') $(how_many drops '$4 == "delivered"')"
join_of join a.wgt b.wgt
expect_none "wait, though their end was recorded" join '$4 == "tx.waiting"'
expect_eq "pings of the recordings, and the first" 4 "$(how_many join '$2 == "a/wg0" && $4 == "delivered" && $13 == 8')"

# they die: the interface is taken down
name=dead
silence
without_session
start a -n a record wg0 -o "$work/waits.wgt"
start $name watch --all --json
three_pings
within 20 "three packets wait" have_been_told 3 tx.waiting
stop a
ip -n a link set wg0 down
within 20 "three packets died" have_been_told 3 tx.staged_purged tx.waiting
stop $name
join_of join waits.wgt
expect_eq "still waiting when the recording ended" 3 "$(how_many join '$4 == "tx.waiting"')"
