# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A session between a and b: the live join says what the join of recordings says, and it works and
# tells the truth while the tunnel does not.
. /vm/guest/lib.sh

port=51822
# listen_on NAME NETNS [OPTION...]: returns when it listens
listen_on() { in_ns_start "$1" "$2" listen wg0 "${@:3}"; }
# watch_pair NAME WHERE [OPTION...]: from a
watch_pair() { in_ns_start "$1" a watch wg0 --json --pair "${@:2}"; }
# The TCP side of a session is in the caller's namespace.
in_ns_start() { # NAME NETNS ARGUMENT...
	local saved=$wgt name=$1 netns=$2
	wgt=$work/in-$netns
	printf '#!/bin/bash\nexec nsenter --net=/run/netns/%s -- %s "$@"\n' "$netns" "$saved" >"$wgt"
	chmod +x "$wgt"
	start "$name" "${@:3}"
	wgt=$saved
}
said() { grep -qF -- "$2" "$work/$1.err"; }
expect_said() { # NAME TEXT
	within 15 "$1 says '$2' (said: $(tail -n 3 "$work/$1.err"))" said "$1" "$2"
}
# refused NAME ARGUMENT...: a watch that fails at once; what it said is in NAME.err
refused() {
	local name=$1 status=0
	shift
	a timeout 60 "$wgt" watch wg0 --json --pair "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
	expect_eq "$name: exit status" 1 "$status"
}
rings_are() { [[ $(bpftool -j map list | jq '[.[] | select(.name == "wgt_ring")] | length') == "$1" ]]; }
columns='1-5,7-13'
same_as_join() { # NAME RECORDING...: keys that both have, and what they say of them
	local name=$1
	shift
	join_of "join_$name" "$@"
	paths "$name"
	cut -f$columns "$work/$name.tsv" | sort >"$work/$name.sorted"
	cut -f$columns "$work/join_$name.tsv" | sort >"$work/join_$name.sorted"
	expect_table "$name: the live join and the join of recordings" "$work/join_$name.sorted" "$work/$name.sorted"
}

topology
trace_both
count_messages a b

# --- 1. live equals offline; every message of both ends is one whole path
listen_on listen b
start a -n a record wg0 -o "$work/a.wgt"
start b -n b record wg0 -o "$work/b.wgt"
watch_pair watch 198.51.100.2
expect_said watch "paired with"
expect_said listen "watches from 192.0.2.2"
rings_are 4 || fail "not four readers: two recordings, the watch and the listener"
all_return a 10.0.0.2 300 0.005
all_return b fd00::1 100 0.005
sleep 5
stop watch a b
same_as_join watch a.wgt b.wgt
expect_exact watch
expect_eq "requests from a" 300 "$(how_many watch '$2 == "a/wg0" && $7 == "4icmp" && $13 == 8')"
expect_eq "answers to b" 100 "$(how_many watch '$2 == "a/wg0" && $7 == "6icmpv6" && $13 == 129')"
expect_eq "records lost" 0 "$(summary watch .lost)"
expect_said listen "left: "
# Nobody watches: the listener costs the kernel nothing.
within 10 "the listener stops tracing" rings_are 0

# --- 2. the filter travels
start a -n a record wg0 -o "$work/fa.wgt" icmp
start b -n b record wg0 -o "$work/fb.wgt" icmp
watch_pair filtered 198.51.100.2 icmp
all_return a 10.0.0.2 20 0.02
all_return a fd00::2 20 0.02
sleep 5
stop filtered a b
same_as_join filtered fa.wgt fb.wgt
expect_eq "filtered: pings both ways" 40 "$(how_many filtered '$7 == "4icmp" && $4 == "delivered"')"
expect_eq "filtered: IPv6" 0 "$(how_many filtered '$7 == "6icmpv6"')"

# --- 3. AllowedIPs of b do not have a any more: the tunnel is broken, the session is not
b wg set wg0 peer "$key_a" allowed-ips 10.0.0.9/32
watch_pair refusal 198.51.100.2
a ping -q -c 5 -i 0.1 -W 1 10.0.0.2 >/dev/null || true
sleep 1
stop refusal
paths refusal
expect_eq "refused by b" 5 "$(how_many refusal '$2 == "a/wg0" && $3 == "b/wg0" && $4 == "rx.disallowed_source"')"
b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128

