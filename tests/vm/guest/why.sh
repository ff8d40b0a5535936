# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# why: of faults of integration/scenarios that a probe meets, it names the same cause as watch does,
# with both ends and with one; where one end cannot know, it says so. Nothing stays traced.
. /vm/guest/lib.sh
. /vm/scenarios/lib.sh

topology
lan
tunnel_works
remember
# Only the fault of a case is wanted: what it counts, others test.
pings() { :; }
expect() { :; }
told() { :; }
shown() { :; }
inferred() { :; }

# why STATUS ID STEP ARGUMENT...: asked in a
why() {
	local got=0
	"$wgt" -n a why "${@:4}" --count 2 --json >"$work/why.out" 2>"$work/why.err" || got=$?
	[[ -s $work/why.out ]] || fail "$fault: why $4: status $got: $(<"$work/why.err")"
	cat "$work/why.out" >>/tmp/keep/why.json
	jq -r '"\(.status) \(.id): \(.message)"' "$work/why.out"
	expect_eq "$fault: id and step" "$2 $3" "$(jq -r '"\(.id) \(.step)"' "$work/why.out")"
	expect_eq "$fault: exit status" "$1" "$got"
}
says() { # JQ-EXPRESSION EXPECTED
	expect_eq "$fault: $1" "$2" "$(jq -r "$1" "$work/why.out")"
}
# provoke CASE: on a healthy tunnel
provoke() {
	fault=$1
	[[ $1 != healthy ]] || { heal && return; }
	# shellcheck source=/dev/null
	. "/vm/scenarios/cases/$1.sh"
	heal
	inject
}
# name, destination, with both ends: status id step; with one, where asked
unknown='3 why.other_end_unwatched outer_out'
cases=(
	'healthy 10.0.0.2 | 0 why.answered null | 0 why.answered null'
	'no_peer 10.0.0.77 | 2 tx.no_peer wg_xmit'
	'no_endpoint 10.0.0.3 | 2 tx.no_endpoint wg_xmit'
	'inner_out_output_policy 10.0.0.2 | 2 inner_out null'
	'no_route 10.0.0.2 | 2 tx.no_route udp_tunnel_xmit'
	'outer_out_firewall 10.0.0.2 | 2 outer_out outer_out | 2 outer_out outer_out'
	'rejected_firewall 10.0.0.2 | 2 network.rejected network | 2 network.rejected network'
	"network_lost 10.0.0.2 | 2 network.lost network | $unknown"
	"outer_in_firewall 10.0.0.2 | 2 outer_in outer_in"
	"disallowed_source 10.0.0.2 | 2 rx.disallowed_source allowed_ips | $unknown"
	"inner_in_input_policy 10.0.0.2 | 2 inner_in delivered"
	"inner_in_forwarding_off 192.168.50.2 | 2 inner_in delivered"
)
run_all() { # COLUMN
	local line name to expected
	for line in "${cases[@]}"; do
		read -r name to _ <<<"$line"
		[[ ! ${CASES-} || " $CASES " == *" $name "* ]] || continue
		[[ $line == *'|'*'|'* || $1 == 2 ]] || continue
		expected=$(cut -d'|' -f"$1" <<<"$line")
		provoke "$name"
		# shellcheck disable=SC2086
		why $expected "$to"
	done
}

trace_both
run_all 2
heal
fault="both ends"
why 0 why.answered null 10.0.0.2
# every stage has its time, on both hosts and in between
says '.probes | map(.there.network.ns >= 0 and .back.network.ns >= 0 and (.there.tx.hops | length) == 4
	and (.there.rx.hops[-1].stage == "delivered") and .answer_ns > 0) | all' true
status=0
"$wgt" -n a ping 10.0.0.2 --count 3 >"$work/ping" 2>"$work/ping.err" || status=$?
expect_eq "status of ping" 0 "$status"
expect_eq "lines of ping with every time" 3 "$(grep -c '^ *[123]\( *[0-9.]*\)\{7\}$' "$work/ping")"
grep -q '^3 probes, 3 answered, 0% lost$' "$work/ping" || fail "ping: $(<"$work/ping")"
fault="a port"
why 2 why.port_closed answer 10.0.0.2 9
fault="no answer"
b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
why 2 why.no_answer answer 10.0.0.2
b sysctl -qw net.ipv4.icmp_echo_ignore_all=0
fault="the answer dies"
fault b 'hook output priority 0;' 'oifname wg0 drop'
why 2 inner_out null 10.0.0.2
heal

"$wgt" -n b down wg0 2>/dev/null
run_all 3
heal
# One that is not traced is, meanwhile.
"$wgt" down --all 2>/dev/null
fault="one end"
why 0 why.answered null 10.0.0.2
says '.probes | map(.there.network == null and .there.tx.hops != [] and .back.rx.hops != []) | all' true
[[ ! -e /sys/fs/bpf/wg-trace ]] || fail "why left something in the kernel: $(ls /sys/fs/bpf/wg-trace)"
"$wgt" -n a show wg0 2>/dev/null && fail "why left wg0 traced"

# --- no tunnel's
fault="no tunnel"
why 3 why.not_routed route 192.0.2.1
fault="elsewhere"
ip -n a route del 192.168.50.0/24 dev wg0
why 2 config.route_elsewhere route 192.168.50.2
ip -n a route add 192.168.50.0/24 dev wg0
# as text, and ended by Ctrl-C
status=0
"$wgt" -n a why 10.0.0.2 >"$work/text" 2>"$work/why.err" || status=$?
expect_eq "status of text" 0 "$status"
grep -q '^\(OK\|✓\|+\|\*\|v\).*10.0.0.2 answers through wg0' "$work/text" || fail "text: $(<"$work/text")"
fault r 'hook forward priority 0;' 'udp dport 51821 drop'
"$wgt" -n a why 10.0.0.2 --count 100 >"$work/text" 2>"$work/why.err" &
asked=$!
probing() { grep -q probing "$work/why.err"; }
within 20 "why begins" probing
kill -INT $asked
wait $asked || true
[[ ! -e /sys/fs/bpf/wg-trace ]] || fail "an interrupted why left something in the kernel"
