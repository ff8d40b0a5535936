#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016,SC2046,SC2086  # lists of words; $RANDOM is for the inner shell
# Compares get_device() with `wg show all dump` on a real kernel. Runs as root in a guest:
#   integration/vm/run 6.12 tests/wgtools/dump_vm_test.sh \
#     BUILD/tests/wgtools/wg-dump-test BUILD/tests/wgtools/wgt_wgtools_tests
set -euo pipefail
umask 077
cd /vm
tmp=$(mktemp -d)

fail() {
	echo "FAILED: $*"
	exit 1
}

# As wg prints it, with secrets hidden and interface names of IPv6 scopes as numbers, as ours are.
wg_dump() { # NETNS
	ip netns exec "$1" wg show all dump | awk -F'\t' -v OFS='\t' '
		NF == 5 && $2 != "(none)" { $2 = "(hidden)" }
		NF == 9 && $3 != "(none)" { $3 = "(hidden)" }
		{ sub(/%lo\]/, "%1]"); print }'
}

# A configuration of peers FIRST to LAST; peer K has COUNT allowed IPs when K is BIG, else four.
# The interface stays down: keepalives must not change counters between the two dumps.
peers() { # FIRST LAST BIG COUNT
	awk -v first="$1" -v last="$2" -v big="$3" -v count="$4" '
		BEGIN {
			srand(first + 1)
			chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
			for (i = first; i <= last; i++) {
				print "[Peer]\nPublicKey = " key()
				if (i % 3 == 0) print "PresharedKey = " key()
				if (i % 4 == 1) print "PersistentKeepalive = " 1 + i % 60
				if (i % 5 == 0) print "Endpoint = 192.0.2." i % 255 ":" 1024 + i
				if (i % 5 == 1) print "Endpoint = [2001:db8::" i % 255 "]:" 1024 + i
				if (i % 5 == 2) print "Endpoint = [fe80::" i % 255 "%lo]:" 1024 + i
				net = int(i / 256) "." i % 256
				list = "10." net ".0/24, 172.16." net "/32, fd00:" i "::/64, fd00:" i "::1/128"
				for (n = 5; i == big && n <= count; n++) list = list ", fd01:" i "::" sprintf("%x", n) "/128"
				print "AllowedIPs = " list
			}
		}
		function key(   k, n) {
			k = ""
			for (n = 0; n < 42; n++) k = k substr(chars, 1 + int(rand() * 64), 1)
			return k substr("AEIMQUYcgkosw048", 1 + int(rand() * 16), 1) "="
		}'
}

compare() { # NETNS WHAT
	wg_dump "$1" >"$tmp/wg"
	./wg-dump-test --netns "$1" >"$tmp/ours" 2>"$tmp/stderr" || fail "$2: $(cat "$tmp/stderr")"
	[[ ! -s $tmp/stderr ]] || fail "$2: $(cat "$tmp/stderr")"
	[[ -s $tmp/wg ]] || fail "$2: wg printed nothing"
	cmp -s "$tmp/wg" "$tmp/ours" || fail "$2 differs:"$'\n'"$(diff "$tmp/wg" "$tmp/ours" | cut -c1-300 | head -20)"
	echo "ok $2"
}

expect_error() { # TEXT COMMAND...
	local text=$1 status=0
	shift
	"$@" >/dev/null 2>"$tmp/stderr" || status=$?
	[[ $status == 1 && $(cat "$tmp/stderr") == "wg-dump-test: $text" ]] ||
		fail "$*: status $status, '$(cat "$tmp/stderr")' instead of '$text'"
	echo "ok error: $text"
}

echo "kernel $(uname -r)"
[[ ! -e wgt_wgtools_tests ]] || ./wgt_wgtools_tests --gtest_brief=1 || fail "unit tests"

for count in 0 1 50 2000; do
	ip netns add "dump$count"
	ip -n "dump$count" link add wgempty type wireguard
	ip -n "dump$count" link add wgbulk type wireguard
	ip -n "dump$count" link add veth0 type veth peer name veth1
	ip netns exec "dump$count" wg set wgbulk listen-port 51820 fwmark 0xca6c \
		private-key <(wg genkey)
	if ((count)); then
		# peer 1 splits with the header repeated; peer 30 splits in the middle of the list
		peers 1 "$count" 1 $((count == 1 ? 3000 : 4)) >"$tmp/conf"
		ip netns exec "dump$count" wg addconf wgbulk "$tmp/conf"
	fi
	compare "dump$count" "$count peers"
