# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The receiver's tracing ends while a watch and a recording run, and begins again: what nobody could
# see arrive is not lost. Its twin is: a packet that was lost before.
. /vm/guest/lib.sh

lost_by_the_network() { # COUNT
	in_ns r nft 'add table inet fault; add chain inet fault c { type filter hook forward priority 0; }
		add rule inet fault c udp dport 51821 drop'
	a ping -q -c "$1" -i 0.05 -W 0.2 10.0.0.2 >/dev/null || true
	in_ns r nft delete table inet fault
}
# verdicts NAME: how many echo requests of a's met each end
verdicts() {
	awk -F'\t' '$2 == "a/wg0" && $13 == 8 { n[$4 " " $3]++ } END { for (v in n) print v, n[v] }' "$work/$1.tsv" | sort
}

topology
trace_both
tunnel_works
start watch watch --all --json
start rec record --all -o "$work/rec"
all_return a 10.0.0.2 5 0.05
lost_by_the_network 3
sleep 2.5 # known to be lost
all_return a 10.0.0.2 1 0.05
"$wgt" -n b down wg0 2>/dev/null || fail "down"
all_return a 10.0.0.2 7 0.05
"$wgt" -n b up wg0 2>/dev/null || fail "up"
all_return a 10.0.0.2 9 0.05
stop watch rec
paths watch
join_of join rec
cat >"$work/expected" <<'EOF'
delivered b/wg0 15
network.lost - 3
unknown - 7
EOF
for name in watch join; do
	verdicts "$name" >"$work/$name.verdicts"
	expect_table "what $name says" "$work/expected" "$work/$name.verdicts"
done
