# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Faults that end a handshake: `inject_NAME` makes one, `undo_NAME` takes it back. For health.sh,
# which asks each end on its own, and both_ends.sh, which watches the two together.

# Not SECONDS: one fault sets the clock.
uptime_s() { sed 's/\..*//' /proc/uptime; }

# bounce NETNS: forget the session
bounce() {
	ip -n "$1" link set wg0 down
	ip -n "$1" link set wg0 up
	if [[ $1 == a ]]; then
		ip -n a route replace 192.168.50.0/24 dev wg0
		ip -n a addr replace fd00::1/64 dev wg0 nodad
	else
		ip -n b addr replace fd00::2/64 dev wg0 nodad
	fi
}
knock() { a ping -q -c 1 -W "${1:-0.3}" 10.0.0.2 >/dev/null 2>&1 || true; }
# to_nowhere: behind b there is a sink that answers nothing; `datagrams N` are sent there
to_nowhere() {
	ip -n b link add sink type dummy
	ip -n b link set sink up
	ip -n b route add 192.168.50.99 dev sink
}
datagrams() {
	# shellcheck disable=SC2016
	a bash -c 'exec 3>/dev/udp/192.168.50.99/9; for ((i = 0; i < $1; i++)); do echo x >&3; done' bash "$1"
}
drop_at() { # NETNS HOOK RULE
	in_ns "$1" nft "add table inet fault; add chain inet fault c { type filter hook $2 priority 0; }
		add rule inet fault c $3"
}
heal_nft() { in_ns "$1" nft delete table inet fault; }

