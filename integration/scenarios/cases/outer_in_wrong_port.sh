# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R4  Nothing listens there: the receiver uses another port now.
inject() {
	b wg set wg0 listen-port 51899
	pings a 10.0.0.2
	expect b outer_in NO_SOCKET
	# b says so to a
	shown a network.rejected port_unreachable
}
