# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R7  Junk on WireGuard's port: no message type, or not its length, or with its reserved bytes set.
inject() {
	# digits: a type that no message has
	datagrams r 198.51.100.2 51821 3 60
	expect b rx.malformed bad_type 3
	datagrams r 198.51.100.2 51821 2 3
	expect b rx.malformed bad_length 2
	# what an obfuscating fork or a provider puts behind the type of a data message
	in_ns r bash -c 'exec 3>/dev/udp/198.51.100.2/51821
		for i in 1 2 3 4; do printf "\x04\x01\x02\x03%s%048d" "$i$i$i$i$i$i$i$i$i$i$i$i" 0 >&3; done'
	expect b rx.malformed reserved_bytes 4
	# it has a number, whose sender may show yet
	settle=2.8
	unbalanced "junk is no data message, so nft does not count it"
}
