# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# kill -9 of watch and record at random moments: the tunnel works, the other watch misses nothing,
# show works, and after down nothing of ours is in the kernel.
. /vm/guest/lib.sh

# pause: up to 0.7 s, any moment
pause() { read -rt "0.$((RANDOM % 7))$((RANDOM % 10))" <> <(:) || true; }

# Killed while it attaches, while it works, while its ring is full of what nobody reads.
kill_one() { # ARGUMENT...
	"$wgt" "$@" >/dev/null 2>&1 &
	local pid=$!
	pause
	pause
	kill -9 $pid
	wait $pid 2>/dev/null || true
}

topology
trace_both
count_messages a b
start survivor watch --all --json
ip netns exec a ping -q -i 0.02 10.0.0.2 >/dev/null &
pinger=$!
for _ in 1 2 3; do
	kill_one watch --all --json
	kill_one -n a record wg0 -o "$work/killed.wgt"
	"$wgt" show --json >"$work/show" || fail "show after kill -9"
	expect_eq "interfaces in show" 2 "$(jq -s length "$work/show")"
done
# one that listens, which is not the same as one that begins
start victim -n b watch wg0 --json
kill -9 "${pid_of[victim]}"
wait "${pid_of[victim]}" || true
# Its place is given up at once: the bits of who wants records are the survivor's alone.
wanted() { bpftool -j map lookup pinned /sys/fs/bpf/wg-trace/map/wgt_config key 0 0 0 0 | jq .formatted.value.consumers; }
asking=$(wanted)
((asking != 0 && (asking & (asking - 1)) == 0)) || fail "who wants records after kill -9: $asking"
kill -INT $pinger
wait $pinger || true
all_return a 10.0.0.2 3 0.1
stop survivor
paths survivor
expect_exact survivor
expect_nothing_shown_dropped

# Nobody else watches: slots of the dead are free again, hooks for watching come and go.
for _ in 1 2; do kill_one watch --all --json; done
start again watch --all --json
all_return a 10.0.0.2 5 0.1
stop again
paths again
expect_seen "paths of a watch after the dead" again 10 '$7 == "4icmp" && $4 == "delivered"'

start left watch --all --json
kill -9 "${pid_of[left]}"
wait "${pid_of[left]}" || true
expect_eq "who wants records when nobody is left" 0 "$(wanted)"
"$wgt" down --all || fail "down --all"
expect_nothing_left
all_return a 10.0.0.2 3 0.1
