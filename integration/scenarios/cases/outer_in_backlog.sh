# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R2  The receiver's input queue of a CPU is full: packets come faster than they are handled.
inject() {
	local was
	was=$(sysctl -n net.core.netdev_max_backlog)
	# all at once, where one has room
	r tc qdisc add dev rb root netem slot 300ms
	sysctl -qw net.core.netdev_max_backlog=0
	pings a 10.0.0.2
	sleep 0.5
	sysctl -qw "net.core.netdev_max_backlog=$was"
	expect b outer_in CPU_BACKLOG $((count - 1))
	told delivered - 2
	unbalanced "b's nft counts later than this queue"
}
