# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What cannot work is refused with one clear sentence and the contract's exit status.
. /vm/guest/lib.sh

# expect_refusal STATUS TEXT COMMAND...: TEXT is a pattern of what the one sentence must say
expect_refusal() {
	local expected=$1 text=$2 status=0 said
	shift 2
	timeout 60 "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
	said=$(<"$work/stderr")
	[[ $status == "$expected" ]] || fail "$*: exit status $status instead of $expected; said: $said"
	[[ ! -s $work/stdout ]] || fail "$*: says on stdout: $(head -1 "$work/stdout")"
	grep -qiE -- "$text" "$work/stderr" || fail "$*: nothing about '$text': $said"
	# one sentence: for wrong usage the second line may say where help is; up says what it does
	[[ $(grep -cv -e '--help' -e '^\[#\] load' "$work/stderr") == 1 ]] || fail "$*: not one sentence: $said"
}
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

topology
# usage
expect_refusal 2 "bogus" "$wgt" bogus
expect_refusal 2 "bogus" "$wgt" up --bogus wg0
expect_refusal 2 "" "$wgt" up
expect_refusal 2 "" "$wgt" join
expect_refusal 2 "" "$wgt" watch
expect_refusal 2 "output|-o" "$wgt" -n a record wg0
expect_refusal 2 "seconds" "$wgt" -n a watch wg0 --for soon
expect_refusal 2 "color" "$wgt" -n a watch wg0 --color pink

# interfaces and namespaces
expect_refusal 1 "nosuch" "$wgt" -n a up nosuch
expect_refusal 1 "eth0.*WireGuard" "$wgt" -n a up eth0
expect_refusal 1 "nowhere" "$wgt" -n nowhere up wg0
for command in watch show; do
	expect_refusal 1 "wg0.*(traced|wg-trace up)|nothing is traced" "$wgt" -n a $command wg0
	expect_refusal 1 "nosuch" "$wgt" -n a $command nosuch
done
expect_refusal 0 "not traced.*wg0" "$wgt" -n a down wg0
expect_refusal 1 "nosuch" "$wgt" -n a down nosuch
expect_refusal 1 "wg0.*(traced|wg-trace up)|nothing is traced" "$wgt" -n a record wg0 -o "$work/x.wgt"

# files
expect_refusal 1 "missing.wgt.*No such file" "$wgt" join "$work/missing.wgt"
echo "some text that is no recording" >"$work/foreign"
expect_refusal 1 "foreign.*recording" "$wgt" join "$work/foreign"
expect_refusal 1 "director" "$wgt" join "$work"

# not root, with a binary and a directory that nobody may use
mkdir -m 755 "$work/open"
chmod 755 "$work"
cp "$wgt" "$work/open/wg-trace"
chmod 755 "$work/open/wg-trace"
expect_refusal 1 "root|CAP_" "${nobody[@]}" "$work/open/wg-trace" up wg0
expect_refusal 1 "root|CAP_" "${nobody[@]}" "$work/open/wg-trace" watch --all
expect_refusal 1 "root|CAP_" "${nobody[@]}" "$work/open/wg-trace" show
expect_refusal 1 "root|CAP_" "${nobody[@]}" "$work/open/wg-trace" down --all
touch "$work/open/secret.wgt"
chmod 000 "$work/open/secret.wgt"
expect_refusal 1 "secret.wgt.*Permission denied" "${nobody[@]}" "$work/open/wg-trace" join "$work/open/secret.wgt"

# a kernel without BTF
mkdir "$work/nothing"
mount --bind "$work/nothing" /sys/kernel/btf
on_exit umount /sys/kernel/btf
expect_refusal 1 "BTF" "$wgt" -n a up wg0
umount /sys/kernel/btf
expect_nothing_left

# addresses hidden from everybody
kptr_restrict=$(sysctl -n kernel.kptr_restrict)
on_exit sysctl -qw "kernel.kptr_restrict=$kptr_restrict"
sysctl -qw kernel.kptr_restrict=2
expect_refusal 1 "kernel.kptr_restrict" "$wgt" -n a up wg0
sysctl -qw "kernel.kptr_restrict=$kptr_restrict"
expect_nothing_left

