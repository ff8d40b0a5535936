# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S1, F36  A LAN host sends what is larger than the tunnel, and is told so.
inject() {
	in_ns l ping -q -c 1 -W 0.3 -M "do" -s 1440 10.0.0.1 >/dev/null 2>&1 || true
	in_ns l ip route flush cache
	expect b inner_out PKT_TOO_BIG 1
}
