# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# In a process namespace of its own, as containers have, up learns the sessions and a watch that is
# killed gives its place up; a network namespace without a name is shown like any other.
. /vm/guest/lib.sh

inside=(unshare --pid --fork --mount-proc)
topology
tunnel_works
"${inside[@]}" "$wgt" -n a up wg0 2>/dev/null || fail "up"
known() { bpftool -j map dump pinned /sys/fs/bpf/wg-trace/map/wgt_sessions | jq length; }
# the peer and its session
expect_eq "entries of sessions after up" 2 "$(known)"

printf '#!/bin/bash\nexec %s /vm/wg-trace "$@"\n' "${inside[*]}" >"$work/inside"
chmod +x "$work/inside"
outside=$wgt
wgt=$work/inside
start victim watch --all --json
wgt=$outside
wanted() { bpftool -j map lookup pinned /sys/fs/bpf/wg-trace/map/wgt_config key 0 0 0 0 | jq .formatted.value.consumers; }
expect_eq "who wants records" 1 "$(wanted)"
pkill -9 -P "${pid_of[victim]}"
nobody() { [[ $(wanted) == 0 ]]; }
within 10 "the place of a killed watch is free" nobody

# a network namespace without a name
unshare -n sleep 1000 &
sleeper=$!
on_exit kill $sleeper
apart() { [[ $(readlink /proc/$sleeper/ns/net) != $(readlink /proc/self/ns/net) ]]; }
within 10 "a namespace without a name" apart
ip link add wgc type wireguard
ip link set wgc netns $sleeper
nsenter -t $sleeper -n "$wgt" up wgc 2>/dev/null || fail "up in a namespace without a name"
shown=$("$wgt" show --json 2>"$work/show.err" | jq -r .interface | sort | tr '\n' ' ')
expect_eq "interfaces in show" "wg0 wgc " "$shown"
expect_eq "show says" "" "$(<"$work/show.err")"

# moved away: said once, then forgotten
nsenter -t $sleeper -n ip link set wgc netns 1
"$wgt" show >/dev/null 2>"$work/show.err" || fail "show of a moved interface"
grep -q 'has left its network namespace' "$work/show.err" || fail "show says: $(<"$work/show.err")"
"$wgt" show >/dev/null 2>"$work/show.err" || fail "show after that"
expect_eq "show says" "" "$(<"$work/show.err")"
"$wgt" up wgc 2>/dev/null || fail "up where it is now"
ip link del wgc

# interfaces that come and go leave nothing in the tables
for _ in 1 2 3; do
	ip link add wgx type wireguard
	wg set wgx peer "$key_b" allowed-ips 10.9.0.0/24
	"$wgt" up wgx 2>/dev/null || fail "up wgx"
	ip link del wgx
done
ip link add wgx type wireguard
"$wgt" up wgx 2>/dev/null || fail "the last up"
on_exit ip link del wgx
expect_eq "tables" 2 "$(bpftool -j map dump pinned /sys/fs/bpf/wg-trace/map/wgt_tables | jq length)"
expect_eq "entries of sessions" 2 "$(known)"
