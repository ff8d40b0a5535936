# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Shared by the tests in this folder. Each test is a bash script that sources this, in a guest
# where ./wg-trace is the program under test. `set -e` is on; a test ends well or calls fail.
set -euo pipefail
umask 077
export LC_ALL=C
# shellcheck disable=SC2034
wgt=/vm/wg-trace
work=$(mktemp -d)
cleanups=()
declare -A pid_of=()

fail() {
	# Found by the runner: the reason of the failure.
	echo "FAILED: $*"
	exit 1
}

# on_exit COMMAND...: run at the end of the test; the last one comes first.
on_exit() { cleanups+=("$(printf '%q ' "$@")"); }
# shellcheck disable=SC2317,SC2329
run_cleanups() {
	local status=$? i
	set +e
	((status == 0)) || show_errors
	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do eval "${cleanups[i]}"; done >/dev/null 2>&1
	exit "$status"
}
# What programs complained about, and what watches that are still there saw of lost packets.
# shellcheck disable=SC2317,SC2329
show_errors() {
	local file
	for file in "$work"/*.err; do [[ -s $file ]] && tail -n 3 "$file" | sed "s|^|${file##*/}: |"; done
	for file in "$work"/*.out; do
		jq -r -f /vm/guest/paths.jq "$file" 2>/dev/null |
			awk -F'\t' '$4 != "delivered" && $4 != "keepalive"' | tail -n 5 | sed "s|^|${file##*/}: |"
	done
}
trap run_cleanups EXIT
trap 'echo "FAILED: line $LINENO: $BASH_COMMAND: exit status $?"' ERR

