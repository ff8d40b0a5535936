# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R9  The receiver removed the peer, and its session with it.
inject() {
	b wg set wg0 peer "$key_a" remove
	pings a 10.0.0.2
	expect b rx.unknown_index peer_removed
}
