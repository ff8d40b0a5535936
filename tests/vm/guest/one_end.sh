# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Only one end is watched or recorded, although both are traced on this host: what left for the
# other one is unknown, not lost.
. /vm/guest/lib.sh

topology
trace_both
tunnel_works
start watch -n a watch wg0 --json
start a -n a record wg0 -o "$work/a.wgt"
all_return a 10.0.0.2 20 0.01
sleep 3
stop watch a
join_of join a.wgt
paths watch
for name in watch join; do
	expect_eq "$name: answers" 20 "$(how_many $name '$2 == "-" && $3 == "a/wg0" && $4 == "delivered"')"
	expect_eq "$name: pings" 20 "$(how_many $name '$2 == "a/wg0" && $3 == "-" && $5 == "not_watched" && $7 == "4icmp"')"
	expect_none "called lost" $name '$4 == "network.lost"'
done
