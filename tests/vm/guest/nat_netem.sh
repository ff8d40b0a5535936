# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A router that rewrites the source port, delays, reorders and loses 1 % of what goes to b: what
# arrived is joined exactly, what is called lost is what netem dropped.
. /vm/guest/lib.sh

# 2,000 datagrams one way. Who takes them is another WireGuard device, which is not traced: it
# reads as fast as they come, and answers nothing.
datagrams() {
	ip -n b link add sink type wireguard
	b wg set sink listen-port 9
	ip -n b link set sink up
	a bash -c '
		exec 5<>/dev/udp/10.0.0.2/9 6<> <(:)
		for ((i = 0; i < 2000; i++)); do
			printf %s "$i" >&5
			((i % 20)) || read -rt 0.02 -u 6 || true
		done'
}
transfer() {
	b iperf3 -s -1 >"$work/iperf3.server" &
	within 20 "iperf3 listens" b sh -c 'ss -Hltn sport = 5201 | grep -q .'
	a iperf3 -c 10.0.0.2 -n 300K >"$work/iperf3" 2>&1 || fail "iperf3: $(tail -n 2 "$work/iperf3")"
}
nothing_queued() { r tc -s qdisc show dev rb | grep -q 'backlog 0b 0p'; }

topology
r nft 'add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; }
	add rule ip nat post oifname "rb" udp dport 51821 snat to 198.51.100.1:40000'
trace_both
count_messages a b
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
start watch watch --all --json
# The handshake meets no loss: what netem drops later are data messages.
tunnel_works
r tc qdisc add dev rb root netem delay 20ms 5ms reorder 25% 50% loss 1% limit 10000
datagrams
transfer
within 10 "netem's queue is empty" nothing_queued
dropped=$(r tc -s -j qdisc show dev rb | jq '.[0].drops')
r tc qdisc del dev rb root
tunnel_works
# What watch waits for (two seconds) when it ends is still open.
sleep 4
stop watch a b

lost=$(($(counted a out) - $(counted b in)))
((lost > 0)) || fail "nothing was lost: no test"
expect_eq "netem dropped only data messages" "$lost" "$dropped"
join_of join a.wgt b.wgt
paths watch
# TCP sends again what only comes late; iperf3 may be gone by then.
late='$4 == "inner_in" && $5 == "NO_SOCKET" && $7 == "4tcp" && $13 == 5201'
for name in join watch; do
	expect_unique_keys $name
	expect_eq "$name: records lost (of $(counted a out)+$(counted b in)+$(counted b out)+$(counted a in) messages $(how_many $name '$2 == "a/wg0"')+$(how_many $name '$3 == "b/wg0"')+$(how_many $name '$2 == "b/wg0"')+$(how_many $name '$3 == "a/wg0"') are there)" \
		0 "$(summary $name .lost)"
	expect_none "without a number or sender" $name '$1 == "-" || $2 == "-"'
	expect_none "unexpected" $name \
		'$4 != "delivered" && $4 != "keepalive" && $4 != "network.lost" && !('"$late"')'
	expect_none "uncertain" $name '$6 == "unknown"'
	expect_eq "$name: lost on the way" "$lost" "$(how_many $name '$4 == "network.lost" && $2 == "a/wg0" && $3 == "-"')"
	expect_eq "$name: lost elsewhere" "$lost" "$(how_many $name '$4 == "network.lost"')"
	expect_eq "$name: sent by a" "$(counted a out)" "$(how_many $name '$2 == "a/wg0"')"
	expect_eq "$name: received by b" "$(counted b in)" "$(how_many $name '$2 == "a/wg0" && $3 == "b/wg0"')"
	expect_eq "$name: sent by b" "$(counted b out)" "$(how_many $name '$2 == "b/wg0" && $3 == "a/wg0"')"
	expect_none "not rewritten by the router" $name '$2 == "a/wg0" && $3 != "-" &&
		($10 != "192.0.2.2:51820>198.51.100.2:51821" || $11 != "198.51.100.1:40000>198.51.100.2:51821")'
	expect_none "with wrong ends on the way back" $name '$2 == "b/wg0" &&
		($10 != "198.51.100.2:51821>198.51.100.1:40000" || $11 != "198.51.100.2:51821>192.0.2.2:51820")'
	datagrams=$(how_many $name '$7 == "4udp" && $13 == 9')
	expect_eq "$name: datagrams sent" 2000 "$datagrams"
done
how_many watch "$late" | awk '$1 { print "b\tinner_in\tNO_SOCKET\t" $1 }' >"$work/late"
shown_drops >"$work/shown"
expect_table "what show counts" "$work/late" "$work/shown"
