# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  A tc filter on the receiver's wg0 drops it.
inject() {
	b tc qdisc add dev wg0 clsact
	b tc filter add dev wg0 ingress matchall action drop
	pings a 10.0.0.2
	expect b inner_in TC_INGRESS
}
