# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# up returns and what it attached stays; a session from before is traced at once; two interfaces
# of a namespace are told apart; up twice is up once; down of one keeps the other; inside
# `ip netns exec` all works as with -n. Once down returns nothing is attached any more.
. /vm/guest/lib.sh

topology
# An up that was killed half-way has left pins, and no tracing: down removes them, up begins anew.
mkdir -p /sys/fs/bpf/wg-trace/map /sys/fs/bpf/wg-trace/link
"$wgt" -n a down wg0 2>"$work/half.err" || fail "down after half an up: $(<"$work/half.err")"
expect_nothing_left
mkdir -p /sys/fs/bpf/wg-trace/map
# a second tunnel between the same namespaces
ip -n a link add wg1 type wireguard
ip -n b link add wg1 type wireguard
b wg set wg1 private-key "$work/b.key" listen-port 51831 peer "$key_a" allowed-ips 10.1.0.1/32
a wg set wg1 private-key "$work/a.key" listen-port 51830 peer "$key_b" \
	endpoint 198.51.100.2:51831 allowed-ips 10.1.0.2/32
ip -n a addr add 10.1.0.1/24 dev wg1
ip -n b addr add 10.1.0.2/24 dev wg1
ip -n a link set wg1 up
ip -n b link set wg1 up
tunnel_works
within 20 "the second tunnel works" a ping -q -c 1 -W 2 10.1.0.2 >/dev/null
before=$(a wg show wg0 latest-handshakes)

"$wgt" -n a up wg0 2>/dev/null
a "$wgt" up wg1 2>/dev/null
b "$wgt" up wg0 2>/dev/null
count=$(bpftool -j prog list | jq '[.[] | select(.name // "" | startswith("wgt_"))] | length')
((count > 0)) || fail "up left no program in the kernel"
"$wgt" -n a up wg0 2>"$work/again.err" || fail "up twice"
expect_eq "programs after a second up" "$count" \
	"$(bpftool -j prog list | jq '[.[] | select(.name // "" | startswith("wgt_"))] | length')"
shown() { "$wgt" show --json | jq -r '"\(.netns)/\(.interface)"' | sort | tr '\n' ' '; }
expect_eq "interfaces in show" "a/wg0 a/wg1 b/wg0 " "$(shown)"

start all watch --all --json
start one -n a watch wg1 --json
ip netns exec b "$wgt" watch wg0 --json --for 600 >"$work/exec.out" 2>"$work/exec.err" &
pid_of[exec]=$!
listening() { grep -q ^listening "$work/exec.err"; }
within 60 "watch in ip netns exec listens" listening
all_return a 10.0.0.2 20 0.01
all_return a 10.1.0.2 30 0.01
stop all one exec
paths all
paths one
paths exec
expect_eq "the session is the old one" "$before" "$(a wg show wg0 latest-handshakes)"
# exactly what went by: 20 and 30 pings and their answers; b/wg1 is not traced
expect_eq "wg0 in watch --all" 40 "$(how_many all '$7 == "4icmp" && ($2 == "a/wg0" && $3 == "b/wg0" || $2 == "b/wg0" && $3 == "a/wg0")')"
expect_eq "wg1 in watch --all" 60 "$(how_many all '$7 == "4icmp" && ($2 == "a/wg1" || $3 == "a/wg1")')"
expect_eq "pings in watch --all" 100 "$(how_many all '$7 == "4icmp"')"
expect_eq "pings in watch of wg1" 30 "$(how_many one '$7 == "4icmp" && $2 == "a/wg1"')"
expect_eq "answers in watch of wg1" 30 "$(how_many one '$3 == "a/wg1" && $4 == "delivered"')"
expect_none "of another interface" one '$2 == "a/wg0" || $3 == "a/wg0" || $2 ~ /^b/ || $3 ~ /^b/'
expect_eq "pings in watch of b's wg0" 20 "$(how_many exec '$3 == "b/wg0" && $4 == "delivered"')"
expect_none "of another interface" exec '$2 ~ /^a/ || $3 ~ /^a/'

"$wgt" -n a down wg0 2>/dev/null || fail "down wg0"
expect_eq "interfaces after down" "a/wg1 b/wg0 " "$(shown)"
start rest watch --all --json
a ping -q -c 5 -i 0.01 -W 5 10.0.0.2 >/dev/null
a ping -q -c 6 -i 0.01 -W 5 10.1.0.2 >/dev/null
stop rest
paths rest
expect_none "of an interface that is not traced" rest '$2 == "a/wg0" || $3 == "a/wg0"'
expect_eq "pings of the interface that stayed" 6 "$(how_many rest '$2 == "a/wg1" && $7 == "4icmp"')"
a "$wgt" down wg1 2>/dev/null || fail "down wg1"
expect_eq "interfaces after the second down" "b/wg0 " "$(shown)"
b "$wgt" down wg0 2>/dev/null || fail "down of the last"
# Nothing is attached any more, and so WireGuard can go on the next line.
expect_eq "programs after the last down" "" "$(our_objects | grep '^prog' || true)"
expect_nothing_left
b "$wgt" up wg0 2>/dev/null || fail "up of a last one"
for ns in a b; do ip -n $ns link del wg0 && ip -n $ns link del wg1; done
"$wgt" down --all 2>/dev/null || fail "down --all"
modprobe -r wireguard || fail "WireGuard's module is in use after down"
