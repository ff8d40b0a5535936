# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# H0  Nothing is wrong: pings both ways.
inject() {
	pings a 10.0.0.2 20
	pings b 10.0.0.1 20
	told delivered - 80
}
