# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Every way to die, provoked: first unwatched, where show has to count it; then watched, where
# each packet is told with its verdict and the kernel's reason. Each fault has its packet length,
# so that none can be taken for another's.
. /vm/guest/lib.sh

count=7
length=200

# send NETNS ADDRESS: $count pings of the fault's length; their answers do not matter
send() { in_ns "$1" ping -q -c $count -i 0.01 -W 0.3 -s $((length - 28)) "$2" >/dev/null 2>&1 || true; }

# expect NETNS VERDICT REASON [REASON IN SHOW]: note what this fault has to be called; show, which
# sees one host, counts it in NETNS (-: not at all)
expect() {
	printf '%s\t%s\t%s\t%s\n' "$length" "$2" "$3" "$count" >>"$work/expected"
	[[ $1 == - ]] || printf '%s\t%s\t%s\t%s\n' "$1" "$2" "${4:-$3}" "$count" >>"$work/expected.shown"
}

fault_none() {
	send a 10.0.0.2
	expect - delivered -
}
fault_no_peer() {
	send a 10.0.0.77
	expect a tx.no_peer ENOKEY -
}
fault_no_endpoint() {
	a wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.0.0.3/32
	send a 10.0.0.3
	expect a tx.no_endpoint EDESTADDRREQ -
}
fault_no_route() {
	ip -n a route del default via 192.0.2.1
	send a 10.0.0.2
	ip -n a route add default via 192.0.2.1
	expect a tx.no_route ENETUNREACH -
}
fault_outer_out() {
	a nft 'add table ip f; add chain ip f c { type filter hook output priority 0; }
		add rule ip f c udp dport 51821 drop'
	send a 10.0.0.2
	a nft delete table ip f
	expect a outer_out NETFILTER_DROP
}
fault_lost() {
	r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c udp dport 51821 drop'
	send a 10.0.0.2
	r nft delete table ip f
	expect - network.lost -
}
fault_outer_in() {
	b nft 'add table ip f; add chain ip f c { type filter hook input priority 0; }
		add rule ip f c udp dport 51821 drop'
	send a 10.0.0.2
	b nft delete table ip f
	expect b outer_in NETFILTER_DROP
}
fault_unknown_index() {
	ip -n b link set wg0 down
	ip -n b link set wg0 up
	send a 10.0.0.2
	expect b rx.unknown_index restarted
	# b begins anew; a would go on for 15 s
	b ping -q -c 1 -W 5 10.0.0.1 >/dev/null || fail "no new session"
}
fault_auth_failed() {
	r nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c udp dport 51821 udp length > 160 @th,256,32 set 0xdeadbeef'
	send a 10.0.0.2
	r nft delete table ip f
	expect b rx.auth_failed -
}
fault_replay() {
	r tc qdisc add dev rb root netem duplicate 100%
	send a 10.0.0.2
	r tc qdisc del dev rb root
	expect - delivered -
	expect b rx.replay duplicate -
}
fault_disallowed_source() {
	b wg set wg0 peer "$key_a" allowed-ips 10.9.9.9/32
	send a 10.0.0.2
	b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128
	expect b rx.disallowed_source -
}
fault_not_forwarded() {
	b sysctl -qw net.ipv4.ip_forward=0
	send a 192.168.50.2
	b sysctl -qw net.ipv4.ip_forward=1
	expect b inner_in IP_INADDRERRORS
}
fault_filtered_forward() {
	b nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; }
		add rule ip f c drop'
	send a 192.168.50.2
	b nft delete table ip f
	expect b inner_in NETFILTER_DROP
}

faults='none no_peer no_endpoint no_route outer_out lost outer_in unknown_index auth_failed replay
	disallowed_source not_forwarded filtered_forward'

all_faults() { # FIRST LENGTH
	local fault
	length=$1
	for fault in $faults; do
		fault_"$fault"
		length=$((length + 4)) count=$((count % 13 + 3))
	done
}
# count lines of the same kind together
add_up() { # FIELDS in front of the count
	awk -F'\t' -v OFS='\t' -v n="$1" '{ k = $1; for (i = 2; i <= n; i++) k = k OFS $i; s[k] += $(n + 1) }
		END { for (k in s) print k, s[k] }' | sort
}

topology
lan
trace_both
tunnel_works
: >"$work/expected.shown"
all_faults 200
add_up 3 <"$work/expected.shown" >"$work/once"
shown_drops >"$work/shown"
expect_table "show, unwatched" "$work/once" "$work/shown"

: >"$work/expected"
start watch watch --all --json
all_faults 400
# what follows a lost packet on the same way proves that nothing else comes
tunnel_works
stop watch
paths watch
awk -F'\t' -v OFS='\t' '$7 == "4icmp" && $13 == 8 && $8 >= 400 { print $8, $4, $5, 1 }' "$work/watch.tsv" |
	add_up 3 >"$work/told"
add_up 3 <"$work/expected" >"$work/expected.told"
expect_table "watch" "$work/expected.told" "$work/told"
expect_eq "lost" 0 "$(summary watch .lost)"
expect_none "inexact" watch '$6 == "unknown"'
# The rest are answers, and they all arrive.
expect_none "dropped that no fault explains" watch \
	'!($7 == "4icmp" && $13 == 8 && $8 >= 400) && $4 != "delivered" && $4 != "keepalive"'
add_up 3 <"$work/expected.shown" >"$work/twice"
shown_drops >"$work/shown"
expect_table "show, watched" "$work/twice" "$work/shown"
