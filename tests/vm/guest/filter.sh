# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The filter runs in the kernel, each watch's its own: what nftables counts is what is shown, left
# out by the filter or by the sample; a watch that comes makes no gap for another; drops are in
# every sample; later fragments are seen as they are.
. /vm/guest/lib.sh

# Last line of a watch: shown, filtered, not in the sample, lost.
closing() { jq -rc 'select(.kind == "summary") | [.paths, .filtered, .sampled, .lost] | @tsv' "$work/$1.out"; }
# Keepalives have no packet inside: no filter takes them, and who has none shows them.
# A record that was lost, and counted, may be missing.
expect_closing() { # NAME SHOWN FILTERED SAMPLED
	local shown filtered sampled lost
	read -r shown filtered sampled lost <<<"$(closing "$1")"
	((shown <= $2 && shown >= $2 - lost && filtered <= $3 && filtered >= $3 - lost && sampled == $4)) ||
		fail "$1: shown, filtered, sampled: expected $2 $3 $4, got $shown $filtered $sampled, $lost lost"
}

topology
trace_both
tunnel_works
sleep 11 # the keepalive 10 s after the last packet came (KEEPALIVE_TIMEOUT)
start all watch --all --json
start big watch --all --json greater 500
start here watch wg0 -n a --json 'icmp[0] == 8'
start exact watch --all --json 'len == 84'
start parts watch --all --json 'ip[6:2] & 0x1fff != 0'
start loops watch --all --json 'ip6 protochain 17'
start sample watch --all --json --sample 1/4
start file record --all -o "$work/file" less 100
all_return a 10.0.0.2 40 0.01
in_ns a ping -q -c 10 -i 0.01 -s 600 10.0.0.2 >/dev/null
in_ns a ping -q -c 5 -i 0.01 -s 3000 10.0.0.2 >/dev/null # three fragments each way
start late watch --all --json icmp
all_return a 10.0.0.2 10 0.01
sleep 2.5
stop all big here exact parts loops sample late
# 50 small pings and 10 of 628 bytes, there and back; five in three fragments each way.
messages=$((2 * 60 + 2 * 5 * 3))
alive=$(jq 'select(.kind == "summary") | .by_verdict.keepalive // 0' "$work/all.out")
expect_closing all $((messages + alive)) 0 0
# Two records a message left out, one of each end.
expect_closing big $((2 * 10 + 2 * 5 * 2)) $((2 * (messages - 40) + alive)) 0
# Of one interface: what it sends, and what comes.
expect_closing here $((60 + 5)) $((messages - 65 + alive)) 0
# Not 96, though WireGuard pads: both ends say the same.
expect_closing exact 100 $((2 * (messages - 100) + alive)) 0
expect_closing parts $((2 * 5 * 2)) $((2 * (messages - 20) + alive)) 0
expect_eq "protochain in user space" 1 "$(grep -c 'it runs here, not in the kernel' "$work/loops.err")"
expect_closing loops 0 $((messages + alive)) 0
read -r shown _ _ lost <<<"$(closing late)"
((shown <= 20 && shown >= 20 - lost)) || fail "late: expected 20, got $shown, $lost lost"
read -r shown _ left lost <<<"$(closing sample)"
((2 * shown + left <= 2 * (messages + alive) && 2 * shown + left >= 2 * (messages + alive) - lost)) ||
	fail "sample: the ends chose differently: $shown shown, $left left out of $((messages + alive)), $lost lost"
((shown > 10 && shown < 80)) || fail "of $messages messages $shown are in the sample of 1/4"
