# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Setups in which the encrypted packets do not go the plain way. Each is healthy first, with no
# finding of `check` above info; its broken twin is one command away, and is found.
. /vm/guest/lib.sh

# command_of NETNS ID: what to do, as it was shown last
command_of() { jq -r --arg id "$2" '[.findings[] | select(.id == $id) | .command][0] // empty' "$work/check.$1"; }
fine_of() { # NETNS PATTERN
	jq -r '.fine[]' "$work/check.$1" >"$work/fine"
	grep -q -- "$2" "$work/fine" || fail "$fault: nothing fine of '$2'"
}

begin() { fault=$1 && echo "$1, after $SECONDS s"; }

topology
lan
tunnel_works
begin plain
checks a "" 10.0.0.2

begin vrf # wg0 is in one, its socket in none
ip -n a link add red type vrf table 100
ip -n a link set red up
ip -n a link set wg0 master red
ip -n a addr replace fd00::1/64 dev wg0 nodad
ip -n a route replace 192.168.50.0/24 dev wg0 vrf red
within 20 "$fault: a ping" a ping -q -c 1 -W 2 -I red 10.0.0.2 >/dev/null
checks a "" 10.0.0.2
ip -n a route del 192.168.50.0/24 dev wg0 vrf red
checks a "config.route_elsewhere error,config.route_elsewhere warning" 192.168.50.2
expect_eq "$fault: command" "ip netns exec a ip route get 192.168.50.2 vrf red" "$(command_of a config.route_elsewhere)"
ip netns exec a ip route add 192.168.50.0/24 dev wg0 vrf red
checks a "" 192.168.50.2
ip -n a link set wg0 nomaster
ip -n a link del red
ip -n a addr replace fd00::1/64 dev wg0 nodad
ip -n a route replace 192.168.50.0/24 dev wg0
checks a ""

begin link_local
ip link add xa netns a type veth peer name xb netns b
ip -n a addr add fe80::a/64 dev xa nodad
ip -n b addr add fe80::b/64 dev xb nodad
ip -n a link set xa up
ip -n b link set xb up
a wg set wg0 peer "$key_b" endpoint '[fe80::b%xa]:51821' \
	allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24,fe80::/10
tunnel_works
checks a ""
ip -n a link set xa mtu 1400
checks a "mtu.fragmenting warning"
expect_eq "$fault: by" xa "$(jq -r '.findings[] | select(.id == "mtu.fragmenting") | .evidence.interface' "$work/check.a")"
ip -n a link set xa mtu 1500
ip -n a link set xa down
checks a "tx.no_route error"
expect_eq "$fault: command" "ip netns exec a ip route get fe80::b oif xa" "$(command_of a tx.no_route)"
ip -n a link del xa
a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24

begin moved # made in a, lives in c, as containers have it; its socket stays in a
key_c=$(wg genkey | tee "$work/c.key" | wg pubkey)
ip netns add c
on_exit ip netns del c
ip -n c link set lo up
ip -n a link add wgc type wireguard
ip -n a link set wgc netns c name wg0
in_ns c wg set wg0 private-key "$work/c.key" listen-port 51840 peer "$key_b" \
	endpoint 198.51.100.2:51821 allowed-ips 0.0.0.0/0
