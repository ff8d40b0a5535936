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
expect() { :; }
told() { :; }
shown() { :; }
inferred() { :; }
unbalanced() { :; }
unwatched_as() { :; }

# ask ARGUMENT...: in a
ask() {
	status=0
	"$wgt" -n a why "$@" --count 2 --json >"$work/why.out" 2>"$work/why.err" || status=$?
	[[ -s $work/why.out ]] || fail "$fault: why $1: status $status: $(<"$work/why.err")"
	cat "$work/why.out" >>/tmp/keep/why.json
}
answer() { echo "$status $(jq -r '"\(.id) \(.step)"' "$work/why.out")"; }
# why STATUS ID STEP ARGUMENT...
why() {
	ask "${@:4}"
	expect_eq "$fault: status, id and step" "$1 $2 $3" "$(answer)"
}
says() { # JQ-EXPRESSION EXPECTED
	expect_eq "$fault: $1" "$2" "$(jq -r "$1" "$work/why.out")"
}

# --- the faults, as why/cases has them. A case sends pings when its fault is there: then it is asked.
pings() { # NETNS ADDRESS
	# a tunnel of the case's own is traced at both ends
	[[ $ends == both ]] || "$wgt" -n b down --all 2>/dev/null || true
	ask "$2" --size $((length - 28))
	jq -r --arg case "$fault, $ends" '"\($case): \(.status) \(.id) \(.step): \(.message)"' "$work/why.out"
	[[ $expected == "$(answer)" ]] ||
		echo "$fault, $ends: expected '$expected', got '$(answer)'" | tee -a "$work/wrong"
}
ask_case() ( # FILE ADDRESS: in a shell of its own, as its functions are
	# shellcheck source=/dev/null
	. "$1"
	length=200
	inject
	[[ ! $2 ]] || pings a "$2"
)
run_cases_with() { # both|one COLUMN
	local name at address
	ends=$1
	while IFS='|' read -r name at expected; do
		[[ $ends == one ]] || expected=$at
		read -r name address <<<"$name"
		read -r expected <<<"$expected"
		[[ $name && $name != '#'* ]] || continue
		[[ ! ${CASES-} || " $CASES " == *" $name "* ]] || continue
		[[ ${EVERYTHING-} || ${CASES-} || $expected == '*'* ]] || continue
		expected=${expected#'*'} fault=$name
		ask_case "/vm/scenarios/cases/$name.sh" "${address#@}"
		heal
	done </vm/guest/why/cases
}

trace_both
run_cases_with both
heal
fault="both ends"
if [[ ! ${CASES-} ]]; then
	why 0 why.answered null 10.0.0.2
	# every stage has its time, on both hosts and in between
	says '.probes | map(.there.network.ns >= 0 and .back.network.ns >= 0 and (.there.tx.hops | length) == 4
		and (.there.rx.hops[-1].stage == "delivered") and .answer_ns > 0) | all' true
	status=0
	"$wgt" -n a ping 10.0.0.2 --count 3 >"$work/ping" 2>"$work/ping.err" || status=$?
	expect_eq "status of ping" 0 "$status"
	expect_eq "lines of ping with every time" 3 "$(grep -c '^ *[123]\( *[0-9.]*\)\{7\}$' "$work/ping")"
	grep -q '^3 probes, 3 answered, 0% lost$' "$work/ping" || fail "ping: $(<"$work/ping")"
	fault="the other end listens"
	start_in b listen listen wg0
	status=0
	a "$wgt" why 10.0.0.2 --count 2 --json --pair 10.0.0.2 >"$work/why.out" 2>"$work/why.err" || status=$?
	expect_eq "$fault" "0 why.answered null" "$(answer)"
	says '[.probes[] | .there.rx.netns, .back.tx.netns] | unique | join(" ")' b
	stop listen
	fault="nobody listens"
	status=0
	a "$wgt" why 10.0.0.2 --count 2 --json --pair 198.51.100.2 >"$work/why.out" 2>"$work/why.err" || status=$?
	expect_eq "$fault" "0 why.answered null" "$(answer)"
	grep -q '^asking with this end alone$' "$work/why.err" || fail "$fault: $(<"$work/why.err")"
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
	fault="too big"
	why 2 why.too_big route 10.0.0.2 --size 1440 --df
	says '.advice' 'The largest --size that fits is 1392'
fi

"$wgt" -n b down wg0 2>/dev/null
run_cases_with one
heal
# One that is not traced is, meanwhile.
"$wgt" down --all 2>/dev/null
if [[ ! ${CASES-} ]]; then
	fault="rejected behind"
	in_ns l nft 'add table inet fault; add chain inet fault c { type filter hook input priority 0; }
		add rule inet fault c reject with icmpx type admin-prohibited'
	why 2 why.rejected answer 192.168.50.2 80
	says '.probes[0].rejected | "\(.by) \(.reason)"' '192.168.50.2 admin_prohibited'
	in_ns l nft delete table inet fault
	[[ ! -e /sys/fs/bpf/wg-trace ]] || fail "why left something in the kernel: $(ls /sys/fs/bpf/wg-trace)"

	# --- no tunnel's
	fault="no tunnel"
	why 3 why.not_routed route 192.0.2.1
	fault="elsewhere"
	ip -n a route del 192.168.50.0/24 dev wg0
	why 2 config.route_elsewhere route 192.168.50.2
	ip -n a route add 192.168.50.0/24 dev wg0
	# as text, by name, with large packets, and ended by Ctrl-C
	echo '10.0.0.2 b.example.net' >>/etc/hosts
	status=0
	"$wgt" -n a why b.example.net --df >"$work/text" 2>"$work/why.err" || status=$?
	expect_eq "status of text" 0 "$status"
	# however it is broken into lines
	[[ $(tr -s ' \n' ' ' <"$work/text") == *'10.0.0.2 answers through wg0, peer '*': 3 of 3 probes of 1420 bytes, not fragmented '* ]] ||
		fail "text: $(<"$work/text")"
	grep -q '^b.example.net is 10.0.0.2$' "$work/why.err" || fail "name: $(<"$work/why.err")"
	fault r 'hook forward priority 0;' 'udp dport 51821 drop'
	"$wgt" -n a why 10.0.0.2 --count 100 >"$work/text" 2>"$work/why.err" &
	asked=$!
	probing() { grep -q probing "$work/why.err"; }
	within 20 "why begins" probing
	kill -INT $asked
	wait $asked || true
	[[ ! -e /sys/fs/bpf/wg-trace ]] || fail "an interrupted why left something in the kernel"
fi

[[ ! -s $work/wrong ]] || fail "$(wc -l <"$work/wrong") cases: $(paste -sd ';' "$work/wrong")"
