# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R23  The inner source is not in the peer's AllowedIPs on the receiver.
inject() {
	b wg set wg0 peer "$key_a" allowed-ips 10.9.9.9/32
	pings a 10.0.0.2
	expect b rx.disallowed_source -
}