inject_wrong_responder_key() {
	key_c=$(wg genkey | wg pubkey)
	a wg set wg0 peer "$key_b" remove
	a wg set wg0 peer "$key_c" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32
}
undo_wrong_responder_key() {
	a wg set wg0 peer "$key_c" remove
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
}
inject_unknown_initiator() { b wg set wg0 peer "$key_a" remove; }
undo_unknown_initiator() { b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128; }
inject_psk_mismatch() {
	wg genpsk >"$work/psk1"
	wg genpsk >"$work/psk2"
	a wg set wg0 peer "$key_b" preshared-key "$work/psk1"
	b wg set wg0 peer "$key_a" preshared-key "$work/psk2"
}
undo_psk_mismatch() {
	a wg set wg0 peer "$key_b" preshared-key /dev/null
	b wg set wg0 peer "$key_a" preshared-key /dev/null
}
inject_clock_backwards() {
	date -s "@$(($(date +%s) - 3600))" >/dev/null
	bounce a
}
undo_clock_backwards() { date -s "@$(($(date +%s) + 3602))" >/dev/null; }
# Both ends have something to say all the time. An answer counts as a try (last_sent_handshake), so
# they begin anew with the first packet 5 s after it, which is within the way's second again.
inject_crossed() {
	r tc qdisc add dev rb root netem delay 1s limit 1000
	r tc qdisc add dev ra root netem delay 1s limit 1000
	b wg set wg0 peer "$key_a" endpoint 192.0.2.2:51820
	# not by a function: the pings themselves have to be killed
	nsenter --net=/run/netns/b -- ping -q -i 0.2 10.0.0.1 >/dev/null 2>&1 &
	crossing=($!)
	nsenter --net=/run/netns/a -- ping -q -i 0.2 10.0.0.2 >/dev/null 2>&1 &
	crossing+=($!)
}
undo_crossed() {
	kill "${crossing[@]}"
	wait "${crossing[@]}" || true
	r tc qdisc del dev rb root
	r tc qdisc del dev ra root
	bounce a
	bounce b
}
inject_no_identity() { a wg set wg0 private-key /dev/null; }
undo_no_identity() { a wg set wg0 private-key "$work/a.key"; }
inject_firewall_out() { drop_at a output 'udp dport 51821 drop'; }
undo_firewall_out() { heal_nft a; }
inject_lost_there() { drop_at r forward 'udp dport 51821 drop'; }
undo_lost_there() { heal_nft r; }
inject_lost_back() { drop_at r forward 'udp sport 51821 drop'; }
undo_lost_back() { heal_nft r; }
inject_rejected() { drop_at r forward 'udp dport 51821 reject with icmpx type admin-prohibited'; }
undo_rejected() { heal_nft r; }
inject_firewall_in() { drop_at b input 'udp dport 51821 drop'; }
undo_firewall_in() { heal_nft b; }
inject_answer_firewall_out() { drop_at b output 'udp sport 51821 drop'; }
undo_answer_firewall_out() { heal_nft b; }
inject_answer_firewall_in() { drop_at a input 'udp sport 51821 drop'; }
undo_answer_firewall_in() { heal_nft a; }
inject_wrong_port() { a wg set wg0 peer "$key_b" endpoint 198.51.100.2:5555; }
undo_wrong_port() { a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821; }
inject_other_end_down() { ip -n b link set wg0 down; }
undo_other_end_down() { ip -n b link set wg0 up; }
inject_no_route() { ip -n a route del default via 192.0.2.1; }
undo_no_route() { ip -n a route add default via 192.0.2.1; }
inject_blackhole() { ip -n a route add blackhole 198.51.100.2/32; }
undo_blackhole() { ip -n a route del blackhole 198.51.100.2/32; }
inject_no_route_v6() {
	ip -n a route del default via 2001:db8:a::1
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	bounce a
}
undo_no_route_v6() {
	ip -n a route add default via 2001:db8:a::1
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
}
inject_dead_next_hop() {
	ip -n r addr del 192.0.2.1/24 dev ra
	ip -n a neigh del 192.0.2.1 dev eth0
}
undo_dead_next_hop() {
	ip -n r addr add 192.0.2.1/24 dev ra
	permanent_neighbours
}
inject_ttl() {
	r sysctl -qw net.ipv4.icmp_ratelimit=0
	r nft 'add table ip q; add chain ip q p { type filter hook prerouting priority -300; }
		add rule ip q p udp dport 51821 ip ttl set 1'
}
undo_ttl() { r nft delete table ip q; }
inject_slow() { r tc qdisc add dev rb root netem delay 6s limit 1000; }
undo_slow() {
	r tc qdisc del dev rb root
	sleep 0.5
}
# Only messages of a handshake's size: 148 bytes and the UDP header.
inject_handshakes_filtered() { drop_at r forward 'udp length 156 drop'; }
undo_handshakes_filtered() { heal_nft r; }
inject_conntrack_full() {
	r nft 'add table inet fault; add chain inet fault c { type filter hook forward priority 0; }
		add rule inet fault c ct state new accept'
	conntrack_max=$(sysctl -n net.netfilter.nf_conntrack_max)
	sysctl -qw net.netfilter.nf_conntrack_max=1
	# one more flow than fits
	a bash -c 'echo x >/dev/udp/198.51.100.2/9' || true
	a wg set wg0 listen-port 51833
}
undo_conntrack_full() {
	sysctl -qw "net.netfilter.nf_conntrack_max=$conntrack_max"
	a wg set wg0 listen-port 51820
	heal_nft r
}
# The router makes 900 copies of each initiation, and they arrive at once: more than the 512 waiting
# messages from which on WireGuard asks for a cookie. Copies are marked, so as not to be copied.
inject_flood() {
	local to_copies='' to_rb='' i
	for ((i = 0; i < 30; i++)); do
		to_copies+=' action mirred egress mirror dev copies'
		to_rb+=' action mirred egress mirror dev rb'
	done
	ip -n r link add copies type veth peer name copied
	ip -n r link set copies up
	ip -n r link set copied up
	r tc qdisc add dev rb root netem slot 1s limit 2000
	r tc qdisc add dev rb clsact
	r tc qdisc add dev copied clsact
	r tc filter add dev rb egress protocol ip prio 1 handle 1 fw action pass
	# shellcheck disable=SC2086
	r tc filter add dev rb egress protocol ip prio 2 u32 match ip protocol 17 0xff \
		match u16 176 0xffff at 2 action skbedit mark 1$to_copies
	# shellcheck disable=SC2086
	r tc filter add dev copied ingress protocol ip u32 match ip protocol 17 0xff$to_rb
}
undo_flood() {
	r tc qdisc del dev rb clsact
	r tc qdisc del dev rb root
	ip -n r link del copies
}
