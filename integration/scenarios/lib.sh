# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What a case can use (README.md), and how it is run in the guest: it only collects what `judge`
# looks at later, outside, where processes start faster. Sourced after tests/vm/guest/lib.sh.
# shellcheck disable=SC2154

length=200
count=5

pings() { # NETNS ADDRESS [COUNT]
	in_ns "$1" ping -q -c "${3:-$count}" -i 0.01 -W 0.3 -s $((length - 28)) "$2" >/dev/null 2>&1 || true
}
datagrams() { # NETNS ADDRESS PORT [COUNT [BYTES]]
	# shellcheck disable=SC2016
	# a socket each: one that was refused refuses the next datagram itself
	in_ns "$1" bash -c 'printf -v data "%0$4d" 0
		for ((i = 0; i < $3; i++)); do printf %s "$data" >"/dev/udp/$1/$2"; done' \
		bash "$2" "$3" "${4:-$count}" "${5:-100}" 2>/dev/null || true
}

expect() { # NETNS VERDICT REASON [COUNT [SHOWN]]
	told "$2" "$3" "${4:-$count}"
	[[ $1 == - ]] || shown "$1" "$2" "${5:-$3}" "${4:-$count}"
}
told() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:-$count}" >>"$case/told"; }
shown() {
	if [[ ! ${watched-} && ${unwatched+set} ]]; then
		[[ $unwatched ]] || return 0
		set -- "$1" "${unwatched%% *}" "${unwatched#* }" "${4-}"
	fi
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-$count}" >>"$case/shown"
}
# unwatched_as [VERDICT REASON]: what show counts from here on while nobody watches; nothing
unwatched_as() { unwatched="$*"; }
inferred() { echo inferred >"$case/certainty" && settle=2.8; }
unbalanced() { echo "$*" >"$case/unbalanced"; }

# tx_errors NETNS INTERFACE
tx_errors() { ip -n "$1" -s -j link show "$2" | jq '.[0].stats64.tx.errors'; }

# A tunnel of its own beside wg0, new queues and all: 10.0.8.1 on a, 10.0.8.2 on b, port 51829.
# heal deletes it. wg8_key_a and wg8_key_b are its keys.
second_tunnel() {
	local n
	for n in a b; do
		wg genkey >"$work/wg8.$n"
		ip -n $n link add wg8 type wireguard 2>/dev/null || true
	done
	wg8_key_a=$(wg pubkey <"$work/wg8.a") wg8_key_b=$(wg pubkey <"$work/wg8.b")
	b wg set wg8 private-key "$work/wg8.b" listen-port 51829 peer "$wg8_key_a" allowed-ips 10.0.8.1/32
	a wg set wg8 private-key "$work/wg8.a" listen-port 51828 peer "$wg8_key_b" \
		endpoint 198.51.100.2:51829 allowed-ips 10.0.8.2/32,10.0.9.0/24
	ip -n a addr add 10.0.8.1/24 dev wg8
	ip -n b addr add 10.0.8.2/24 dev wg8
	for n in a b; do
		ip -n $n link set wg8 up
		"$wgt" -n $n up wg8 2>>"$work/up.err"
	done
}

# fault NETNS CHAIN-DEFINITION RULE: an nft table that heal removes
fault() {
	in_ns "$1" nft "add table inet fault; add chain inet fault c { type filter $2 policy accept; }
		add rule inet fault c $3"
}

# --- a healthy tunnel again, whatever a case did; in few processes

