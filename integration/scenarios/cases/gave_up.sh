# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S12  The other end does not answer for a minute and a half.
inject() {
	fault r 'hook forward priority 0;' 'udp dport 51829 drop'
	second_tunnel
	pings a 10.0.8.2
	# 20 initiations, up to 5.33 s apart (timers.c: wg_expired_retransmit_handshake)
	sleep 110
	expect a tx.staged_purged gave_up
}
