# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Faults of handshakes that look alike from one end, watched at both: each attempt says where it
# ended. The same from recordings is in pair.sh.
. /vm/guest/lib.sh
. /vm/guest/health/faults.sh

# What is told beside the steps of a handshake that goes well: a line each,
# NETNS ID [FATE NETNS RESULT], without those said twice.
told() {
	tail -n "+$1" "$work/hs.out" | jq -r 'select(.kind == "handshake") |
		select(.id | IN("initiation_sent", "initiation_accepted", "response_sent", "hs.completed", "hs.silence") | not) |
		[.netns, .id, .other_end.fate // empty, .other_end.netns // empty,
			.other_end.id // .other_end.reason // .reason // .error // empty] | join(" ")' |
		sort -u | paste -sd ';'
}
# tells FAULT TOLD: and nothing else
tells() {
	local began got='' end
	[[ ! ${CASES-} || " $CASES " == *" $1 "* ]] || return 0
	bounce b
	bounce a
	sleep 0.1
	"inject_$1"
	began=$(($(wc -l <"$work/hs.out") + 1))
	# an attempt is known to have failed when the next one is made, 5 s later
	knock 5.5
	end=$(($(uptime_s) + 15))
	while got=$(told "$began") && [[ $got != "$2" ]] && (($(uptime_s) < end)); do
		knock 1
	done
	if [[ $got != "$2" ]]; then
		bad+="$1: expected '$2', got '$got'; "
		tail -n "+$began" "$work/hs.out" | cut -c1-300
	fi
	"undo_$1"
	echo "$1: $got"
}

topology
lan
trace_both
tunnel_works
bad=''
start hs watch --all --handshakes --json
tells wrong_responder_key 'a hs.no_answer refused b hs.wrong_responder_key;b hs.wrong_responder_key'
tells unknown_initiator 'a hs.no_answer refused b hs.unknown_initiator;b hs.unknown_initiator'
tells psk_mismatch 'a hs.psk_mismatch'
tells no_identity 'a hs.no_identity'
tells firewall_out 'a dropped_out NETFILTER_DROP;a hs.no_answer dropped_leaving a NETFILTER_DROP'
tells lost_there 'a hs.no_answer never_came b'
tells lost_back 'a hs.no_answer answer_lost b'
tells rejected 'a hs.no_answer never_came b'
tells firewall_in 'a hs.no_answer dropped_arriving b NETFILTER_DROP;b dropped_in NETFILTER_DROP'
tells answer_firewall_out 'a hs.no_answer answer_not_leaving b NETFILTER_DROP;b dropped_out NETFILTER_DROP'
tells answer_firewall_in 'a dropped_in NETFILTER_DROP;a hs.no_answer answer_dropped a NETFILTER_DROP'
tells wrong_port 'a hs.no_answer never_came b'
tells other_end_down 'a hs.no_answer dropped_arriving b NO_SOCKET;b dropped_in NO_SOCKET'
tells no_route 'a hs.not_leaving ENETUNREACH'
tells blackhole 'a hs.not_leaving EINVAL'
tells dead_next_hop 'a dropped_out NEIGH_FAILED;a hs.no_answer dropped_leaving a NEIGH_FAILED'
tells ttl 'a hs.no_answer never_came b'
tells handshakes_filtered 'a hs.no_answer never_came b'
tells conntrack_full 'a hs.no_answer never_came b'
# no answer within 5 s, and then it comes
tells slow 'a hs.late_response;a hs.no_answer never_came b'
tells crossed 'a hs.crossed;b hs.crossed'
tells clock_backwards 'a hs.no_answer refused b hs.replayed_timestamp;b hs.replayed_timestamp'
# packets ask for the next attempt before the timer that tells of the last
if [[ ! ${CASES-} || " $CASES " == *" steady "* ]]; then
	inject_lost_there
	bounce a
	began=$(($(wc -l <"$work/hs.out") + 1))
	a ping -q -i 0.02 -w 11 10.0.0.2 >/dev/null 2>&1 || true
	undo_lost_there
	steps_of() { tail -n "+$began" "$work/hs.out" | jq -r 'select(.netns == "a") | .id' | grep -cx "$1" || true; }
	sleep 0.5
	sent=$(steps_of initiation_sent)
	((sent >= 3)) && [[ $(steps_of hs.no_answer) -ge $((sent - 1)) ]] ||
		bad+="steady: $sent attempts, $(steps_of hs.no_answer) times no answer; "
	echo "steady: $sent attempts"
fi
stop hs
cp "$work/hs.out" /tmp/keep/handshakes.json
[[ ! $bad ]] || fail "$bad"