# few descriptors, little memory: whatever does not fit is one sentence and status 1, never a signal
expect_refusal 1 "Too many open files" prlimit --nofile=6 "$wgt" -n a up wg0
"$wgt" -n a up wg0 2>/dev/null
expect_refusal 1 "Too many open files" prlimit --nofile=6 "$wgt" -n a watch wg0
for limit in nofile={5,8,12,16,20} as={40,60,80,100,140}000000; do
	status=0
	timeout -s INT 20 prlimit "--$limit" "$wgt" -n a watch wg0 --for 1 >/dev/null 2>"$work/stderr" || status=$?
	# 127: the dynamic linker had no room
	[[ $status =~ ^(0|1|127)$ ]] || fail "watch with $limit: status $status: $(<"$work/stderr")"
	((status != 1)) || [[ $(wc -l <"$work/stderr") == 1 ]] || fail "watch with $limit: $(<"$work/stderr")"
done

# pins that can only be read
on_exit mount -o remount,rw /sys/fs/bpf
mount -o remount,ro /sys/fs/bpf
expect_refusal 1 "Read-only" "$wgt" show
expect_refusal 1 "Read-only" "$wgt" -n a watch wg0
expect_refusal 1 "Read-only" "$wgt" -n a down wg0
mount -o remount,rw /sys/fs/bpf
"$wgt" down --all 2>/dev/null

# while traced: filters, places to write to
"$wgt" -n a up wg0 2>/dev/null
expect_refusal 2 "wibble" "$wgt" -n a watch wg0 wibble wobble
expect_refusal 2 "wibble" "$wgt" -n a record wg0 -o "$work/x.wgt" wibble wobble
expect_refusal 2 "inbound" "$wgt" -n a watch wg0 tcp and inbound
expect_refusal 1 "nodir.*No such file" "$wgt" -n a record wg0 -o "$work/nodir/x.wgt"
expect_refusal 1 "wg0.*(traced|wg-trace up)" "$wgt" -n b watch wg0

# A disk that is full is an error of every command; a reader that leaves is none of any.
expect_full() {
	local expected=$1 status=0
	shift
	timeout 60 "$wgt" "$@" >/dev/full 2>"$work/stderr" || status=$?
	[[ $status == "$expected" ]] || fail "$* >/dev/full: exit status $status: $(<"$work/stderr")"
	grep -q 'standard output: No space left' "$work/stderr" || fail "$* >/dev/full: $(<"$work/stderr")"
}
expect_full 1 hooks
expect_full 1 hooks --json
expect_full 1 show
expect_full 3 -n a health wg0
expect_full 3 -n a check wg0
ip netns exec a ping -q -i 0.05 -w 200 10.0.0.2 >/dev/null &
on_exit kill $!
expect_full 1 -n a watch wg0 --for 60
leaving() {
	{
		timeout 60 "$wgt" "$@" 2>"$work/stderr"
		echo $? >"$work/status"
	} | sed -n 1q >/dev/null
	[[ $(<"$work/status") == 0 ]] || fail "$* | head -1: exit status $(<"$work/status"): $(<"$work/stderr")"
	grep -v '^listening' "$work/stderr" && fail "$* | head -1 says something"
	return 0
}
leaving hooks
leaving -n a watch wg0
leaving -n a watch wg0 --json
on_exit umount "$work/small"
mkdir "$work/small"
mount -t tmpfs -o size=16k none "$work/small"
status=0
timeout 100 "$wgt" -n a record wg0 -o "$work/small/x.wgt" 2>"$work/stderr" || status=$?
expect_eq "exit status of a recording on a disk that gets full" 1 "$status"
grep -q 'small/x.wgt: No space left' "$work/stderr" || fail "a full disk: $(<"$work/stderr")"
status=0
"$wgt" join "$work/small/x.wgt" >/dev/null 2>"$work/stderr" || status=$?
expect_eq "exit status of join of what fitted" 3 "$status"
umount "$work/small"
"$wgt" down --all 2>/dev/null

# a kernel without the module
ip -n a link del wg0
ip -n b link del wg0
module_gone() { rmmod wireguard 2>/dev/null || ! grep -q '^wireguard ' /proc/modules; }
within 20 "rmmod wireguard" module_gone
on_exit modprobe wireguard
modprobe_path=$(sysctl -n kernel.modprobe)
on_exit sysctl -qw "kernel.modprobe=$modprobe_path"
sysctl -qw kernel.modprobe=/bin/false
expect_refusal 1 "WireGuard" "$wgt" -n a up wg0
expect_refusal 1 "WireGuard" "$wgt" -n a up eth0