# --- what b's stack drops of its own copies has no number: b finds the packet's
lan
ip -n b link set lan0 mtu 1280
ip -n l link set eth0 mtu 1000
b tc qdisc add dev lan0 root netem delay 10ms
watch_pair copies 198.51.100.2
a ping -q -c 3 -i 0.1 -W 0.3 -M dont -s 1272 192.168.50.2 >/dev/null || true
sleep 3
stop copies
paths copies
expect_eq "copies dropped by b" 3 \
	"$(how_many copies '$2 == "a/wg0" && $3 == "b/wg0" && $4 == "inner_in" && $6 == "inferred"')"

# --- 4. the way drops UDP and passes TCP
r nft 'add table ip cut; add chain ip cut f { type filter hook forward priority 0; };
	add rule ip cut f meta l4proto udp drop'
watch_pair cut 198.51.100.2
a ping -q -c 7 -i 0.1 -W 1 10.0.0.2 >/dev/null || true
sleep 6
stop cut
r nft delete table ip cut
paths cut
# What the router drops is on this very host, which traces its own stack: lost either way.
expect_eq "lost on the way" 7 "$(how_many cut '$2 == "a/wg0" && $3 == "-" && $7 == "4icmp" && $4 == "network.lost"')"

# --- 5. b's listener vanishes and comes back: the gap is unknown, not lost
watch_pair gap 198.51.100.2
all_return a 10.0.0.2 5 0.02
sleep 1
kill -9 "${pid_of[listen]}"
expect_said gap "trying again"
all_return a 10.0.0.2 11 0.02
listen_on listen b
within 40 "paired again" said gap "paired again"
all_return a 10.0.0.2 5 0.02
sleep 5
stop gap
paths gap
expect_none "called lost" gap '$4 == "network.lost"'
expect_eq "gap: requests seen on both ends" 10 "$(how_many gap '$2 == "a/wg0" && $3 == "b/wg0" && $7 == "4icmp" && $13 == 8')"
expect_eq "gap: requests in it" 11 "$(how_many gap '$2 == "a/wg0" && $3 == "-" && $7 == "4icmp" && $13 == 8 && $4 == "unknown"')"

# --- 6. over pipes, with something that is called ssh
mkdir "$work/bin"
cat >"$work/bin/ssh" <<-SSH
	#!/bin/bash
	[[ \$1 == -T && \$2 == -- && \$3 == hostb ]] || exit 99
	shift 3
	[[ \$1 == wg-trace ]] && shift
	exec nsenter --net=/run/netns/b -- $wgt "\$@"
SSH
chmod +x "$work/bin/ssh"
PATH=$work/bin:$PATH watch_pair ssh ssh:hostb
all_return a 10.0.0.2 5 0.02
sleep 1
stop ssh
paths ssh
expect_eq "ssh: requests on both ends" 5 "$(how_many ssh '$2 == "a/wg0" && $3 == "b/wg0" && $7 == "4icmp" && $13 == 8')"

# IPv6, another port
listen_on bound b --bind '[2001:db8:b::2]:5555'
watch_pair six '[2001:db8:b::2]:5555'
all_return a 10.0.0.2 3 0.02
sleep 1
stop six bound
paths six
expect_eq "over IPv6: requests on both ends" 3 "$(how_many six '$2 == "a/wg0" && $3 == "b/wg0" && $7 == "4icmp" && $13 == 8')"

# --- 7. inside the tunnel the session does not watch itself
watch_pair inside 10.0.0.2
all_return a 10.0.0.2 5 0.02
sleep 1
stop inside
paths inside
expect_eq "inside: pings both ways" 10 "$(how_many inside '$7 == "4icmp" && $4 == "delivered"')"
expect_none "of the session itself" inside '$7 == "4tcp"'

