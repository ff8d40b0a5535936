# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R23  The same with IPv6 inside.
inject() {
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32
	pings a fd00::2
	expect b rx.disallowed_source -
}
