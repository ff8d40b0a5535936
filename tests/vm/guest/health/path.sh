# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# The path between the hosts, NAT and roaming.
case_firewall_out() { # F12
	inject_firewall_out
	knock
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.reason NETFILTER_DROP
	undo_firewall_out
}
case_lost_there() { # F13
	inject_lost_there
	knock
	finds a ""
	status_is a waiting
	until_found 20 a "hs.no_answer error"
	status_is a dead
	finds b ""
	undo_lost_there
}
case_gave_up() { # F13, for a minute and a half
	inject_lost_there
	knock
	sleep 95
	until_found 30 a "hs.gave_up error"
	status_is a dead
	undo_lost_there
}
case_rejected() { # F14
	inject_rejected
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.router 192.0.2.1
	says a path.rejected .evidence.reason admin_prohibited
	undo_rejected
}
case_firewall_in() { # F15
	inject_firewall_in
	knock
	finds b "host.firewall error"
	finds a ""
	undo_firewall_in
}
case_lost_back() { # F16
	inject_lost_back
	knock
	until_found 20 b "hs.no_answer error"
	until_found 20 a "hs.no_answer error"
	undo_lost_back
}
case_wrong_port() { # F17
	inject_wrong_port
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.router 198.51.100.2
	undo_wrong_port
}
case_other_end_down() { # F18
	inject_other_end_down
	knock
	finds a "path.rejected error"
	undo_other_end_down
}
case_no_route() { # F19
	inject_no_route
	knock
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.error ENETUNREACH
	undo_no_route
}
case_blackhole() { # F19
	inject_blackhole
	knock
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.error EINVAL
	undo_blackhole
}
case_no_route_v6() { # F67
	inject_no_route_v6
	knock
	finds a "hs.not_leaving error"
	undo_no_route_v6
}
case_dead_next_hop() { # F20
	inject_dead_next_hop
	knock 5
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.reason NEIGH_FAILED
	undo_dead_next_hop
}
case_ttl() { # F21
	inject_ttl
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.reason ttl_exceeded
	says a path.rejected .evidence.router 192.0.2.1
	undo_ttl
}
case_slow() { # F22
	inject_slow
	knock
	until_found 30 a "hs.late_response error"
	undo_slow
}
case_crossed() { # a round trip of 2 s, and both have something to say
	inject_crossed
	sleep 13
	until_found 30 a "hs.crossed warning"
	until_found 30 b "hs.crossed warning"
	says a hs.crossed '.evidence.round_trip_ms >= 2000' true
	undo_crossed
}
case_handshakes_filtered() { # F24, while a session still works
	tunnel_works
	inject_handshakes_filtered
	# from 120 s on a wants a new one
	a ping -q -c 16 -i 10 -W 1 10.0.0.2 >/dev/null || true
	finds a "path.handshakes_filtered error"
	undo_handshakes_filtered
}
case_conntrack_full() { # F25: a router's silence
	inject_conntrack_full
	knock
	until_found 20 a "hs.no_answer error"
	finds b ""
	undo_conntrack_full
}
case_lossy() { # every twentieth packet
	to_nowhere
	tunnel_works
	drop_at r forward 'udp dport 51821 numgen inc mod 20 0 drop'
	datagrams 400
	finds b "path.lost warning"
	says b path.lost '.evidence | .expected > 380 and .lost == 20' true
	finds a ""
	heal_nft r
	ip -n b link del sink
}
case_fragments_lost() { # F32
	tunnel_works
	# a's keepalive, or b would wait for an answer, too, and both would begin at once (hs.crossed)
	sleep 11
	ip -n a link set eth0 mtu 1280
	ip -n r link set ra mtu 1280
	drop_at r forward 'ip frag-off & 0x1fff != 0 drop'
	a ping -q -c 1 -W 0.3 -s 1372 10.0.0.2 >/dev/null && fail "the fragments came"
	# until the stack gives up (ip_expire)
	sleep 35
	case $(uname -r) in
	6.1.*) finds b "outer_in warning" ;; # which has no reason for it
	*) finds b "mtu.fragments_lost warning" ;;
	esac
	heal_nft r
	ip -n a link set eth0 mtu 1500
	ip -n r link set ra mtu 1500
}
case_icmp_filtered() { # F35
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	bounce a
	tunnel_works
	ip -n r link set rb mtu 1400
	drop_at a input 'icmpv6 type packet-too-big drop'
	a ping -q -c 3 -i 0.2 -W 0.3 -s 1392 10.0.0.2 >/dev/null && fail "it passed"
	finds a "mtu.icmp_filtered error"
	says a mtu.icmp_filtered '[.evidence.reason, .evidence.count] | @csv' '"packet_too_big_filtered",3'
	finds b ""
	heal_nft a
	ip -n r link set rb mtu 1500
	ip -n a -6 route flush cache
}
case_no_return_route() { # problem 12: nothing is dropped that this host could see
	tunnel_works
	ip -n l route del default
	a ping -q -c 20 -i 0.1 -W 0.3 192.168.50.2 >/dev/null 2>&1 && fail "it answers"
	ip -n l route add default via 192.168.50.1
	finds b ""
	says b host.no_return_route '[.severity, .evidence.received >= 20] | @csv' '"info",true'
	finds a ""
}
case_nat_rebinding() { # F26
	r nft 'add table ip nat; add chain ip nat c { type nat hook postrouting priority 100; }
		add rule ip nat c oifname rb udp dport 51821 snat to 198.51.100.1:40000'
	r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1 net.netfilter.nf_conntrack_udp_timeout_stream=1
	bounce a
	tunnel_works
	finds b ""
	r nft 'flush chain ip nat c; add rule ip nat c oifname rb udp dport 51821 snat to 198.51.100.1:40001'
	sleep 4
	tunnel_works
	finds b ""
	says b endpoint.roamed .evidence.to 198.51.100.1:40001
	r nft delete table ip nat
}
case_local_relay() { # nothing listens there. Its twin: case_wrong_port
	a wg set wg0 peer "$key_b" endpoint 127.0.0.1:4000
	bounce a
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.router 127.0.0.1
	says a path.rejected '.message | contains("is this very host")' true
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
}
case_ipsec_policy() { # in, at a. Its twin: case_lost_back
	ip -n a xfrm policy add src 198.51.100.2 dst 192.0.2.2 dir in action block
	knock
	until_found 20 a "host.ipsec_policy error"
	# what merely fits would come now
	sleep 11
	finds a "host.ipsec_policy error"
	status_is a dead
	ip -n a xfrm policy flush
}
case_two_uplinks() { # b is asked at one, and answers by the other
	ip link add eth1 netns b type veth peer name rb2 netns r
	ip -n b addr add 203.0.113.10/24 dev eth1
	ip -n b link set eth1 up
	ip -n r addr add 203.0.113.1/24 dev rb2
	ip -n r link set rb2 up
	r nft 'add table ip nat; add chain ip nat c { type nat hook postrouting priority 100; }
		add rule ip nat c oifname rb2 udp dport 51821 snat to 198.51.100.1:45000'
	a wg set wg0 peer "$key_b" endpoint 203.0.113.10:51821
	bounce a
	knock
	finds b "path.wrong_source error"
	says b path.wrong_source '[.evidence.asked_at, .evidence.from] | @csv' '"203.0.113.10","198.51.100.2"'
	# what it says: a rule for the source
	ip -n b rule add from 203.0.113.10 table 7
	ip -n b route add default via 203.0.113.1 dev eth1 table 7
	bounce a
	tunnel_works
	sleep 1.1
	case_began=$(uptime_s)
	finds b ""
	ip -n b rule del from 203.0.113.10 table 7
	ip -n b route flush table 7
	r nft delete table ip nat
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
	ip -n b link del eth1
}
case_two_uplinks_v6() { # by IPv6 the answer keeps the address that was asked, whatever its uplink:
	# send6 (socket.c) asks only that it is this host's own, send4 also by which interface it came
	ip link add eth1 netns b type veth peer name rb2 netns r
	ip -n b addr add 2001:db8:c::10/64 dev eth1 nodad
	ip -n b link set eth1 up
	ip -n r addr add 2001:db8:c::1/64 dev rb2 nodad
	ip -n r link set rb2 up
	r nft 'add table ip6 nat; add chain ip6 nat c { type nat hook postrouting priority 100; }
		add rule ip6 nat c oifname rb2 udp dport 51821 snat to [2001:db8:b::1]:45000'
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:c::10]:51821'
	bounce a
	tunnel_works
	finds b ""
	finds a ""
	r nft delete table ip6 nat
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
	ip -n b link del eth1
}
case_nat_timeout() { # F27
	r nft 'add table ip nat; add chain ip nat c { type nat hook postrouting priority 100; }
		add rule ip nat c oifname rb udp dport 51821 masquerade'
	r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1 net.netfilter.nf_conntrack_udp_timeout_stream=1
	bounce a
	tunnel_works
	sleep 4
	b ping -q -c 1 -W 0.5 10.0.0.1 >/dev/null && fail "the NAT remembers too long"
	finds b "endpoint.nat_timeout error"
	r nft delete table ip nat
}
case_shared_key() { # F29
	local i
	ip netns add c
	on_exit ip netns del c
	ip link add eth0 netns c type veth peer name rc netns r
	ip -n c addr add 203.0.113.2/24 dev eth0
	ip -n r addr add 203.0.113.1/24 dev rc
	ip -n c link set eth0 up
	ip -n r link set rc up
	ip -n c route add default via 203.0.113.1
	ip -n c link add wg0 type wireguard
	in_ns c wg set wg0 private-key "$work/a.key" peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32
	ip -n c addr add 10.0.0.1/24 dev wg0
	for i in 1 2 3; do
		ip -n c link set wg0 up
		in_ns c ping -q -c 1 -W 1 10.0.0.2 >/dev/null || true
		ip -n c link set wg0 down
		# an initiation within 20 ms of one is ignored
		sleep 0.1
		bounce a
		knock 1
		sleep 0.1
	done
	finds b "endpoint.shared_key error"
	ip netns del c
}
