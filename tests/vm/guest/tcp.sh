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
# Every super-packet is whole: of those of N datagrams each place was seen as often as the others.
# Only a record that was counted as lost may be missing: at most as many as the senders' ends lack.
missing=$(awk -F'\t' '$9 != "-" { split($9, g, "/"); seen[g[2], g[1]]++; if (seen[g[2], g[1]] > most[g[2]]) most[g[2]] = seen[g[2], g[1]] }
	END { for (n in most) for (i = 0; i < n; i++) missing += most[n] - seen[n, i]; print missing + 0 }' "$work/join.tsv")
lacking=$(($(counted a out) + $(counted b out) - $(how_many join '$2 != "-"')))
((missing <= lacking)) || fail "super-packets in pieces: $missing of their datagrams are missing, and senders lack $lacking records"
for side in a b; do
	for version in 4 6; do
		segments=$(how_many join "\$2 == \"$side/wg0\" && \$7 == \"${version}tcp\" && \$9 != \"-\"")
		((segments > ${MBYTES:-5} * 200)) || fail "IPv$version from $side: only $segments segments of super-packets"
	done
done
expect_nothing_shown_dropped
