# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S19  The route to the endpoint says unreachable.
inject() {
	ip -n a route replace unreachable default
	pings a 10.0.0.2
	ip -n a route del unreachable default
	expect a tx.no_route EHOSTUNREACH "$count" -
}
