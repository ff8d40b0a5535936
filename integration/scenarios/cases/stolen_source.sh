# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R23  Another peer took over the AllowedIPs.
inject() {
	b wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.0.0.1/32
	pings a 10.0.0.2
	expect b rx.disallowed_source -
}
