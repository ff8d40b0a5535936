# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Faults of keys, handshakes, paths and configuration, one after the other: health has to name
# exactly the right one, on the end that can know it, and nothing else above info.
. /vm/guest/lib.sh

# Not SECONDS: one case sets the clock.
uptime_s() { sed 's/\..*//' /proc/uptime; }
case_began=$(uptime_s)

# ask NETNS: leaves the report in $work/health.NETNS and its exit status in $asked
ask() {
	asked=0
	"$wgt" -n "$1" health wg0 --json --since $(($(uptime_s) - case_began + 1)) \
		>"$work/health.$1" 2>"$work/health.$1.err" || asked=$?
	((asked != 3)) || fail "health of $1: $(<"$work/health.$1.err")"
}
found() { jq -r '.findings[] | select(.severity != "info") | .id + " " + .severity' "$work/health.$1" | sort | paste -sd ,; }
# finds NETNS FINDINGS: "id severity,…" above info, sorted; the exit status fits
finds() {
	local code=0
	ask "$1"
	expect_eq "$fault: findings of $1" "$2" "$(found "$1")"
	[[ $2 != *warning* ]] || code=1
	[[ $2 != *error* ]] || code=2
	expect_eq "$fault: exit status for $1" "$code" "$asked"
}
# until_found SECONDS NETNS FINDINGS
until_found() {
	local end=$(($(uptime_s) + $1))
	while ask "$2" && [[ $(found "$2") != "$3" ]]; do
		(($(uptime_s) < end)) || fail "$fault: findings of $2: expected '$3', got '$(found "$2")'"
		sleep 0.5
	done
	finds "$2" "$3"
}
says() { # NETNS ID JQ-EXPRESSION EXPECTED: of the finding's object
	expect_eq "$fault: $2 of $1: $3" "$4" "$(jq -r --arg id "$2" '.findings[] | select(.id == $id) | '"$3" "$work/health.$1")"
}
status_is() { # NETNS STATUS...: one of them
	local got
	got=$(jq -r 'select(.kind == "peer_health") | .status' "$work/health.$1")
	[[ " ${*:2} " == *" $got "* ]] || fail "$fault: status of $1: '$got' is none of: ${*:2}"
}

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
drop_at() { # NETNS HOOK RULE
	in_ns "$1" nft "add table inet fault; add chain inet fault c { type filter hook $2 priority 0; }
		add rule inet fault c $3"
}
heal_nft() { in_ns "$1" nft delete table inet fault; }

# begin NAME: on a tunnel that works, and that a began
begin() {
	fault=$1
	bounce a
	bounce b
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:51821
	tunnel_works
	# what belongs to healing is older than the case
	sleep 2.1
	case_began=$(uptime_s)
	# b too: it would rightly complain that its last packet was never answered
	bounce a
	bounce b
}

