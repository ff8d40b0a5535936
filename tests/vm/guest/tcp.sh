# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# TCP each way, over IPv4 and IPv6: each datagram of a super-packet is a path of its own. MBYTES
# (environment) is the size of a transfer.
. /vm/guest/lib.sh

transfer() { # ADDRESS [-R]
	local server
	b iperf3 -s -1 >"$work/iperf3.server" &
	server=$!
	within 20 "iperf3 listens" b sh -c 'ss -Hltn sport = 5201 | grep -q .'
	a iperf3 -c "$1" -n "${MBYTES:-5}M" "${@:2}" >"$work/iperf3" 2>&1 || fail "iperf3 $*: $(tail -n 2 "$work/iperf3")"
	wait $server
	echo "$* $(grep -E 'sender|receiver' "$work/iperf3" | tail -1)"
}

topology
trace_both
# Before there is a session: the first message is counted and seen by all.
count_messages a b
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
transfer 10.0.0.2
transfer 10.0.0.2 -R
transfer fd00::2
transfer fd00::2 -R
# The last acknowledgements of a closing connection.
a ping -q -c 1 10.0.0.2 >/dev/null
stop a b
ls -l "$work"/*.wgt

join_of join a.wgt b.wgt
expect_exact join
expect_none "with a wrong place in their super-packet" join '$9 != "-" && split($9, g, "/") && g[1] + 0 >= g[2] + 0'
# Every super-packet is whole: as many datagrams of N as N times those that are its first.
broken=$(awk -F'\t' '$9 != "-" { split($9, g, "/"); all[g[2]]++; first[g[2]] += g[1] == 0; key = $2 }
	END { for (n in all) if (all[n] != first[n] * n) print "of " n ": " all[n] " datagrams, " first[n] " first ones" }' "$work/join.tsv")
[[ ! $broken ]] || fail "super-packets in pieces: $broken"
for side in a b; do
	for version in 4 6; do
		segments=$(how_many join "\$2 == \"$side/wg0\" && \$7 == \"${version}tcp\" && \$9 != \"-\"")
		((segments > ${MBYTES:-5} * 200)) || fail "IPv$version from $side: only $segments segments of super-packets"
	done
done
expect_nothing_shown_dropped
