# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S6  The destination is in no peer's AllowedIPs (IPv6).
inject() {
	pings a fd00::77
	expect a tx.no_peer ENOKEY "$count" -
}
