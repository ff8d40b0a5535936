# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  IPv4 forwarding is off on the receiver.
inject() {
	b sysctl -qw net.ipv4.ip_forward=0
	pings a 192.168.50.2
	expect b inner_in IP_INADDRERRORS
}
