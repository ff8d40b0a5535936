# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Every fault of integration/scenarios/cases (or $CASES), one after the other on one topology:
# while nobody watches, where show has to count it, and while somebody does.
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
[[ ! ${UNWATCHED-} ]] || run_cases /tmp/keep/unwatched

# For the contract: what other commands write.
{
	"$wgt" hooks --json
	"$wgt" -n a health wg0 --json || true
	"$wgt" -n a check wg0 --json || true
} >/tmp/keep/told.json

# One for all: a case is the lines that it adds.
start watch watch --all --json --stack
watched=yes
run_cases /tmp/keep/cases
stop watch
tail -n 1 "$work/watch.out" >"$work/watch.sum"
expect_eq "paths in the summary" $(($(wc -l <"$work/watch.out") - 1)) "$(summary watch '.paths + .amended')"
expect_eq "records lost" 0 "$(summary watch .lost)"
