# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# F32  The outer packet is sent in fragments: nothing is wrong.
inject() {
	ip -n a link set eth0 mtu 1280
	ip -n r link set ra mtu 1280
	length=1400
	pings a 10.0.0.2
	ip -n a link set eth0 mtu 1500
	ip -n r link set ra mtu 1500
	told delivered - $((2 * count))
}