# --- 8. preshared keys that differ are told at once, by both
wg genpsk >"$work/psk"
a wg set wg0 peer "$key_b" preshared-key "$work/psk"
watch_pair psk 198.51.100.2
expect_said psk "hs.psk_mismatch: this host has a preshared key for peer"
expect_said listen "hs.psk_mismatch: the other end has a preshared key"
stop psk
b wg set wg0 peer "$key_a" preshared-key "$work/psk"
watch_pair samepsk 198.51.100.2
stop samepsk
! grep -q psk_mismatch "$work/samepsk.err" || fail "equal preshared keys: $(<"$work/samepsk.err")"
a wg set wg0 peer "$key_b" preshared-key /dev/null
b wg set wg0 peer "$key_a" preshared-key /dev/null

# --- 9. a wrong public key: nobody gets a byte, the listener knows which one it is
wg genkey >"$work/other.key"
other=$(wg pubkey <"$work/other.key")
a wg set wg0 peer "$other" endpoint 198.51.100.2:51821 allowed-ips 10.0.0.99/32
refused wrongpeer 198.51.100.2 --peer "$other"
expect_said wrongpeer "compare $other"
expect_said listen "it means another public key than this interface's, $key_b"
a wg set wg0 peer "$other" remove
sleep 1
b wg set wg0 peer "$key_a" remove
refused stranger 198.51.100.2
expect_said stranger "compare $key_a (\`wg show wg0 public-key\` here)"
expect_said listen "its public key $key_a is no peer's of wg0"
b wg set wg0 peer "$key_a" allowed-ips 10.0.0.1/32,fd00::1/128

# --- 10. junk costs it nothing and gets nothing
for junk in '' 'GET / HTTP/1.0\r\n\r\n' "$(head -c 300 /dev/zero | tr '\0' x)"; do
	got=$(a bash -c "exec 3<>/dev/tcp/198.51.100.2/$port; printf '$junk' >&3; timeout 8 cat <&3" | wc -c)
	expect_eq "answer to junk" 0 "$got"
done
kill -0 "${pid_of[listen]}" || fail "the listener is gone"
refused nobody 198.51.100.2:9
expect_said nobody "connect to 198.51.100.2:9: Connection refused. Is \`wg-trace listen\` running there"

# --- 11. of a handshake without an answer both ends together know where it ended; recordings, too
handshake_from_a() {
	ip -n a link set wg0 down
	ip -n a link set wg0 up
	a ping -q -c 1 -W 7 10.0.0.2 >/dev/null || true
}
steps() { # FILE: of one attempt what both ends say, in any order
	jq -r 'select(.kind == "handshake") |
		[.netns, .id, .other_end.fate // "-", .other_end.netns // "-",
			.other_end.reason // .reason // "-"] | join(" ")' "$1" | sort -u
}
fate() { # NAME FATE: of an initiation of a that b or the router is made to drop
	start a -n a record wg0 -o "$work/$1.a.wgt"
	start b -n b record wg0 -o "$work/$1.b.wgt"
	watch_pair "$1" 198.51.100.2 --handshakes
	handshake_from_a
	stop "$1" a b
	expect_eq "$1: why no answer" "$2" "$(steps "$work/$1.out" | sed -n 's/^a hs.no_answer //p')"
	"$wgt" join --json --handshakes "$work/$1.b.wgt" "$work/$1.a.wgt" >"$work/$1.joined"
	diff <(steps "$work/$1.out") <(steps "$work/$1.joined") >"$work/diff" ||
		fail "$1: live and recorded handshakes differ: $(<"$work/diff")"
}
drop_udp() { # NETNS HOOK MATCH...
	in_ns "$1" nft "add table ip cut; add chain ip cut f { type filter hook $2 priority 0; };
		add rule ip cut f ${*:3} drop"
}
# b has to know where a is, or it may not tell a what it dropped
handshake_from_a
drop_udp b input udp dport 51821
fate arriving 'dropped_arriving b NETFILTER_DROP'
b nft delete table ip cut
drop_udp r forward udp dport 51821
fate there 'never_came b -'
r nft delete table ip cut
drop_udp r forward udp sport 51821
fate back 'answer_lost b -'
r nft delete table ip cut
drop_udp a output udp dport 51821
fate leaving 'dropped_leaving a NETFILTER_DROP'
a nft delete table ip cut

# --- 12. the interface is not traced any more
watch_pair untraced 198.51.100.2
"$wgt" -n b down wg0 2>/dev/null
expect_said untraced "its interface is not traced any more"
expect_said listen "wg0 is not traced any more"
stop untraced
