# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  Forwarded to a host behind the receiver that does not answer: known after three seconds.
inject() {
	pings a 192.168.50.77 3
	sleep 4
	expect b inner_in NEIGH_FAILED 3
}
