# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Faults of keys, handshakes, paths and configuration, one after the other: health has to name
# exactly the right one, on the end that can know it, and nothing else above info.
. /vm/guest/lib.sh
for file in /vm/guest/health/*.sh; do
	# shellcheck source=/dev/null
	. "$file"
done

case_began=$(uptime_s)

# ask NETNS: leaves the report in $work/health.NETNS and its exit status in $asked
ask() {
	asked=0
	"$wgt" -n "$1" health wg0 --json --since $(($(uptime_s) - case_began + 1)) \
		>"$work/health.$1" 2>"$work/health.$1.err" || asked=$?
	((asked != 3)) || fail "health of $1: $(<"$work/health.$1.err")"
}
found() { jq -r '.findings[] | select(.severity != "info") | .id + " " + .severity' "$work/health.$1" | sort | paste -sd ,; }
# was_found NETNS FINDINGS: what was asked last; "id severity,…" above info, sorted; the exit status fits
was_found() {
	local code=0
	[[ $(found "$1") == "$2" ]] || jq -c 'select(.findings) | .findings[] | del(.advice, .command)' "$work/health.$1"
	expect_eq "$fault: findings of $1" "$2" "$(found "$1")"
	[[ $2 != *warning* ]] || code=1
	[[ $2 != *error* ]] || code=2
	expect_eq "$fault: exit status for $1" "$code" "$asked"
}
finds() { # NETNS FINDINGS
	ask "$1"
	was_found "$@"
}
# until_found SECONDS NETNS FINDINGS
until_found() {
	local end=$(($(uptime_s) + $1))
	while ask "$2" && [[ $(found "$2") != "$3" ]] && (($(uptime_s) < end)); do
		# waiting is free here, asking is not
		sleep 2.5
	done
	was_found "$2" "$3"
}
says() { # NETNS ID JQ-EXPRESSION EXPECTED: of the finding's object
	expect_eq "$fault: $2 of $1: $3" "$4" "$(jq -r --arg id "$2" '.findings[] | select(.id == $id) | '"$3" "$work/health.$1")"
}
status_is() { # NETNS STATUS...: one of them
	local got
	got=$(jq -r 'select(.kind == "peer_health") | .status' "$work/health.$1")
	[[ " ${*:2} " == *" $got "* ]] || fail "$fault: status of $1: '$got' is none of: ${*:2}"
}

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
ip -n r link set wg9 up
"$wgt" -n r up wg9 2>/dev/null
took=$EPOCHREALTIME
"$wgt" -n r health wg9 --json >"$work/many.json" || fail "2000 peers: exit status $?"
took=$(awk "BEGIN { printf \"%.0f\", ($EPOCHREALTIME - $took) * 1000 }")
expect_eq "peers told" 2001 "$(wc -l <"$work/many.json")"
echo "2000 peers in $took ms"
((took < 1000)) || fail "2000 peers took $took ms"
