# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R15  A byte was altered on the way.
inject() {
	fault r 'hook forward priority 0;' 'udp dport 51821 udp length > 160 @th,256,32 set 0xdeadbeef'
	pings a 10.0.0.2
	expect b rx.auth_failed -
}
