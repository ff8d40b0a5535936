# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced: put programs and the libraries they need into a guest tree.

# is_elf FILE: does it start as an ELF file does?
is_elf() {
	local magic
	LC_ALL=C read -rN4 magic 2>/dev/null <"$1" || return 1
	[[ $magic == $'\x7fELF' ]]
}

# guest_path PATH: where PATH lives in the guest, without the leading slash.
# /bin, /sbin and /lib* are symbolic links there; a second archive must not
# replace them with folders.
guest_path() {
	local p
	p=$(realpath -sm -- "/$1")
	case $p in
	/bin/* | /sbin/* | /lib/* | /lib64/*) p=/usr$p ;;
	esac
	printf '%s\n' "${p#/}"
}

# add_libs TREE FILE...: copy the shared libraries of FILEs into TREE. Those
# outside the system's library folders go to /usr/lib, where the loader looks.
add_libs() {
	local tree=$1 line lib dest missing=()
	shift
	(($#)) || return 0
	while read -r line; do
		case $line in
		*'=> not found'*) missing+=("${line%% *}") && continue ;;
		*'=> /'*) lib=${line#*=> } ;;
		/*'(0x'*) lib=$line ;;
		*) continue ;;
		esac
		lib=${lib% (0x*}
		case $lib in
		/lib/* | /lib64/* | /usr/lib/* | /usr/lib64/*) dest=$tree/$(guest_path "$lib") ;;
		*) dest=$tree/usr/lib/${lib##*/} ;;
		esac
		[[ -e $dest ]] && continue
		mkdir -p "${dest%/*}" && cp -L -- "$lib" "$dest" || return 1
	done < <(ldd -- "$@" 2>/dev/null | sort -u)
	if ((${#missing[@]})); then
		echo "shared libraries not found on this host: ${missing[*]}" >&2
		return 1
	fi
}

# pack TREE: TREE as an uncompressed initramfs archive on stdout.
pack() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --null --create --format=newc --owner=0:0 --quiet)
}
