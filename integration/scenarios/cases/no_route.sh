# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S19  No route to the endpoint.
inject() {
	ip -n a route del default
	pings a 10.0.0.2
	expect a tx.no_route ENETUNREACH "$count" -
}
