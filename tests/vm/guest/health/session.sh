# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Sessions, queues, and what the hosts do with packets.
case_restarted() { # F39
	tunnel_works
	bounce b
	knock
	finds b "session.peer_restarted warning"
	finds a ""
}
case_peer_removed() { # F40
	tunnel_works
	b wg set wg0 peer "$key_a" remove
	knock
	finds b "rx.unknown_index warning"
	# a tries again 15 s after it heard nothing
	knock
	until_found 30 b "hs.unknown_initiator warning,rx.unknown_index warning"
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}
case_key_expired() { # F41: b, the responder, has its key for three seconds longer
	r tc qdisc add dev ra root netem delay 3s
	a ping -q -c 1 -W 8 10.0.0.2 >/dev/null || fail "no session"
	r tc qdisc del dev ra root
	drop_at r forward 'udp length { 156, 100 } drop'
	sleep 175
	knock
	finds b "session.key_expired error"
	heal_nft r
}
case_altered() { # F44
	tunnel_works
	r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c udp dport 51821 udp length > 100 @th,256,32 set 0xdeadbeef'
	# anybody can forge one
	a ping -q -c 4 -i 0.1 -W 0.3 10.0.0.2 >/dev/null 2>&1 || true
	finds b "rx.auth_failed warning"
	r nft delete table ip f
}
case_junk() { # F46
	tunnel_works
	a bash -c 'echo junkjunkjunk >/dev/udp/198.51.100.2/51821'
	sleep 0.2
	finds b ""
	says b rx.malformed .severity info
}
case_reserved() { # as an obfuscating fork or a provider marks its messages
	tunnel_works
	r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c udp dport 51821 @th,72,24 set 0x010203'
	a ping -q -c 4 -i 0.1 -W 0.3 10.0.0.2 >/dev/null 2>&1 || true
	finds b "rx.malformed warning"
	says b rx.malformed .evidence.reason reserved_bytes
	r nft delete table ip f
	tunnel_works
}
case_keys_gone() {
	tunnel_works
	bounce b
	finds b ""
	says b session.none .severity info
	# its twin: with a session again
	b ping -q -c 1 -W 5 10.0.0.1 >/dev/null || fail "b can't reach a"
	finds b ""
	says b session.none .severity ""
}
case_own_port() {
	tunnel_works
	b wg set wg0 listen-port 51899
	finds b ""
	says b endpoint.port_changed '"\(.evidence.old_port) \(.evidence.new_port) \(.severity)"' "51821 51899 info"
	# its twin: a is told
	b ping -q -c 1 -W 5 10.0.0.1 >/dev/null || fail "b can't reach a"
	finds b ""
	says b endpoint.port_changed .severity ""
	b wg set wg0 listen-port 51821
	b ping -q -c 1 -W 5 10.0.0.1 >/dev/null || fail "b can't reach a"
}
case_forged() { # one message of each kind, from a's address and port: nothing about a
	tunnel_works
	# as somebody on the way sends them
	r nft 'add table ip f; add chain ip f c { type filter hook postrouting priority 0; }
		add rule ip f c oifname rb ip saddr 198.51.100.1 udp dport 51821 ip saddr set 192.0.2.2 udp sport set 51820'
	# an initiation for another key, and data under an index that nobody had
	r bash -c 'exec 3>/dev/udp/198.51.100.2/51821
		printf "\\x01\0\0\0%0144d" 0 >&3
		printf "\\x04\0\0\0\\xde\\xad\\xbe\\xef%040d" 0 >&3'
	r nft delete table ip f
	sleep 0.2
	finds b ""
	says b hs.junk .evidence.messages 1
	says b rx.unknown_index .severity info
}
case_staged_overflow() { # F47: a consequence of F13
	inject_lost_there
	a ping -q -f -c 200 -W 1 10.0.0.2 >/dev/null 2>&1 || true
	until_found 20 a "hs.no_answer error"
	undo_lost_there
}
case_flood() { # F49
	inject_flood
	# all have arrived before a worker takes the first: that one would be answered
	alone_in a bash -c 'ping -q -c 1 -W 2 10.0.0.2 || true' >/dev/null
	# being under load is the kernel's (receive.c, last_under_load): a may want a cookie of b, too
	ask a
	expect_eq "$fault: findings of a" "hs.cookie_required warning" "$(found a | tr , '\n' | sort -u)"
	finds b "hs.cookie_required warning"
	says b hs.cookie_required .evidence.from 192.0.2.2:51820
	# the next try has a cookie, and so have its copies
	sleep 5
	tunnel_works
	ask a
	[[ $(found a) =~ ^('hs.cookie_required warning')?$ ]] || fail "$fault: findings of a: $(found a)"
	finds b "hs.rate_limited warning"
	undo_flood
}
case_queue_overload() { # F48: 2,000 packets at once, of which 1,024 may wait for decryption
	tunnel_works
	to_nowhere
	sysctl -qw net.core.netdev_max_backlog=10000
	r tc qdisc add dev rb root netem slot 3s limit 20000
	# a worker encrypts them meanwhile
	datagrams 1500
	alone_in b sleep 4
	finds b "queue.overload warning"
	says b queue.overload '.evidence | .verdict == "rx.queue_full" and .count > 200 and .count < 480' true
	finds a ""
	r tc qdisc del dev rb root
	sysctl -qw net.core.netdev_max_backlog=1000
	ip -n b link del sink
}
case_queue_stalled() { # F51, problem 22: the thread that should take them out does not run
	local hog thread
	tunnel_works
	to_nowhere
	ip netns exec b bash -c 'echo 1 >/sys/class/net/wg0/threaded'
	# or the thread would compete with groups, not with the hog
	sysctl -qw kernel.sched_autogroup_enabled=0
	for thread in $(pgrep napi/wg0); do chrt -i -p 0 "$thread"; done
	bash -c 'while :; do :; done' &
	hog=$!
	on_exit kill "$hog"
	renice -n -20 -p $$ "$hog" >/dev/null
	# until the scheduler owes the thread nothing more
	for _ in 1 2 3 4 5; do
		datagrams 400
		# workers decrypt them, with what the hog leaves
		sleep 2
		ask b
		[[ ! $(found b) ]] || break
	done
	was_found b "queue.stalled error"
	says b queue.stalled '.evidence | .waiting >= 64 and .waiting <= 1024' true
	kill "$hog"
	sysctl -qw kernel.sched_autogroup_enabled=1
	renice -n 0 -p $$ >/dev/null
	for thread in $(pgrep napi/wg0); do chrt -o -p 0 "$thread"; done
	sleep 1
	ask b
	expect_eq "$fault: when it runs again" "" "$(found b)"
	[[ $(uname -r) == 7.* ]] || ip netns exec b bash -c 'echo 0 >/sys/class/net/wg0/threaded'
	ip -n b link del sink
}
case_handshake_queue_full() { # F49: nobody gets to them; forged responses are nobody's handshake
	tunnel_works
	alone_in r bash -c 'exec 3>/dev/udp/198.51.100.2/51821
		for ((i = 0; i < 4200; i++)); do printf "\\x02\0\0\0%088d" 0 >&3; done'
	sleep 1
	finds a ""
	finds b "hs.queue_full warning"
	says b hs.queue_full '.evidence.messages | . >= 104 and . < 120' true
}
case_keepalives_into_the_dark() { # F50
	tunnel_works
	a wg set wg0 peer "$key_b" persistent-keepalive 5
	ip -n b link set wg0 down
	sleep 11
	finds a "path.rejected error"
	a wg set wg0 peer "$key_b" persistent-keepalive 0
	ip -n b link set wg0 up
}
case_forwarding_off() { # F52
	tunnel_works
	b sysctl -qw net.ipv4.ip_forward=0
	a ping -q -c 1 -W 0.3 192.168.50.2 >/dev/null 2>&1 || true
	finds b "host.forwarding_off warning"
	b sysctl -qw net.ipv4.ip_forward=1
}
case_forward_policy() { # F53
	tunnel_works
	drop_at b forward 'ip daddr 192.168.50.2 drop'
	a ping -q -c 1 -W 0.3 192.168.50.2 >/dev/null 2>&1 || true
	finds b "host.firewall warning"
	heal_nft b
}
case_rp_filter() { # F54
	tunnel_works
	ip -n b route add 10.77.0.0/24 dev lan0
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128,10.77.0.0/24
	ip -n a addr add 10.77.0.1/32 dev lo
	b sysctl -qw net.ipv4.conf.wg0.rp_filter=1
	a ping -q -c 1 -W 0.3 -I 10.77.0.1 10.0.0.2 >/dev/null 2>&1 || true
	finds b "host.rp_filter warning"
	b sysctl -qw net.ipv4.conf.wg0.rp_filter=0
	ip -n a addr del 10.77.0.1/32 dev lo
	ip -n b route del 10.77.0.0/24 dev lan0
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}
case_harmless() { # F36, F38, F57, F58: each is answered
	tunnel_works
	in_ns l ping -q -c 1 -W 0.3 -M 'do' -s 1440 10.0.0.1 >/dev/null 2>&1 || true
	a ping -q -c 1 -W 0.3 -M 'do' -s 1500 10.0.0.2 >/dev/null 2>&1 || true
	a bash -c 'echo hi >/dev/udp/10.0.0.2/9'
	a bash -c 'exec 3<>/dev/tcp/10.0.0.2/81' 2>/dev/null || true
	finds a ""
	finds b ""
}
case_loop() { # F64
	tunnel_works
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24,198.51.100.2/32
	ip -n a route add 198.51.100.2/32 dev wg0
	knock
	ask a
	[[ $(found a) == *"config.loop error"* ]] || fail "$fault: $(found a)"
	ip -n a route del 198.51.100.2/32 dev wg0
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
}
