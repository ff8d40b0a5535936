# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: GPL-2.0-only
# R16  The outer packet comes in more fragments than decrypt_packet takes.
inject() {
	ip -n a link set wg0 mtu 65000
	length=50000
	pings a 10.0.0.2
	ip -n a link set wg0 mtu 1420
	unbalanced "to nft, later fragments look like anything"
	expect b rx.no_memory too_many_fragments
}
