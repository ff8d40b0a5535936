# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Captures: tcpdump shows packets while the watch goes on, of paths that arrive and of such that die
# at several steps. The recordings of the same are compared on the host (tests/vm/captures).
. /vm/guest/lib.sh

topology
trace_both
start live watch --all --format pcapng
# There is no user `tcpdump` in the guest.
(tail -f -c +1 "$work/live.out" & echo $! >"$work/tail"; wait) | tcpdump -Z root -l -n -r - >"$work/lines" 2>"$work/tcpdump.err" &
dump=$!
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
all_return a 10.0.0.2 5 0.01
all_return b fd00::1 5 0.01
in_sight() { (($(grep -c "$1" "$work/lines") >= $2)); }
# each in the tunnel of both ends
within 10 "tcpdump shows the pings as they come" in_sight 'echo request, id' 20
within 10 "tcpdump shows the answers as they come" in_sight 'echo reply, id' 20

# A port that nobody has, a destination of no peer, a source that b does not take.
a nc -w 1 10.0.0.2 9 </dev/null >/dev/null 2>&1 || true
a ping -q -c 1 -W 0.3 10.0.0.77 >/dev/null 2>&1 || true
ip -n a addr add 10.0.0.9/32 dev wg0
a ping -q -c 2 -i 0.01 -W 0.3 -I 10.0.0.9 10.0.0.2 >/dev/null 2>&1 || true
stop live a b
kill "$(<"$work/tail")"
wait $dump || fail "tcpdump: $(<"$work/tcpdump.err")"
tcpdump -Z root -n -r "$work/live.out" >"$work/lines" 2>"$work/tcpdump.err" || fail "tcpdump: $(<"$work/tcpdump.err")"
grep -q '10.0.0.77: ICMP echo request' "$work/lines" || fail "nothing of 10.0.0.77"
grep -q '^[0-9]* paths' "$work/live.err" || fail "no closing counts: $(<"$work/live.err")"
cp "$work/a.wgt" /tmp/keep/capture-a.wgt
cp "$work/b.wgt" /tmp/keep/capture-b.wgt
