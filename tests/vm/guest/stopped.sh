# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A watch that is stopped (SIGSTOP) until long after its ring is full keeps its place: each record
# that it missed is counted, and nothing is called lost by the network because of it.
. /vm/guest/lib.sh

topology
trace_both
count_messages a b
start watch watch --all --json
all_return a 10.0.0.2 20 0.01
kill -STOP "${pid_of[watch]}"
began=$SECONDS
# A ping leaves four records, 240 bytes each in the ring (16 MiB): full, and for long.
flood() {
	a ping -q -f -l 50 -c 2000 10.0.0.2 >/dev/null || true
	(($(counted_now a out) > 21000 && SECONDS - began > 8))
}
within 900 "a full ring" flood
kill -CONT "${pid_of[watch]}"
all_return a 10.0.0.2 20 0.01
stop watch
paths watch
(($(summary watch .lost) > 1000)) || fail "lost: $(summary watch .lost)"
expect_exact watch
