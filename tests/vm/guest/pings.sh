# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# 1,000 pings, IPv4 from a and IPv6 from b: each message of both sides is in `join` and in
# `watch` exactly once, whole, and nothing is called dropped.
. /vm/guest/lib.sh

topology
trace_both
# Before there is a session: the first message is counted and seen by all.
count_messages a b
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
start watch watch --all --json
all_return a 10.0.0.2 500 0.002
all_return b fd00::1 500 0.002
stop watch a b
# for the test of cut files
cp "$work/a.wgt" "$work/b.wgt" /tmp/keep

join_of join a.wgt b.wgt
paths watch
for name in join watch; do
	expect_exact "$name"
	expect_seen "$name: requests from a" $name 500 '$2 == "a/wg0" && $7 == "4icmp" && $13 == 8'
	expect_seen "$name: answers to a" $name 500 '$3 == "a/wg0" && $7 == "4icmp" && $13 == 0'
	expect_seen "$name: requests from b" $name 500 '$2 == "b/wg0" && $7 == "6icmpv6" && $13 == 128'
	expect_seen "$name: answers to b" $name 500 '$3 == "b/wg0" && $7 == "6icmpv6" && $13 == 129'
done
expect_same_paths join watch
expect_nothing_shown_dropped