# Only devices that are there are named: for others the kernel would go and ask modprobe.
remember() {
	local n dev
	for n in a b r; do
		: >"$work/heal.$n.tc"
		for dev in eth0 ra rb lan0 wg0; do
			ip -n $n link show $dev >/dev/null 2>&1 || continue
			echo "link set $dev up"
			# which it loses when it goes down
			ip -n $n -6 -o addr show dev $dev scope global |
				awk '{ print "addr replace " $4 " dev " $2 " nodad" }'
			[[ $dev != wg0 ]] || echo "link set wg0 mtu 1420"
			printf 'qdisc del dev %s root\nqdisc del dev %s clsact\n' $dev $dev >>"$work/heal.$n.tc"
		done >"$work/heal.$n.ip"
		{
			ip -n $n route show default | sed 's/^/route replace /'
			ip -n $n -6 route show default | sed 's/^/route replace /'
			ip -n $n route show 192.168.50.0/24 dev wg0 2>/dev/null | sed 's/^/route replace /; s/$/ dev wg0/' || true
			ip -n $n neigh show nud permanent | sed 's/PERMANENT/nud permanent/; s/^/neigh replace /'
		} >>"$work/heal.$n.ip"
		[[ $n == r ]] || in_ns $n wg showconf wg0 >"$work/heal.$n.wg"
	done
}
heal() {
	local n
	for n in a b r; do
		# shellcheck disable=SC2016
		in_ns $n bash -c '
			for f in /proc/sys/net/ipv4/conf/*/rp_filter; do
				read -r v <"$f" && [[ $v == 0 ]] || echo 0 >"$f"
			done
			echo 1 >/proc/sys/net/ipv4/ip_forward
			nft delete table inet fault
			tc -force -batch "$1/heal.$2.tc"
			! grep -q wg8: /proc/net/dev || ip link del wg8
			ip -force -batch "$1/heal.$2.ip"
			[[ ! -e $1/heal.$2.wg ]] || wg showconf wg0 | cmp -s - "$1/heal.$2.wg" ||
				wg syncconf wg0 "$1/heal.$2.wg"' bash "$work" $n >/dev/null 2>&1 || true
	done
	tunnel_works
}

# --- what others count

count_entered() { # NETNS...: packets handed to wg0, super-packets as one
	local n
	for n; do
		in_ns "$n" nft -f - <<-'NFT'
			table inet entered {
				counter wg { }
				chain c {
					type filter hook postrouting priority 500
					oifname "wg*" counter name wg
				}
			}
		NFT
	done
}
# What was counted, when watch had put out $lines lines. Once more if it put one out meanwhile: a
# keepalive comes when it likes.
snapshot() { # before|after
	local n
	while
		lines=$(paths_put_out)
		for n in a b; do
			# shellcheck disable=SC2016
			in_ns $n bash -c 'nft -j list counters >"$1.nft"; wg show wg0 transfer >"$1.wg"
				grep wg0: /proc/net/dev >"$1.link"' bash "$case/$n.$1" 2>/dev/null
		done
		"$wgt" show --json >"$case/show.$1"
		sleep 0.1
		[[ $(paths_put_out) != "$lines" ]]
	do :; done
}
paths_put_out() { [[ ! ${watched-} ]] || wc -l <"$work/watch.out"; }

# run_case FILE: leaves in $case what judge needs. While nobody watches that is what show counts.
run_case() {
	settle=0.8
	# shellcheck source=/dev/null
	. "$1"
	heal
	# what belongs to healing has been put out
	sleep 0.4
	snapshot before
	since=$lines
	: >/sys/kernel/tracing/trace
	inject
	cp /sys/kernel/tracing/trace "$work/trace"
	# watch gives a missing record two seconds
	sleep $settle
	snapshot after
	[[ ! ${watched-} ]] || sed -n "$((since + 1)),${lines}p" "$work/watch.out" >"$case/paths"
	grep -o 'reason: [A-Z_0-9]*' "$work/trace" | sort | uniq -c >"$case/kfree" || true
	echo "$length" >"$case/length"
}

# run_cases FOLDER: all of them, or $CASES; what was told and counted goes home to judge
run_cases() {
	local file name
	for file in /vm/scenarios/cases/*.sh; do
		name=$(basename "$file" .sh)
		[[ ! ${CASES-} || " $CASES " == *" $name "* ]] || continue
		case=$1/$name
		mkdir -p "$case"
		set +e
		(
			set -e
			run_case "$file"
		) >"$case/log" 2>&1
		echo $? >"$case/status"
		set -e
		echo "${1##*/}: $name, status $(<"$case/status")"
	done
}
