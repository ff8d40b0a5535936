# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R4, F18  The receiver's interface is down.
inject() {
	ip -n b link set wg0 down
	pings a 10.0.0.2
	ip -n b link set wg0 up
	expect b outer_in NO_SOCKET
	# b says so to a
	shown a network.rejected port_unreachable
}
