# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Whoever waits for what is taken down says so and ends, with the exit status of missing records
# and no count that went below zero; others go on.
. /vm/guest/lib.sh

# ended NAME: by itself, with status 3 and the reason
ended() {
	local name=$1 status=0
	# shellcheck disable=SC2317,SC2329
	is_over() { ! kill -0 "${pid_of[$name]}" 2>/dev/null; }
	within 60 "$name ends by itself" is_over
	wait "${pid_of[$name]}" || status=$?
	expect_eq "exit status of $name" 3 "$status"
	grep -q 'traced any more' "$work/$name.err" || fail "$name says: $(tail -n 1 "$work/$name.err")"
}

topology
trace_both
tunnel_works
start one -n a watch wg0 --json
start rec -n a record wg0 -o "$work/rec.wgt"
start all watch --all --json
all_return a 10.0.0.2 10 0.01
"$wgt" -n a down wg0 2>/dev/null || fail "down of one"
ended one
ended rec
grep -q '; 0 lost' "$work/rec.err" || fail "record says: $(tail -n 1 "$work/rec.err")"
all_return a 10.0.0.2 10 0.01
kill -0 "${pid_of[all]}" || fail "watch --all ended with one of two interfaces"
"$wgt" down --all 2>/dev/null || fail "down --all"
ended all
for name in one all; do
	paths $name
	expect_eq "$name: lost" 0 "$(summary $name .lost)"
done
expect_eq "pings in the watch of a" 20 "$(how_many one '$7 == "4icmp"')"
# 20 with both ends and, once a is not traced, 20 of b alone
expect_eq "of both ends" 20 "$(how_many all '$7 == "4icmp" && $2 != "-" && $3 != "-"')"
expect_eq "of b alone" 20 "$(how_many all '$7 == "4icmp" && ($2 == "-" || $3 == "-")')"
expect_nothing_left

# Pins removed by hand, and others in their place: the old watch is about the old ones.
trace_both
start old watch --all --json
start deleted -n a watch wg0 --json
all_return a 10.0.0.2 5 0.01
rm -r /sys/fs/bpf/wg-trace
ended old
ended deleted
trace_both
start new watch --all --json
start deleted -n a watch wg0 --json
all_return a 10.0.0.2 5 0.01
ip -n a link del wg0
ended deleted
stop new
for name in old new; do
	paths $name
	expect_eq "$name: lost" 0 "$(summary $name .lost)"
	expect_eq "$name: pings" 10 "$(how_many $name '$7 == "4icmp" && $4 == "delivered"')"
done
