# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# R14  The receiver's key is older than three minutes, the sender's not yet.
inject() {
	second_tunnel
	# b, the responder, has its key for as long as the answer is on its way
	r tc qdisc add dev ra root netem delay 3s
	a ping -q -c 1 -W 8 10.0.8.2 >/dev/null || fail "no session"
	r tc qdisc del dev ra root
	fault r 'hook forward priority 0;' 'udp length { 156, 100 } drop'
	sleep 175
	pings a 10.0.8.2 3
	expect b rx.key_expired - 3
}