case_healthy() {
	tunnel_works
	a ping -q -c 2 -i 0.2 fd00::2 >/dev/null || fail "no IPv6 through the tunnel"
	finds a ""
	status_is a active
	finds b ""
	status_is b active idle
}
case_wrong_responder_key() {
	local key_c
	key_c=$(wg genkey | wg pubkey)
	a wg set wg0 peer "$key_b" remove
	a wg set wg0 peer "$key_c" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.2/32
	knock 0.5
	finds b "hs.wrong_responder_key warning"
	says b hs.wrong_responder_key .evidence.from 192.0.2.2:51820
	finds a ""
	status_is a waiting
	# one end alone knows no more, however long it waits
	until_found 20 a "hs.no_answer error"
	status_is a dead
	a wg set wg0 peer "$key_c" remove
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
}
case_unknown_initiator() {
	b wg set wg0 peer "$key_a" remove
	knock 0.5
	finds b "hs.unknown_initiator warning"
	says b hs.unknown_initiator .evidence.public_key "$key_a"
	finds a ""
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}
case_psk() {
	wg genpsk >"$work/psk1"
	wg genpsk >"$work/psk2"
	a wg set wg0 peer "$key_b" preshared-key "$work/psk1"
	b wg set wg0 peer "$key_a" preshared-key "$work/psk2"
	knock 0.5
	finds a "hs.psk_mismatch error"
	until_found 20 b "hs.no_answer error"
	finds a "hs.psk_mismatch error"
	a wg set wg0 peer "$key_b" preshared-key /dev/null
	b wg set wg0 peer "$key_a" preshared-key /dev/null
}
case_clock_backwards() {
	local now
	now=$(date +%s)
	date -s "@$((now - 3600))" >/dev/null
	bounce a
	knock 0.5
	# namespaces have one clock, so both ends see that it was set back
	finds b "clock.backwards warning,hs.replayed_timestamp error"
	finds a "clock.backwards warning"
	date -s "@$((now + 2))" >/dev/null
}
case_duplicates() {
	r tc qdisc add dev ra root netem duplicate 100%
	r tc qdisc add dev rb root netem duplicate 100%
	bounce a
	tunnel_works
	finds a ""
	finds b ""
	r tc qdisc del dev ra root
	r tc qdisc del dev rb root
}
case_no_identity() {
	a wg set wg0 private-key /dev/null
	knock
	finds a "hs.no_identity error"
	a wg set wg0 private-key "$work/a.key"
}
case_firewall_out() {
	drop_at a output 'udp dport 51821 drop'
	knock
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.reason NETFILTER_DROP
	heal_nft a
}
case_lost_there() {
	drop_at r forward 'udp dport 51821 drop'
	knock
	finds a ""
	status_is a waiting
	until_found 20 a "hs.no_answer error"
	status_is a dead
	finds b ""
	heal_nft r
}
case_lost_back() {
	drop_at r forward 'udp sport 51821 drop'
	knock
	until_found 20 b "hs.no_answer error"
	until_found 20 a "hs.no_answer error"
	heal_nft r
}
case_rejected() {
	drop_at r forward 'udp dport 51821 reject with icmpx type admin-prohibited'
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.router 192.0.2.1
	says a path.rejected .evidence.reason admin_prohibited
	heal_nft r
}
case_firewall_in() {
	drop_at b input 'udp dport 51821 drop'
	knock
	finds b "host.firewall error"
	finds a ""
	heal_nft b
}
case_wrong_port() {
	a wg set wg0 peer "$key_b" endpoint 198.51.100.2:5555
	knock
	finds a "path.rejected error"
	says a path.rejected .evidence.router 198.51.100.2
}
case_other_end_down() {
	ip -n b link set wg0 down
	knock
	finds a "path.rejected error"
	ip -n b link set wg0 up
}
case_no_route() {
	ip -n a route del default via 192.0.2.1
	knock
	finds a "hs.not_leaving error"
	says a hs.not_leaving .evidence.error ENETUNREACH
	ip -n a route add default via 192.0.2.1
}
case_no_route_v6() {
	ip -n a route del default via 2001:db8:a::1
	a wg set wg0 peer "$key_b" endpoint '[2001:db8:b::2]:51821'
	bounce a
	knock
	finds a "hs.not_leaving error"
	ip -n a route add default via 2001:db8:a::1
}
case_slow() {
	r tc qdisc add dev rb root netem delay 6s limit 1000
	knock
	until_found 30 a "hs.late_response error"
	r tc qdisc del dev rb root
	sleep 0.5
}
case_nat_timeout() {
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
case_nat_rebinding() {
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
case_disallowed_source() {
	tunnel_works
	b wg set wg0 peer "$key_a" allowed-ips 10.9.9.9/32
	knock
	finds b "rx.disallowed_source error"
	status_is b degraded
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
}
case_no_peer() {
	tunnel_works
	a ping -q -c 1 -W 0.3 10.0.0.77 >/dev/null 2>&1 || true
	finds a "tx.no_peer warning"
}
case_restarted() {
	tunnel_works
	bounce b
	knock
	finds b "session.peer_restarted warning"
	finds a ""
}
case_altered() {
	tunnel_works
	r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c udp dport 51821 udp length > 100 @th,256,32 set 0xdeadbeef'
	knock
	finds b "rx.auth_failed warning"
	r nft delete table ip f
}
case_junk() {
	tunnel_works
	a bash -c 'echo junkjunkjunk >/dev/udp/198.51.100.2/51821'
	sleep 0.2
	finds b ""
	says b rx.malformed .severity info
}
case_taken_allowed_ips() {
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
case_forwarding_off() {
	tunnel_works
	b sysctl -qw net.ipv4.ip_forward=0
	a ping -q -c 1 -W 0.3 192.168.50.2 >/dev/null 2>&1 || true
	finds b "host.forwarding_off warning"
	b sysctl -qw net.ipv4.ip_forward=1
}
case_loop() {
	tunnel_works
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24,198.51.100.2/32
	ip -n a route add 198.51.100.2/32 dev wg0
	knock
	ask a
	[[ $(found a) == *"config.loop error"* ]] || fail "$fault: $(found a)"
	ip -n a route del 198.51.100.2/32 dev wg0
	a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
}
# checks NETNS FINDINGS [DESTINATION]: what check says without any traffic
checks() {
	local code=0 got=0
	"$wgt" -n "$1" check wg0 "${@:3}" --json >"$work/check.$1" || got=$?
	expect_eq "$fault: check of $1" "$2" \
		"$(jq -r '.findings[] | select(.severity != "info") | .id + " " + .severity' "$work/check.$1" | sort -u | paste -sd ,)"
	[[ $2 != *warning* ]] || code=1
	[[ $2 != *error* ]] || code=2
	expect_eq "$fault: exit status of check" "$code" "$got"
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
}
case_watched() {
	start hs watch --all --handshakes --json
	tunnel_works
	b wg set wg0 peer "$key_a" remove
	bounce a
	knock 0.5
	stop hs
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
	jq -r 'select(.kind == "handshake") | .netns + " " + .id' "$work/hs.out" >"$work/hs.ids"
	printf '%s\n' 'a hs.completed' 'a initiation_sent' 'a initiation_sent' 'b hs.completed' \
		'b hs.unknown_initiator' 'b initiation_accepted' 'b response_sent' >"$work/hs.expected"
	sort "$work/hs.ids" | expect_table "handshake lines" "$work/hs.expected" /dev/stdin
	expect_eq "key of the stranger" "$key_a" \
		"$(jq -r 'select(.id == "hs.unknown_initiator") | .peer' "$work/hs.out")"
}
case_shared_key() {
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

topology
lan
trace_both
tunnel_works
for name in $(declare -F | sed -n 's/^declare -f case_//p'); do
	[[ ! ${CASES-} || " $CASES " == *" $name "* ]] || continue
	began=$(uptime_s)
	begin "$name"
	case_"$name"
	echo "$name $(($(uptime_s) - began)) s"
done

# --- metrics
fault='export'
nsenter --net=/run/netns/b -- "$wgt" export --prometheus 127.0.0.1:9588 2>"$work/export.err" &
on_exit kill $!
exporter=$!
metrics() { in_ns b curl -sf -o "$work/metrics" http://127.0.0.1:9588/metrics; }
ip -n b link set lo up
within 20 "metrics" metrics
grep -q '^wireguard_sent_bytes_total{interface="wg0",netns="a",public_key=' "$work/metrics" || fail "no bytes of a"
expect_eq "statuses that hold, one a peer" 2 "$(grep -c '^wgtrace_peer_status.* 1$' "$work/metrics")"
grep -Fq "$(<"$work/a.key")" "$work/metrics" && fail "a private key in the metrics"
in_ns b curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9588/ >"$work/code"
expect_eq "another path" 404 "$(<"$work/code")"
cp "$work/metrics" /tmp/keep/metrics
kill -INT $exporter
wait $exporter || fail "export: exit status $?"

# --- not traced, and many peers
fault=limits
"$wgt" -n r health wg9 2>/dev/null && fail "health of what is not there"
ip -n r link add wg9 type wireguard
{
	printf '[Interface]\nPrivateKey = %s\n' "$(wg genkey)"
	# 32 bytes are 42 characters, and one of which two bits are none
	head -c 63000 /dev/urandom | base64 -w 42 | awk 'NR <= 2000 {
		printf "[Peer]\nPublicKey = %sA=\nAllowedIPs = 10.%d.%d.1/32\n", $1, NR / 250, NR % 250 }'
} >"$work/many"
in_ns r wg setconf wg9 "$work/many"
"$wgt" -n r up wg9 2>/dev/null
took=$EPOCHREALTIME
"$wgt" -n r health wg9 --json >"$work/many.json" || fail "2000 peers: exit status $?"
took=$(awk "BEGIN { printf \"%.0f\", ($EPOCHREALTIME - $took) * 1000 }")
expect_eq "peers told" 2001 "$(wc -l <"$work/many.json")"
echo "2000 peers in $took ms"
((took < 1000)) || fail "2000 peers took $took ms"
