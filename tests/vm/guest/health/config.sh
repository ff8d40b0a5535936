# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# What can be known without a packet: `check`, and the wg-quick file.
case_taken_allowed_ips() { # F63
	local key_c
	key_c=$(wg genkey | wg pubkey)
	tunnel_works
	b wg set wg0 peer "$key_c" allowed-ips 10.0.0.1/32,fd00::1/128
	finds b "config.no_allowed_ips warning"
	mkdir -p /etc/wireguard
	printf '[Interface]\nListenPort = 51821\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.0.0.1/32, fd00::1/128\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.0.0.1/32, fd00::1/128\n' \
		"$key_a" "$key_c" >/etc/wireguard/wg0.conf
	in_ns b "$wgt" health wg0 --json --since $(($(uptime_s) - case_began + 1)) >"$work/health.b" || true
	expect_eq "$fault: with the file" "config.allowed_ips_moved warning" "$(found b)"
	says b config.allowed_ips_moved .evidence.owner_key "$key_c"
	rm /etc/wireguard/wg0.conf
	b wg set wg0 peer "$key_c" remove
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}

case_never_came_up() { # problem 19: another interface has the port
	ip -n b link set wg0 down
	ip -n b link add wg7 type wireguard
	b wg set wg7 private-key "$work/a.key" listen-port 51821
	ip -n b link set wg7 up
	ip -n b link set wg0 up 2>/dev/null && fail "the port is free"
	finds b "host.interface_down error"
	ip -n b link del wg7
	bounce b
	ask b
	expect_eq "$fault: when it is up" "" "$(found b)"
}
case_differs_from_file() {
	mkdir -p /etc/wireguard
	printf '[Interface]\nListenPort = 51821\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.0.0.1/32\n' "$key_a" >/etc/wireguard/wg0.conf
	in_ns b "$wgt" health wg0 --json --since $(($(uptime_s) - case_began + 1)) >"$work/health.b" || true
	rm /etc/wireguard/wg0.conf
	expect_eq "$fault: findings of b" "config.differs_from_file warning" "$(found b)"
}

case_check() {
	checks a ""
	checks a "" 192.168.50.2
	checks b ""
	checks a "config.route_elsewhere error,tx.no_peer error" 203.0.113.9

	fault=other_lan
	ip -n a link add d0 type dummy
	ip -n a addr add 192.168.50.9/24 dev d0
	ip -n a link set d0 up
	ip -n a route del 192.168.50.0/24 dev wg0
	checks a "config.route_elsewhere error,config.route_elsewhere warning" 192.168.50.2
	ip -n a link del d0
	ip -n a route replace 192.168.50.0/24 dev wg0

	fault=mtu
	ip -n a link set wg0 mtu 1500
	checks a "mtu.fragmenting warning"
	ip -n a link set wg0 mtu 1420

	fault=loop
	ip -n a route add 198.51.100.2/32 dev wg0
	checks a "config.loop error"
	ip -n a route del 198.51.100.2/32 dev wg0

	fault=no_route
	ip -n a route del default via 192.0.2.1
	checks a "tx.no_route error"
	ip -n a route add default via 192.0.2.1

	fault=full_tunnel_rp_filter
	a wg set wg0 fwmark 51820 peer "$key_b" allowed-ips 0.0.0.0/0
	ip -n a route add default dev wg0 table 51820
	ip -n a rule add not fwmark 51820 table 51820
	ip -n a rule add table main suppress_prefixlength 0
	a sysctl -qw net.ipv4.conf.all.rp_filter=1
	checks a "host.rp_filter error"
	a sysctl -qw net.ipv4.conf.all.src_valid_mark=1
	checks a ""
	a sysctl -qw net.ipv4.conf.all.src_valid_mark=0 net.ipv4.conf.all.rp_filter=0
	ip -n a rule del not fwmark 51820 table 51820
	ip -n a rule del table main suppress_prefixlength 0
	a wg set wg0 fwmark 0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24

	fault=stale_name
	mkdir -p /etc/wireguard
	printf '[Interface]\nListenPort = 51820\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.0.0.2/32, fd00::2/128, 192.168.50.0/24\nEndpoint = vpn.test:51821\n' \
		"$key_b" >/etc/wireguard/wg0.conf
	echo 'hosts: files' >/etc/nsswitch.conf
	echo '198.51.100.2 vpn.test' >>/etc/hosts
	file=yes checks a ""
	expect_eq "$fault: fine" 1 "$(grep -c 'vpn.test is 198.51.100.2' "$work/check.a")"
	sed -i 's/^198.51.100.2 vpn.test/203.0.113.5 vpn.test/' /etc/hosts
	# a tunnel that works is at the right address, whatever the name stands for
	file=yes checks a ""
	a wg set wg0 peer "$key_b" remove
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
	file=yes checks a "endpoint.stale_name warning"
	sed -i '/vpn.test/d' /etc/hosts
	rm /etc/wireguard/wg0.conf
}
