# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R17  The network delivers packets twice.
inject() {
	r tc qdisc add dev rb root netem duplicate 100%
	pings a 10.0.0.2
	expect b rx.replay duplicate "$count" -
	told delivered - $((2 * count))
}
