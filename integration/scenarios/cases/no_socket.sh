# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S18  The namespace that the interface was made in, and that has its socket, is gone.
inject() {
	ip netns add birthplace
	ip -n birthplace link add wg8 type wireguard
	ip -n birthplace link set wg8 netns a
	second_tunnel
	# its socket is where it was made: an underlay for it
	ip link add out netns birthplace type veth peer name born netns r
	ip -n birthplace addr add 203.0.113.2/24 dev out
	ip -n r addr add 203.0.113.1/24 dev born
	ip -n birthplace link set out up
	ip -n r link set born up
	ip -n birthplace route add default via 203.0.113.1
	a ping -q -c 1 -W 2 10.0.8.2 >/dev/null || fail "no session"
	a wg set wg8 peer "$wg8_key_b" persistent-keepalive 1
	sleep 0.5
	ip netns del birthplace
	sleep 3
	within 10 "three keepalives that could not be sent" unsent 3
	a wg set wg8 peer "$wg8_key_b" persistent-keepalive 0
	expect a tx.no_socket ENONET "$(unsent_now)" -
	unbalanced "answers arrive in the namespace that is gone"
}
unsent_now() {
	"$wgt" -n a show --json wg8 | jq '[.peers[].drops[] | select(.verdict == "tx.no_socket") | .count] | add // 0'
}
unsent() { (($(unsent_now) >= $1)); }