b wg set wg0 peer "$key_c" allowed-ips 10.0.0.3/32
ip -n c addr add 10.0.0.3/32 dev wg0
ip -n c link set wg0 up
ip -n c route add default dev wg0
within 20 "$fault: a ping" in_ns c ping -q -c 1 -W 2 10.0.0.2 >/dev/null
checks c "" 10.0.0.2
fine_of c "of the network namespace a"
ip -n a route del default via 192.0.2.1
checks c "tx.no_route error"
expect_eq "$fault: command" "ip netns exec a ip route get 198.51.100.2" "$(command_of c tx.no_route)"
ip -n a route add default via 192.0.2.1
ip -n c route del default
checks c "config.route_elsewhere warning"
expect_eq "$fault: command" "ip netns exec c ip route add 0.0.0.0/0 dev wg0" "$(command_of c config.route_elsewhere)"
ip -n c route add default dev wg0
# no socket to look for: by the kernel's own word
"$wgt" -n c up wg0 2>/dev/null
"$wgt" show >/dev/null
# what health advises about the encrypted packets is for a, and about the interface for c
drop_in_a() { a nft 'add table ip f; add chain ip f c { type filter hook output priority 0; }
	add rule ip f c udp dport 51821 drop'; }
drop_in_a
in_ns c ping -q -c 3 -i 0.2 -W 0.5 10.0.0.2 >/dev/null 2>&1 || true
"$wgt" -n c health wg0 --json >"$work/health.c" || true
expect_eq "$fault: command of health" "ip netns exec a nft list ruleset" \
	"$(jq -r '.findings[] | select(.id == "host.firewall") | .command' "$work/health.c" | sort -u)"
a nft delete table ip f
within 20 "$fault: a ping" in_ns c ping -q -c 1 -W 2 10.0.0.2 >/dev/null
ip -n c link set wg0 down
"$wgt" -n c health wg0 --json >"$work/health.c" || true
expect_eq "$fault: command of health" "ip netns exec c ip link set wg0 up" \
	"$(jq -r '.findings[] | select(.id == "host.interface_down") | .command' "$work/health.c")"
checks c "config.route_elsewhere warning,host.interface_down error"
fine_of c "of the network namespace a"
"$wgt" -n c down wg0 2>/dev/null
ip -n c link del wg0
b wg set wg0 peer "$key_c" remove

begin nested # wg0's packets are carried by wg1
ip -n a link add wg1 type wireguard
ip -n b link add wg1 type wireguard
b wg set wg1 private-key "$work/c.key" listen-port 51831 peer "$key_a" allowed-ips 10.1.0.1/32
a wg set wg1 private-key "$work/a.key" listen-port 51830 peer "$key_c" endpoint 198.51.100.2:51831 allowed-ips 10.1.0.2/32
for n in a b; do
	ip -n $n addr add "10.1.0.$([[ $n == a ]] && echo 1 || echo 2)/24" dev wg1
	ip -n $n link set wg1 up
done
a wg set wg0 peer "$key_b" endpoint 10.1.0.2:51821
ip -n a link set wg0 mtu 1340
tunnel_works
checks a ""
fine_of a "by way of wg1"
a wg set wg1 peer "$key_c" allowed-ips 10.1.0.9/32
checks a "tx.no_peer error"
ip -n a link set wg0 mtu 1420

begin mutual # two full tunnels, each with its own mark: wg0's go into wg1 and wg1's into wg0
# wg1 gets a peer that nobody is: with a session on both, packets would go round, and grow, for ever
a wg set wg1 peer "$key_c" remove
key_d=$(wg genkey | wg pubkey)
a wg set wg0 fwmark 51820 peer "$key_b" endpoint 198.51.100.2:51821 allowed-ips 0.0.0.0/0
a wg set wg1 fwmark 51821 peer "$key_d" endpoint 198.51.100.2:51831 allowed-ips 0.0.0.0/0
for i in 0 1; do
	ip -n a route add default dev wg$i table 5182$i
	ip -n a rule add not fwmark 5182$i table 5182$i
done
ip -n a rule add table main suppress_prefixlength 0
checks a "config.mutual_loop error,config.route_elsewhere warning"
command=$(command_of a config.mutual_loop)
expect_eq "$fault: command" "ip netns exec a ip rule add pref 100 fwmark 51820 table main" "$command"
$command
checks a "config.route_elsewhere warning"
ip -n a rule del pref 100
ip -n a link del wg1
ip -n a rule del not fwmark 51821 table 51821
ip -n a rule del not fwmark 51820 table 51820
ip -n a rule del table main suppress_prefixlength 0
a wg set wg0 fwmark 0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
checks a ""

begin port # of another interface
ip -n b link del wg1
tunnel_works # so that b learns the plain way back
ip -n b link set wg0 down
ip -n b link add wg7 type wireguard
b wg set wg7 private-key "$work/c.key" listen-port 51821
ip -n b link set wg7 up
checks b "config.port_taken error,config.route_elsewhere warning"
expect_eq "$fault: by" wg7 "$(jq -r '.findings[] | select(.id == "config.port_taken") | .evidence.other' "$work/check.b")"
ip -n b link del wg7
ip -n b link set wg0 up
ip -n b addr replace fd00::2/64 dev wg0 nodad # which went with the link
checks b ""

# --- the wg-quick file, which with -n is taken for another namespace's
mkdir -p /etc/wireguard
on_exit rm -f /etc/wireguard/wg0.conf
a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
with_file() { # LINES FINDINGS
	printf '[Interface]\nListenPort = 51820\nPrivateKey = %s\n%b\n[Peer]\nPublicKey = %s\nAllowedIPs = 10.0.0.2 / 32, fd00::2/128,192.168.50.0/24\n' \
		"$(<"$work/a.key")" "$1" "$key_b" >/etc/wireguard/wg0.conf
	file=yes checks a "$2"
}
begin wg_quick_file
with_file "" ""
with_file "ListenPort = 51999" "config.differs_from_file warning"
with_file "[Peer]\nPublicKey = $key_c\nAllowedIPs = 10.0.0.3/32" "config.differs_from_file warning"
with_file "[Peer]\nPublicKey = $key_b" "config.duplicate_peer warning"
with_file "[Peer]\nPublicKey = $key_a" "config.own_key_as_peer warning"
with_file "ListenPort = 51820x" "config.file_refused warning"
with_file "Endpoint = 192.0.2.1:1" "config.file_refused warning"
begin table_off
ip -n a route del 192.168.50.0/24 dev wg0
with_file "" "config.route_elsewhere warning"
with_file "Table = off" ""
ip -n a route add 192.168.50.0/24 dev wg0

begin dead_name_server
cp /etc/resolv.conf "$work/resolv.conf" 2>/dev/null || true
echo 'nameserver 192.0.2.99' >/etc/resolv.conf
echo 'hosts: dns' >/etc/nsswitch.conf
a wg set wg0 peer "$key_c" endpoint 198.51.100.2:9
{
	printf '[Interface]\nListenPort = 51820\n'
	printf '[Peer]\nPublicKey = %s\nEndpoint = %s.test:51821\nAllowedIPs = 10.0.0.2/32, fd00::2/128,192.168.50.0/24\n' "$key_b" one
	printf '[Peer]\nPublicKey = %s\nEndpoint = %s.test:9\n' "$key_c" two
} >/etc/wireguard/wg0.conf
took=$EPOCHREALTIME
file=yes checks a "config.no_allowed_ips warning"
took=$(awk "BEGIN { printf \"%.0f\", ($EPOCHREALTIME - $took) * 1000 }")
expect_eq "$fault: lines" 1 "$(jq '[.findings[] | select(.id == "endpoint.unknown_name")] | length' "$work/check.a")"
((took < 5000)) || fail "$fault: $took ms"
