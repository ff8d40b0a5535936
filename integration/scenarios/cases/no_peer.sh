# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S6  The destination is in no peer's AllowedIPs.
inject() {
	pings a 10.0.0.77
	expect a tx.no_peer ENOKEY "$count" -
}
