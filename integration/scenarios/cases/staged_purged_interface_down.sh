# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S12  b does not answer, and wg0 is taken down while packets wait for it.
inject() {
	fault r 'hook forward priority 0;' 'meta l4proto udp drop'
	a wg set wg0 peer "$key_b" remove
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32
	pings a 10.0.0.2
	ip -n a link set wg0 down
	expect a tx.staged_purged interface_down
}
