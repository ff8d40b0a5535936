# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R9  The receiver forgot the session: its interface was down.
inject() {
	ip -n b link set wg0 down
	ip -n b link set wg0 up
	pings a 10.0.0.2
	expect b rx.unknown_index restarted
}
