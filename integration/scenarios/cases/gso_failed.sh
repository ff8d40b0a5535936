# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# S8  A super-packet that cannot be cut into datagrams: its TCP header is broken.
inject() {
	local before failed listener
	in_ns b nc -l -p 5000 0<> <(:) >/dev/null &
	listener=$!
	within 5 "listening" listening b
	coproc client { in_ns a bash; }
	echo 'exec 3>/dev/tcp/10.0.0.2/5000' >&"${client[1]}"
	within 5 "connected" connections a 1
	a tc qdisc add dev wg0 clsact
	# only what is no single datagram; octet 12 of TCP is its header's length
	a tc filter add dev wg0 egress protocol ip basic match 'cmp(u16 at 2 layer 1 gt 1500)' \
		action pedit munge offset 32 u8 set 0
	before=$(tx_errors a wg0)
	echo 'head -c 12000 /dev/zero >&3' >&"${client[1]}"
	sleep 0.1
	kill "$listener" "$client_PID"
	within 5 "closed" connections a 0
	a tc qdisc del dev wg0 clsact
	failed=$(($(tx_errors a wg0) - before))
	((failed)) || fail "nothing larger than a datagram was sent"
	expect a tx.gso_failed EINVAL "$failed" -
	unbalanced "how TCP sends again what was not sent is its affair"
}
listening() { [[ $(in_ns "$1" ss -Htnl sport = :5000) ]]; }
connections() { # NETNS COUNT
	[[ $(in_ns "$1" ss -Htn state established dport = :5000 | wc -l) == "$2" ]]
}
