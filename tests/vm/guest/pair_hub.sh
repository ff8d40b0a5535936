# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A hub with three spokes, all of them paired with it at once, and the hub with one of them: each
# sees the packets of its own tunnel, and nothing of another's. One way is slow and loses.
# shellcheck disable=SC2086 # spokes are numbers
. /vm/guest/lib.sh

spokes=(1 2 3)
ip netns add h
on_exit ip netns del h
ip -n h link set lo up
h() { in_ns h "$@"; }
wg genkey >"$work/h.key"
key_h=$(wg pubkey <"$work/h.key")
ip -n h link add wg0 type wireguard
h wg set wg0 private-key "$work/h.key" listen-port 51820
ip -n h addr add 10.0.0.254/24 dev wg0
declare -A key_of=()
for i in "${spokes[@]}"; do
	ip netns add s$i
	on_exit ip netns del s$i
	ip -n s$i link set lo up
	ip link add eth0 netns s$i type veth peer name to$i netns h
	ip -n s$i addr add 192.0.$i.1/24 dev eth0
	ip -n h addr add 192.0.$i.254/24 dev to$i
	ip -n s$i link set eth0 up
	ip -n h link set to$i up
	wg genkey >"$work/s$i.key"
	key_of[$i]=$(wg pubkey <"$work/s$i.key")
	ip -n s$i link add wg0 type wireguard
	in_ns s$i wg set wg0 private-key "$work/s$i.key" listen-port 51820 peer "$key_h" \
		endpoint 192.0.$i.254:51820 allowed-ips 10.0.0.0/24
	ip -n s$i addr add 10.0.0.$i/24 dev wg0
	ip -n s$i link set wg0 up
	h wg set wg0 peer "${key_of[$i]}" endpoint 192.0.$i.1:51820 allowed-ips 10.0.0.$i/32
done
ip -n h link set wg0 up
h sysctl -qw net.ipv4.ip_forward=1
on_exit "$wgt" down --all
for n in h s1 s2 s3; do "$wgt" -n $n up wg0 2>>"$work/up.err"; done

for i in "${spokes[@]}"; do in_ns s$i ping -q -c 1 -W 5 10.0.0.254 >/dev/null; done
# The way of spoke 3: 300 ms there and back, and 30 % of everything lost, each way 16 %.
h tc qdisc add dev to3 root netem delay 150ms loss 16% limit 10000
in_ns s3 tc qdisc add dev eth0 root netem delay 150ms loss 16% limit 10000

start_in h listen listen wg0
start_in s1 listen1 listen wg0
for i in "${spokes[@]}"; do start_in s$i s$i watch wg0 --json --pair 192.0.$i.254; done
# and back: both ends watch each other
start_in h h watch wg0 --json --pair 192.0.1.1 --sample 2
# which peer it is can't be told by an address that is nobody's
status=0
h "$wgt" watch wg0 --pair 127.0.0.1 >/dev/null 2>"$work/which.err" || status=$?
expect_eq "an unclear peer: exit status" 2 "$status"
grep -q 'say --peer KEY' "$work/which.err" || fail "an unclear peer: $(<"$work/which.err")"

# To the hub, and through it to each other. Of s3's so many that some are lost each way: with 30
# one run in fifty had none that the hub lost.
pings_of() { [[ $1 == 3 ]] && echo 100 || echo 30; }
for i in "${spokes[@]}"; do in_ns s$i ping -q -c "$(pings_of "$i")" -i 0.05 -W 2 10.0.0.254 >"$work/ping$i" 2>&1 & done
in_ns s1 ping -q -c 20 -i 0.05 -W 2 10.0.0.2 >/dev/null 2>&1 &
wait %% 2>/dev/null || true
sleep 12
stop s1 s2 s3 h

for i in "${spokes[@]}"; do
	paths s$i
	expect_eq "s$i: records lost" 0 "$(summary s$i .lost)"
	expect_unique_keys s$i
	# WireGuard's own answer after ten quiet seconds may be under way when the watch is stopped.
	expect_none "uncertain" s$i '$6 == "unknown" && !($5 == "still_open" && $12 == 60)'
	# Only the hub and the spoke itself, and only the tunnel between them.
	expect_none "of another host" s$i "\$2 != \"-\" && \$2 != \"s$i/wg0\" && \$2 != \"h/wg0\""
	jq -r 'select(.kind == "path") | .tx.peer, .rx.peer | select(.)' "$work/s$i.out" | sort -u >"$work/peers"
	printf '%s\n' "$key_h" "${key_of[$i]}" | sort -u >"$work/own"
	expect_table "s$i: peers that are named" "$work/own" "$work/peers"
done
whole() { how_many "$1" "\$2 == \"$2\" && \$3 == \"$3\" && \$4 == \"delivered\" && \$7 == \"4icmp\""; }
# 30 pings to the hub, and 20 that go through it to s2 and come back.
expect_eq "s1: sent" 50 "$(whole s1 s1/wg0 h/wg0)"
expect_eq "s1: came" 50 "$(whole s1 h/wg0 s1/wg0)"
expect_eq "s2: sent" 50 "$(whole s2 s2/wg0 h/wg0)"
expect_eq "s2: came" 50 "$(whole s2 h/wg0 s2/wg0)"
between() { jq -c "select(.inner) | select((.inner.src, .inner.dst) | . == \"10.0.0.$2\")" "$work/s$1.out" | wc -l; }
expect_eq "s3: of the others" 0 $(($(between 3 1) + $(between 3 2)))
expect_eq "s2: what s1 sent to it and got from it" 40 "$(between 2 1)"
expect_eq "s1: of s3" 0 "$(between 1 3)"
# Through loss and delay: each packet of s3's tunnel arrived, or died in netem's queue on one of
# the ends. Of what the hub dropped only a session can tell s3.
lost=$(how_many s3 '$4 == "outer_out"')
there=$(how_many s3 '$4 == "outer_out" && $2 == "h/wg0"')
expect_eq "s3: requests" "$(pings_of 3)" "$(how_many s3 '$2 == "s3/wg0" && $7 == "4icmp" && $13 == 8')"
expect_none "undecided" s3 '$4 != "delivered" && $4 != "outer_out" && $4 != "keepalive" && $5 != "still_open"'
((lost > there && there > 0)) || fail "of s3 $lost were lost, $there by the hub: no test"
# Of the hub's own watch of s1 one of two, and both hosts chose the same: by a hash of numbers that
# are random, so how many is chance. 5 standard deviations on either side.
paths h
n=$(($(whole h s1/wg0 h/wg0) + $(whole h h/wg0 s1/wg0)))
((n >= 25 && n <= 75)) || fail "h: half of 100 pings and answers are $n"
expect_none "seen by one host only" h '$10 ~ /192.0.1.1:/ && ($2 == "-" || $3 == "-") && $5 != "still_open" && $12 != 60'
expect_none "of another spoke" h '($2 != "-" && $3 == "s2/wg0") || ($2 == "s2/wg0" || $2 == "s3/wg0")'
