# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S21  The next hop's address cannot be resolved.
inject() {
	ip -n r addr del 192.0.2.1/24 dev ra
	ip -n a neigh del 192.0.2.1 dev eth0
	pings a 10.0.0.2 3
	# three probes, a second apart
	sleep 4
	ip -n r addr add 192.0.2.1/24 dev ra
	expect a outer_out NEIGH_FAILED 3
}