done

ip netns exec dump50 wg addconf wgbulk <(peers 60 90 70 3000)
compare dump50 "81 peers, one with 3000 allowed IPs"
./wg-dump-test --netns dump50 wgbulk >"$tmp/one"
cmp -s "$tmp/one" <(wg_dump dump50 | grep ^wgbulk) || fail "one interface by its name"
echo "ok by name"

# The names of namespaces also work inside another one.
ip netns exec dump1 ./wg-dump-test --netns dump50 wgbulk | cmp -s - "$tmp/one" || fail "netns exec"
echo "ok inside ip netns exec"

# Counters, a handshake and a roamed endpoint.
for side in a b; do
	ip netns add $side
	ip -n $side link add wg0 type wireguard
	wg genkey >"$tmp/$side.key"
	ip netns exec $side wg set wg0 private-key "$tmp/$side.key" listen-port 51820
done
ip -n a link add veth0 type veth peer name veth0 netns b
for side in a b; do
	[[ $side == a ]] && me=1 other=2 peer=b || me=2 other=1 peer=a
	ip -n $side addr add 192.0.2.$me/24 dev veth0
	ip -n $side addr add 10.0.0.$me/24 dev wg0
	ip -n $side link set veth0 up
	ip -n $side link set wg0 up
	ip netns exec $side wg set wg0 peer "$(wg pubkey <"$tmp/$peer.key")" \
		allowed-ips 10.0.0.$other/32 $([[ $side == a ]] && echo endpoint 192.0.2.2:51820)
done
ip netns exec a ping -q -c 3 -i 0.2 -W 20 10.0.0.2 >/dev/null || fail "ping"
compare a "after a handshake, initiator"
compare b "after a handshake, responder"
awk -F'\t' 'NF == 9 && ($6 == 0 || $7 == 0 || $8 == 0 || $4 == "(none)") { exit 1 }' "$tmp/ours" ||
	fail "no handshake to be seen"

# Changes while it is read: a dump is whole, and says so when the kernel kept interrupting it. The
# changes are too fast for that not to happen within 60 dumps.
changers=()
for _ in 1 2 3; do
	ip netns exec dump2000 bash -c 'while :; do wg set wgbulk fwmark $RANDOM; done' &
	changers+=($!)
done
trap 'kill "${changers[@]}" 2>/dev/null || true' EXIT
dumps=0 inconsistent=0
while ((dumps < 60 && (inconsistent == 0 || inconsistent == dumps))); do
	./wg-dump-test --netns dump2000 wgbulk >"$tmp/ours" 2>"$tmp/stderr" ||
		fail "dump under change: $(cat "$tmp/stderr")"
	[[ $(wc -l <"$tmp/ours") == 2001 ]] || fail "dump under change: $(wc -l <"$tmp/ours") lines"
	dumps=$((dumps + 1))
	[[ ! -s $tmp/stderr ]] || inconsistent=$((inconsistent + 1))
done
kill "${changers[@]}"
wait "${changers[@]}" 2>/dev/null || true
((inconsistent)) || fail "$dumps dumps under change, none marked inconsistent"
echo "ok $dumps dumps under change, $inconsistent marked inconsistent"

expect_error "wg9: no such interface" ./wg-dump-test wg9
expect_error "lo: not a WireGuard interface" ./wg-dump-test lo
expect_error "veth0: not a WireGuard interface" ./wg-dump-test --netns dump1 veth0
expect_error "wg9: no such interface" ./wg-dump-test --netns dump1 wg9
expect_error "open /run/netns/nowhere: No such file or directory" ./wg-dump-test --netns nowhere
expect_error "not a network namespace name: '../a'" ./wg-dump-test --netns ../a
chmod 755 . ./wg-dump-test
expect_error "wg0: needs CAP_NET_ADMIN (run as root)" ip netns exec a \
	setpriv --reuid 65534 --regid 65534 --clear-groups ./wg-dump-test wg0
expect_error "enter network namespace: Operation not permitted" \
	setpriv --reuid 65534 --regid 65534 --clear-groups ./wg-dump-test --netns a

ip -all netns delete
for _ in $(seq 50); do
	rmmod wireguard 2>/dev/null && break
	sleep 0.2
done
modprobe=$(sysctl -n kernel.modprobe)
sysctl -q kernel.modprobe=/bin/false
expect_error "wg0: the kernel has no WireGuard (modprobe wireguard)" ./wg-dump-test wg0
sysctl -q "kernel.modprobe=$modprobe"
echo "all ok"
