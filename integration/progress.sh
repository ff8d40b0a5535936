# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced: what a person sees while something takes time.
#
#   progress TEXT COMMAND...   run COMMAND quietly; its output only if it fails
#   relay                      stdin to stdout; a clock while nothing comes
#   progress_stop              for the caller's traps: end what progress runs
#
# On a terminal a line counts the seconds and goes away again; elsewhere plain lines say
# what has begun, every half minute that it goes on, and how long it took.

progress_child=''

# progress_time SINCE: seconds since $EPOCHREALTIME was SINCE, as people write them
progress_time() {
	local ms=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 1000))
	if ((ms < 10000)); then
		printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
	elif ((ms < 60000)); then
		printf '%d s' $((ms / 1000))
	else
		printf '%d min %d s' $((ms / 60000)) $((ms % 60000 / 1000))
	fi
}

# progress_line TEXT SINCE [LOG]: how long it goes on, and what the log says last
progress_line() {
	local line last=''
	line="$1 … $(progress_time "$2")"
	[[ ${3-} ]] && last=$(tail -c 400 "$3" 2>/dev/null | tr '\r\t' '\n ' | grep -a . | tail -n 1 || true)
	[[ $last ]] && line+="  ${last//[^[:print:]]/}"
	printf '%.*s' $((${COLUMNS:-80} - 1)) "$line"
}
# progress_clock, the same: in the place of the line before
progress_clock() { printf '\r\033[K%s' "$(progress_line "$@")" >&2; }

# progress_show TEXT SINCE LOG: runs beside the command, and ends with its parent at the latest
progress_show() {
	local parent=$$ rounds=0
	sleep 0.5
	[[ -t 2 ]] || echo "$1 …" >&2
	while [[ -d /proc/$parent ]]; do
		if [[ -t 2 ]]; then
			progress_clock "$1" "$2" "$3"
			sleep 0.5
			continue
		fi
		sleep 1
		((++rounds % 30)) || printf '%s\n' "$(progress_line "$@")" >&2
	done
}

progress() {
	local text=$1 since=$EPOCHREALTIME status=0 name log shower
	shift
	# Open but without a name: nothing is left behind, however this ends.
	name=$(mktemp "${TMPDIR:-/tmp}/wg-trace-log.XXXXXX")
	exec {log}<>"$name"
	rm -f "$name"
	# In the background, so that a signal to this script need not wait for the command.
	"$@" >&"$log" 2>&1 </dev/null &
	progress_child=$!
	progress_show "$text" "$since" "/proc/$$/fd/$log" &
	shower=$!
	wait "$progress_child" || status=$?
	progress_child=''
	kill "$shower" 2>/dev/null || true
	wait "$shower" 2>/dev/null || true
	[[ -t 2 ]] && printf '\r\033[K' >&2
	if ((status != 0 && status != 77)); then
		echo "$text: failed after $(progress_time "$since"), exit status $status" >&2
		tail -n "${PROGRESS_LINES:-60}" "/proc/$$/fd/$log" | sed 's/^/  /' >&2
	elif ((status == 77)); then
		echo "$text: skipped" >&2
		tail -n 5 "/proc/$$/fd/$log" | sed 's/^/  /' >&2
	elif ((${EPOCHREALTIME/[.,]/} - ${since/[.,]/} > 500000)); then
		echo "$text: $(progress_time "$since")" >&2
	fi
	exec {log}>&-
	return "$status"
}

progress_stop() {
	[[ $progress_child ]] || return 0
	kill "$progress_child" 2>/dev/null || true
	wait "$progress_child" 2>/dev/null || true
	progress_child=''
}

relay() { # TEXT
	local line='' part since=$EPOCHREALTIME status
	if [[ ! -t 2 ]]; then
		cat
		return
	fi
	while :; do
		status=0
		IFS= read -r -t 0.5 part || status=$?
		line+=$part
		if ((status > 128)); then
			progress_clock "$1" "$since"
			continue
		fi
		((status == 0)) || break
		printf '\r\033[K' >&2
		printf '%s\n' "$line"
		line='' since=$EPOCHREALTIME
	done
	printf '\r\033[K' >&2
	printf '%s' "$line"
}
