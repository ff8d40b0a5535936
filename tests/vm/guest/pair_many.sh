# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A hub with twenty spokes, all of them paired with it at once: each sees its own packets.
# shellcheck disable=SC2086 # spokes are numbers
. /vm/guest/lib.sh

spokes=20
ip netns add h
on_exit ip netns del h
ip -n h link set lo up
ip -n h link add br0 type bridge
ip -n h link set br0 up
ip -n h addr add 192.0.2.254/24 dev br0
wg genkey >"$work/h.key"
key_h=$(wg pubkey <"$work/h.key")
ip -n h link add wg0 type wireguard
in_ns h wg set wg0 private-key "$work/h.key" listen-port 51820
ip -n h addr add 10.0.0.254/24 dev wg0
ip -n h link set wg0 up
on_exit "$wgt" down --all
"$wgt" -n h up wg0 2>>"$work/up.err"
for ((i = 1; i <= spokes; i++)); do
	ip netns add s$i
	on_exit ip netns del s$i
	ip link add eth0 netns s$i type veth peer name to$i netns h
	ip -n h link set to$i master br0 up
	ip -n s$i addr add 192.0.2.$i/24 dev eth0
	ip -n s$i link set eth0 up
	wg genkey >"$work/s$i.key"
	ip -n s$i link add wg0 type wireguard
	in_ns s$i wg set wg0 private-key "$work/s$i.key" listen-port 51820 peer "$key_h" \
		endpoint 192.0.2.254:51820 allowed-ips 10.0.0.0/24
	in_ns h wg set wg0 peer "$(wg pubkey <"$work/s$i.key")" allowed-ips 10.0.0.$i/32
	ip -n s$i addr add 10.0.0.$i/24 dev wg0
	ip -n s$i link set wg0 up
	"$wgt" -n s$i up wg0 2>>"$work/up.err"
done

nsenter --net=/run/netns/h -- "$wgt" listen wg0 2>"$work/listen.err" &
listener=$!
within 10 "the hub listens" grep -q '^listening' "$work/listen.err"
pids=()
for ((i = 1; i <= spokes; i++)); do
	nsenter --net=/run/netns/s$i -- "$wgt" watch wg0 --json --pair 192.0.2.254 >"$work/s$i.out" 2>"$work/s$i.err" &
	pids+=($!)
done
all_listen() { (($(grep -l '^listening' "$work"/s*.err | wc -l) == spokes)); }
within 120 "all of them listen ($(tail -qn 1 "$work"/s*.err | sort | uniq -c))" all_listen

for ((i = 1; i <= spokes; i++)); do
	in_ns s$i ping -q -c 3 -i 0.1 -W 2 10.0.0.254 >/dev/null &
	pings[i]=$!
done
wait "${pings[@]}"
sleep 5
kill -INT "${pids[@]}"
for ((i = 1; i <= spokes; i++)); do wait "${pids[i - 1]}" || fail "s$i: exit status $?: $(tail -n 1 "$work/s$i.err")"; done
kill -INT $listener
wait $listener || fail "the hub: exit status $?: $(tail -n 1 "$work/listen.err")"

for ((i = 1; i <= spokes; i++)); do
	expect_eq "s$i: pings and answers, whole" 6 "$(jq -r 'select(.kind == "path" and .inner.proto == "icmp" and
		.tx and .rx and .verdict.id == "delivered") | .inner.src' "$work/s$i.out" | wc -l)"
	expect_eq "s$i: of another" "" "$(jq -r --arg me "10.0.0.$i" 'select(.inner) | .inner | .src, .dst' "$work/s$i.out" |
		grep -vx -e "10.0.0.$i" -e 10.0.0.254 || true)"
	expect_eq "s$i: lost" 0 "$(jq 'select(.kind == "summary") | .lost' "$work/s$i.out")"
done
