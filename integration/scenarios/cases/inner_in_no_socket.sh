# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R25  Nothing listens on the inner port.
inject() {
	datagrams a 10.0.0.2 7777
	expect b inner_in NO_SOCKET
}