expect_eq() { # WHAT EXPECTED GOT
	[[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"
}

# expect_table WHAT EXPECTED-FILE GOT-FILE
expect_table() {
	cmp -s "$2" "$3" && return
	diff -U0 --label expected --label got "$2" "$3" | sed -n 1,40p || true
	fail "$1 differs ($(diff "$2" "$3" | grep -c '^[<>]') lines)"
}

within() { # SECONDS WHAT COMMAND...: until COMMAND succeeds
	local limit=$1 end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		((SECONDS < end)) || fail "$what: not within $limit s"
		read -rt 0.05 <> <(:) || true
	done
}

# Cheaper than `ip netns exec`, which mounts a /sys of its own.
in_ns() { nsenter --net="/run/netns/$1" -- "${@:2}"; }
a() { in_ns a "$@"; }
b() { in_ns b "$@"; }
r() { in_ns r "$@"; }

# alone_in NETNS COMMAND...: nothing else of this machine runs meanwhile, so that no worker
# encrypts or decrypts what COMMAND sends; what it sends is still carried, in its own context
alone_in() {
	local n=$1
	shift
	# Once: 6.12 refuses what is set when the fair server has nothing; there is none on 6.1.
	if [[ $(</proc/sys/kernel/sched_rt_runtime_us) != -1 ]]; then
		echo -1 >/proc/sys/kernel/sched_rt_runtime_us
		echo 0 >/sys/kernel/debug/sched/fair_server/cpu0/runtime || true
	fi
	# Softirqs that take long go to ksoftirqd; until it ran, 6.1 handles none on the way out of
	# COMMAND's own calls (invoke_softirq), and the backlog overflows.
	chrt -f -p 60 "$(pgrep -x ksoftirqd/0)"
	in_ns "$n" chrt -f 50 "$@"
	chrt -o -p 0 "$(pgrep -x ksoftirqd/0)"
} 2>/dev/null

# --- the network: a (10.0.0.1, fd00::1) - router r - b (10.0.0.2, fd00::2) - LAN host l
# Outside 192.0.2.2 and 198.51.100.2, IPv6 2001:db8:a::2 and 2001:db8:b::2.
mac() { ip -n "$1" -br link show "$2" | awk '{ print $3 }'; }
permanent_neighbours() {
	ip -n r neigh replace 198.51.100.2 lladdr "$(mac b eth0)" dev rb nud permanent
	ip -n b neigh replace 198.51.100.1 lladdr "$(mac r rb)" dev eth0 nud permanent
	ip -n a neigh replace 192.0.2.1 lladdr "$(mac r ra)" dev eth0 nud permanent
	ip -n r neigh replace 192.0.2.2 lladdr "$(mac a eth0)" dev ra nud permanent
}

underlay() {
	local n
	for n in a r b; do
		ip netns add $n
		on_exit ip netns del $n
		ip -n $n link set lo up
	done
	ip link add eth0 netns a type veth peer name ra netns r
	ip link add eth0 netns b type veth peer name rb netns r
	ip -n a addr add 192.0.2.2/24 dev eth0
	ip -n r addr add 192.0.2.1/24 dev ra
	ip -n b addr add 198.51.100.2/24 dev eth0
	ip -n r addr add 198.51.100.1/24 dev rb
	ip -n a addr add 2001:db8:a::2/64 dev eth0 nodad
	ip -n r addr add 2001:db8:a::1/64 dev ra nodad
	ip -n b addr add 2001:db8:b::2/64 dev eth0 nodad
	ip -n r addr add 2001:db8:b::1/64 dev rb nodad
	ip -n a link set eth0 up
	ip -n b link set eth0 up
	ip -n r link set ra up
	ip -n r link set rb up
	ip -n a route add default via 192.0.2.1
	ip -n b route add default via 198.51.100.1
	ip -n a route add default via 2001:db8:a::1
	ip -n b route add default via 2001:db8:b::1
	r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	permanent_neighbours
}

lan() {
	ip netns add l
	on_exit ip netns del l
	ip link add lan0 netns b type veth peer name eth0 netns l
	ip -n b addr add 192.168.50.1/24 dev lan0
	ip -n l addr add 192.168.50.2/24 dev eth0
	ip -n b link set lan0 up
	ip -n l link set eth0 up
	ip -n l route add default via 192.168.50.1
	ip -n a route add 192.168.50.0/24 dev wg0
	b sysctl -qw net.ipv4.ip_forward=1
}

tunnel() { # [ENDPOINT of b]
	wg genkey >"$work/a.key"
	wg genkey >"$work/b.key"
	key_a=$(wg pubkey <"$work/a.key") key_b=$(wg pubkey <"$work/b.key")
	export key_a key_b
	ip -n a link add wg0 type wireguard
	ip -n b link add wg0 type wireguard
	b wg set wg0 private-key "$work/b.key" listen-port 51821 peer "$key_a" \
		allowed-ips 10.0.0.1/32,fd00::1/128
	a wg set wg0 private-key "$work/a.key" listen-port 51820 peer "$key_b" \
		endpoint "${1:-198.51.100.2:51821}" allowed-ips 10.0.0.2/32,fd00::2/128,192.168.50.0/24
	ip -n a addr add 10.0.0.1/24 dev wg0
	ip -n b addr add 10.0.0.2/24 dev wg0
	ip -n a addr add fd00::1/64 dev wg0 nodad
	ip -n b addr add fd00::2/64 dev wg0 nodad
	ip -n a link set wg0 up
	ip -n b link set wg0 up
}

topology() { # [ENDPOINT of b]
	underlay
	tunnel "$@"
	on_exit "$wgt" down --all
}

# Until a packet came back: both ends have a session.
tunnel_works() { within 20 "a reaches b through the tunnel" a ping -q -c 1 -W 2 10.0.0.2 >/dev/null; }

answers() { # NETNS: to pings, so far
	in_ns "$1" awk '/^Icmp: [0-9]/ { n += $11 } $1 == "Icmp6InEchoReplies" { n += $2 } END { print n }' \
		/proc/net/snmp /proc/net/snmp6
}
# all_return NETNS ADDRESS COUNT INTERVAL: pings, all of which are answered. The kernel counts
# the answers: after its last packet ping waits for twice the longest answer or INTERVAL, if that
# is longer, whatever its -W says, and that is too short on a loaded machine.
all_return() {
	local expected
	expected=$(($(answers "$1") + $3))
	in_ns "$1" ping -q -c "$3" -i "$4" "$2" >/dev/null || true
	# shellcheck disable=SC2317,SC2329
	all_came() { (($(answers "$1") == expected)); }
	within 10 "ping $2 from $1: all of $3 answers" all_came "$1"
}

trace_both() {
	"$wgt" -n a up wg0 2>"$work/up.err"
	"$wgt" -n b up wg0 2>>"$work/up.err"
}

# --- check
# checks NETNS FINDINGS [DESTINATION]: what check says of wg0 without any traffic, above info. With
# $file set it reads the wg-quick file, which with -n it takes for another namespace's.
checks() {
	local code=0 got=0 check=("$wgt" -n "$1" check)
	[[ ! ${file-} ]] || check=(in_ns "$1" "$wgt" check)
	"${check[@]}" wg0 "${@:3}" --json >"$work/check.$1" || got=$?
	expect_eq "$fault: check of $1" "$2" \
		"$(jq -r '.findings[] | select(.severity != "info") | .id + " " + .severity' "$work/check.$1" | sort -u | paste -sd ,)"
	[[ $2 != *warning* ]] || code=1
	[[ $2 != *error* ]] || code=2
	expect_eq "$fault: exit status of check" "$code" "$got"
	! grep -q host.socket_unknown "$work/check.$1" || fail "$fault: the way out of $1 was not looked at"
}

# --- commands that run until they are told to stop
# start NAME ARGUMENT...: returns when it is listening. stdout: $work/NAME.out, stderr: NAME.err.
start() {
	local name=$1 line fifo=$work/$1.fifo fd
	shift
	: >"$work/$name.err"
	rm -f "$fifo"
	mkfifo "$fifo"
	"$wgt" "$@" >"$work/$name.out" 2>"$fifo" &
	pid_of[$name]=$!
	on_exit kill -9 $!
	exec {fd}<"$fifo"
	while IFS= read -r -t 90 line <&"$fd"; do
		echo "$line" >>"$work/$name.err"
		if [[ $line == listening* ]]; then
			cat <&"$fd" >>"$work/$name.err" &
			exec {fd}<&-
			return
		fi
	done
	fail "wg-trace $*: never listening; said: $(<"$work/$name.err")"
}

# start_in NETNS NAME ARGUMENT...: the connection is made there, too
start_in() {
	local saved=$wgt netns=$1
	wgt=$work/in-$netns
	printf '#!/bin/bash\nexec nsenter --net=/run/netns/%s -- %s "$@"\n' "$netns" "$saved" >"$wgt"
	chmod +x "$wgt"
	start "${@:2}"
	wgt=$saved
}

# stop NAME...: all at once, so that they see the same packets; what was counted until then is
# kept, because the kernel sends a keepalive when it likes
stop() {
	local name status
	for name; do kill -INT "${pid_of[$name]}"; done
	keep_counts
	for name; do
		status=0
		wait "${pid_of[$name]}" || status=$?
		((status != 3)) || "$wgt" show --json | jq -c '.lost'
		((status == 0 || status == 3)) || fail "exit status $status of $name: $(tail -n 1 "$work/$name.err")"
	done
}

# --- what the kernel counted: outer data messages by namespace and direction, by nft
count_messages() { # NETNS...
	local n
	for n; do
		in_ns "$n" nft -f - <<-'NFT'
			table inet count {
				counter out { }
				counter in { }
				counter keepalive_out { }
				counter keepalive_in { }
				counter inner { }
				chain output {
					type filter hook output priority -200
					oifname "eth0" meta l4proto udp @th,64,8 4 counter name out
					oifname "eth0" meta l4proto udp @th,64,8 4 udp length 40 counter name keepalive_out
				}
				chain prerouting {
					type filter hook prerouting priority -200
					# of a fragment nft takes any bytes for a header (nft_payload_fast_eval)
					ip frag-off & 0x1fff != 0 return
					frag frag-off != 0 return
					iifname "eth0" meta l4proto udp @th,64,8 4 counter name in
					iifname "eth0" meta l4proto udp @th,64,8 4 udp length 40 counter name keepalive_in
					iifname "wg0" counter name inner
				}
			}
		NFT
	done
}
# counted_now NETNS COUNTER
counted_now() { in_ns "$1" nft -j list counter inet count "$2" | jq '.nftables[] | select(.counter) | .counter.packets'; }
keep_counts() {
	local n
	for n in a b; do in_ns $n nft -j list counters >"$work/counters.$n" 2>/dev/null || true; done
}
# counted NETNS COUNTER [packets|bytes]: at the last stop
counted() {
	jq ".nftables[] | select(.counter.name == \"$2\") | .counter.${3:-packets}" "$work/counters.$1"
}

# --- paths, one tab-separated line each:
# 1 key 2 tx 3 rx 4 verdict 5 reason 6 certainty 7 inner 8 inner length 9 gso 10 outer
# 11 outer as received 12 outer length 13 ICMP type or port 14 kernel function
# paths NAME: $work/NAME.out, JSON, to $work/NAME.tsv; the summary's numbers are in $work/NAME.sum
paths() {
	local name=$1 lines
	jq -r -f /vm/guest/paths.jq "$work/$name.out" >"$work/$name.tsv"
	tail -n 1 "$work/$name.out" >"$work/$name.sum"
	lines=$(wc -l <"$work/$name.tsv")
	expect_eq "$name: paths in the summary" "$lines" "$(summary "$name" '.paths + .amended')"
	expect_eq "$name: lines in all" $((lines + 1)) "$(wc -l <"$work/$name.out")"
	[[ $name != join* ]] || expect_eq "$name: cut" false "$(summary "$name" .cut)"
}
summary() { jq -r "if .kind == \"summary\" then $2 else error(\"no summary\") end" "$work/$1.sum"; }

# join_of OUT RECORDING...: `join --json` of recordings, into $work/OUT.out and its table
join_of() {
	local name=$1 status=0
	shift
	"$wgt" join --json "${@/#/$work/}" >"$work/$name.out" 2>"$work/$name.err" || status=$?
	((status == 0 || status == 3)) || fail "exit status $status of join: $(<"$work/$name.err")"
	paths "$name"
}

# how many lines of NAME's table satisfy the awk EXPRESSION
how_many() { awk -F'\t' "$2 { n++ } END { print n + 0 }" "$work/$1.tsv"; }
sum_of() { awk -F'\t' "$2 { n += $3 } END { print n + 0 }" "$work/$1.tsv"; }

# Not one line may satisfy it; prints the first that do.
expect_none() { # WHAT NAME AWK-EXPRESSION
	local n
	n=$(how_many "$2" "$3")
	((n == 0)) && return
	awk -F'\t' "($3) && shown++ < 5" "$work/$2.tsv"
	fail "$2: $n paths $1"
}

# expect_seen WHAT NAME EXPECTED AWK-EXPRESSION: so many paths satisfy it; fewer only by records
# that NAME itself counted as lost, each of which may have been half of one
expect_seen() {
	local n lost
	n=$(how_many "$2" "$4") lost=$(summary "$2" .lost)
	((n <= $3 && n >= $3 - lost)) || fail "$1: expected '$3', got '$n' ($2 counts $lost records as lost)"
}

# expect_same_paths NAME NAME: all of their columns but certainty; with records lost there may be as
# many keys as those of which they tell different things
expect_same_paths() {
	local name lost=0 differ
	for name; do
		cut -f1-5,7-13 "$work/$name.tsv" | sort >"$work/$name.sorted"
		lost=$((lost + $(summary "$name" .lost)))
	done
	if ((lost == 0)); then
		expect_table "what $2 and $1 say" "$work/$1.sorted" "$work/$2.sorted"
		return
	fi
	differ=$(comm -3 "$work/$1.sorted" "$work/$2.sorted" | sed 's/^\t//' | cut -f1 | sort -u | wc -l)
	((differ <= lost)) || fail "what $2 and $1 say differs for $differ keys; records lost: $lost"
}

expect_unique_keys() { # NAME
	local twice
	twice=$(cut -f1 "$work/$1.tsv" | sort | uniq -d | sed -n 1,3p)
	[[ ! $twice ]] || fail "$1: seen more than once: $(grep -F "${twice%%$'\n'*}" "$work/$1.tsv" | sed -n 1,3p)"
}

# Every message that the kernel counted in namespace a and b is one path, whole, and nothing else is.
expect_exact() { # NAME
	local name=$1 lost sent seen
	expect_unique_keys "$name"
	lost=$(summary "$name" .lost)
	if ((lost)); then
		sent=$(($(counted a out) + $(counted b out) + $(counted a in) + $(counted b in)))
		seen=$(($(how_many "$name" '$2 != "-"') + $(how_many "$name" '$3 != "-"')))
		expect_eq "$name: records counted as lost ($sent messages at both ends, $seen seen)" $((sent - seen)) "$lost"
		echo "note: $name: $lost records lost, all counted"
		expect_none "called lost by the network" "$name" '$4 == "network.lost"'
		return
	fi
	expect_none "without a number" "$name" '$1 == "-"'
	expect_none "without its sender or receiver" "$name" '$2 == "-" || $3 == "-"'
	expect_none "not exact" "$name" '$6 != "exact"'
	expect_none "neither delivered nor a keepalive" "$name" '$4 != "delivered" && $4 != "keepalive"'
	expect_eq "$name: a to b" "$(counted a out)" "$(how_many "$name" '$2 == "a/wg0" && $3 == "b/wg0"')"
	expect_eq "$name: b to a" "$(counted b out)" "$(how_many "$name" '$2 == "b/wg0" && $3 == "a/wg0"')"
	expect_eq "b received what a sent" "$(counted a out)" "$(counted b in)"
	expect_eq "a received what b sent" "$(counted b out)" "$(counted a in)"
	expect_eq "$name: keepalives" $(($(counted a keepalive_out) + $(counted b keepalive_out))) \
		"$(how_many "$name" '$4 == "keepalive"')"
	expect_eq "$name: bytes of the outer packets from a" "$(counted a out bytes)" "$(sum_of "$name" '$2 == "a/wg0"' '$12')"
	expect_eq "$name: bytes of the outer packets from b" "$(counted b out bytes)" "$(sum_of "$name" '$2 == "b/wg0"' '$12')"
}

# --- what show counts: "NETNS VERDICT REASON COUNT" lines, sorted
shown_drops() {
	"$wgt" show --json | jq -r '.netns as $n |
		[.drops[], .drops_of_removed_peers[], .peers[].drops[]] |
		map({v: .verdict, r: (.reason // "-"), count}) | group_by([.v, .r])[] |
		[$n // "init", .[0].v, .[0].r, (map(.count) | add)] | @tsv' | sort
}
expect_nothing_shown_dropped() {
	shown_drops >"$work/shown"
	[[ ! -s $work/shown ]] || fail "show counts drops: $(tr '\t\n' ' ;' <"$work/shown")"
}

# --- nothing of ours
our_objects() {
	bpftool -j prog list | jq -r '.[] | select(.name // "" | startswith("wgt_")) | "prog \(.name)"'
	bpftool -j map list | jq -r '.[] | select(.name // "" | test("^(wgt_|wg_trace)")) | "map \(.name)"'
	bpftool -j link list | jq -r '.[] | "link \(.id) \(.type)"'
	find /sys/fs/bpf -mindepth 1
}
nothing_left() { [[ ! $(our_objects) ]]; }
expect_nothing_left() {
	# The kernel frees what was closed only after a grace period. Looking takes seconds itself.
	local end=$((SECONDS + 60))
	until nothing_left; do
		sleep 0.5
		((SECONDS < end)) || fail "left in the kernel: $(our_objects | tr '\n' ';')"
	done
}
