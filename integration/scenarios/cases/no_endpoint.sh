# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S7  The peer has no endpoint.
inject() {
	a wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.0.0.3/32
	pings a 10.0.0.3
	expect a tx.no_endpoint EDESTADDRREQ "$count" -
}
