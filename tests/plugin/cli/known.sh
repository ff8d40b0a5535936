# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the program itself knows, read from its --help, for the tests of what is written by hand.

export LC_ALL=C # sorting
# shellcheck disable=SC2034 # the exit status of who reads this
bad=0
complain() {
	echo "$1" >&2
	# shellcheck disable=SC2034
	bad=1
}

# The names of the commands, one a line.
known_commands() { # WG-TRACE
	"$1" --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# A command's options, one a line: LETTER-or-- NAME VALUE-or--
known_options() { # WG-TRACE COMMAND
	"$1" "$2" --help | sed -nE '/^Options:$/,$s/^  (-([a-zA-Z]) \[ )?--([a-z-]+)( \])?( ([A-Z]+))? .*/\2 \3 \6/p' |
		sed -E 's/^ /- /; s/ $/ -/'
}
