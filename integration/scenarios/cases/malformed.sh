# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R7  Junk on WireGuard's port: no message type, or not its length.
inject() {
	# digits: a type that no message has
	datagrams r 198.51.100.2 51821 3 60
	expect b rx.malformed bad_type 3
	datagrams r 198.51.100.2 51821 2 3
	expect b rx.malformed bad_length 2
	unbalanced "junk is no data message, so nft does not count it"
}
