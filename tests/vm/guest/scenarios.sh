# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Every fault of integration/scenarios/cases (or $CASES), one after the other on one topology.
# What was told and counted goes home to integration/scenarios/judge.
. /vm/guest/lib.sh
. /vm/scenarios/lib.sh

topology
lan
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
# for comparison: what a drop monitor sees
echo 1 >/sys/kernel/tracing/events/skb/kfree_skb/enable
on_exit sh -c 'echo 0 >/sys/kernel/tracing/events/skb/kfree_skb/enable'
trace_both
tunnel_works
remember
count_messages a b
count_entered a b
# One for all: a case is the lines that it adds.
start watch watch --all --json

for file in /vm/scenarios/cases/*.sh; do
	name=$(basename "$file" .sh)
	[[ ! ${CASES-} || " $CASES " == *" $name "* ]] || continue
	case=/tmp/keep/cases/$name
	mkdir -p "$case"
	set +e
	(
		set -e
		run_case "$file"
	) >"$case/log" 2>&1
	echo $? >"$case/status"
	set -e
done
stop watch
paths watch
expect_eq "records lost" 0 "$(summary watch .lost)"
