# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Drops for which the kernel gives no reason, or a misleading one: place, function and packet say
# what it was, in the same words on every kernel. Each with its healthy twin, one command before.
. /vm/guest/lib.sh

topology
lan
tunnel_works
trace_both

# told VERDICT WORDS: so many more paths with these
told() {
	jq -r --arg id "$1" --arg words "$2" 'select(.kind == "path" and .verdict.id == $id and
		(.verdict.message | contains($words))) | .verdict.message' "$work/watch.out" | wc -l
}
functions() { jq -r 'select(.verdict.function) | .verdict.function' "$work/watch.out" | sort -u | paste -sd ' '; }
is_told() { (($(told "$1" "$2") >= 1)); }
expect_told() { # WHAT VERDICT WORDS
	local end=$((SECONDS + 15))
	until is_told "$2" "$3"; do
		((SECONDS < end)) ||
			fail "$1: nobody says '$3': $(jq -r '.verdict.id + ": " + .verdict.message' "$work/watch.out" | sort | uniq -c)"
		sleep 0.3
	done
}
one_ping() { # NETNS ARGUMENT...
	in_ns "$1" ping -q -c 1 -W 0.5 "${@:2}" >/dev/null 2>&1
}
start watch watch --all --json

# a next hop behind the receiver that does not answer, by IPv6
b sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n b addr add fd50::1/64 dev lan0 nodad
ip -n l addr add fd50::2/64 dev eth0 nodad
ip -n l route add default via fd50::1
ip -n a route add fd50::/64 dev wg0
a wg set wg0 peer "$key_b" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24,fd50::/64,10.0.0.4/32,239.1.2.3/32
within 10 "the LAN by IPv6" one_ping a fd50::2
one_ping a fd50::77 || true
expect_told "IPv6 next hop" inner_in "the next hop does not answer"

# multicast that nobody joined is no drop
ip -n a route add 239.1.2.3/32 dev wg0
one_ping a 239.1.2.3 || true
multicast() { [[ $(jq -r 'select(.kind == "path" and .inner.dst == "239.1.2.3") | .verdict.id' "$work/watch.out" | sort -u) == delivered ]]; }
within 10 "multicast that nobody joined is delivered" multicast

# the receiver's own address as a source
b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128,10.0.0.3/32
ip -n a addr add 10.0.0.3/32 dev wg0
ip -n b route add 10.0.0.3/32 dev wg0
within 10 "a by its second address" one_ping a -I 10.0.0.3 10.0.0.2
ip -n b addr add 10.0.0.3/32 dev lo
one_ping a -I 10.0.0.3 10.0.0.2 || true
expect_told "a martian" inner_in "martian"

# a tunnel within this one, whose packets must not be cut
for n in a b; do
	other=1
	[[ $n == b ]] || other=2
	ip -n $n link add vx0 type vxlan id 5 local 10.0.0.$((3 - other)) remote 10.0.0.$other dstport 4789 df set
	ip -n $n addr add 10.77.0.$((3 - other))/24 dev vx0
	ip -n $n link set vx0 mtu 1500 up
done
within 10 "the inner tunnel" one_ping a 10.77.0.2
one_ping a -s 1440 10.77.0.2 || true
expect_told "VXLAN with DF" inner_out "must not be cut into fragments"

# an IPsec policy on the way out
a ip xfrm policy add dir out proto udp dst 198.51.100.2 action block
one_ping a 10.0.0.2 || true
expect_told "IPsec" tx.no_route "IPsec policy"
a ip xfrm policy flush
within 10 "a reaches b without the policy" one_ping a 10.0.0.2

stop watch
[[ $(functions) != *.* ]] || fail "a compiler's suffix is shown: $(functions)"
