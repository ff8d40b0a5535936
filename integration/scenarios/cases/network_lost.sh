# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# -  A router on the way drops it without a word.
inject() {
	fault r 'hook forward priority 0;' 'udp dport 51821 drop'
	pings a 10.0.0.2
	inferred
	expect - network.lost -
}
