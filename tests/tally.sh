# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by tests/run and tests/long, in the top folder: a row for each thing that was tried, and
# the numbers of all of them.
# shellcheck source=integration/progress.sh
. integration/progress.sh

began=$EPOCHREALTIME
child=''
# shellcheck disable=SC2317,SC2329
stop() { # STATUS
	trap '' INT TERM HUP
	progress_stop
	[[ $child ]] && kill "$child" 2>/dev/null && wait "$child" 2>/dev/null
	exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop 129' HUP

# --- the tally

rows=() passed=0 failed=0 skipped=0
# row NAME STATUS SECONDS [PASSED FAILED SKIPPED]: without numbers the status is one test
row() {
	local p=${4-} f=${5-0} s=${6-0} word=passed
	[[ $p ]] || case $2 in
	0) p=1 ;;
	77) p=0 s=1 ;;
	*) p=0 f=1 ;;
	esac
	(($2 != 0 && $2 != 77 && f == 0)) && f=1
	((p == 0 && f == 0)) && word=skipped
	((f)) && word=FAILED
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	rows+=("$(printf '%-32s %-8s %6s passed %4s failed %4s skipped %6s s' "$1" "$word" "$p" "$f" "$s" "$3")")
}

# check NAME COMMAND...: one test that says nothing unless it fails
check() {
	local name=$1 status=0 since=$SECONDS
	shift
	progress "$name" "$@" || status=$?
	row "$name" "$status" $((SECONDS - since))
	((status == 0))
}

# vm_tests NAME ARGUMENT...: tests/vm/run, whose tests name themselves: "ok 6.12 pings (20 s)",
# "FAILED …", "skipped …"
vm_tests() {
	local name=$1 status=0 since=$SECONDS log
	shift
	log=$(mktemp "${TMPDIR:-/tmp}/wg-trace-vm.XXXXXX")
	tests/vm/run "$@" </dev/null > >(tee "$log" | relay "$name") 2>&1 &
	child=$!
	wait "$child" || status=$?
	child=''
	row "$name" "$status" $((SECONDS - since)) "$(grep -c '^ok ' "$log")" "$(grep -c '^FAILED ' "$log")" \
		"$(grep -c '^skipped ' "$log")"
	rm -f "$log"
}

# tell: the rows and the sums; false if anything failed
tell() {
	echo
	printf '%s\n' "${rows[@]}"
	echo
	echo "all in $(progress_time "$began")"
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}
