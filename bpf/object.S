/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF objects' bytes, for plugin/source/kernel. */
	.macro object name, file
	.balign 16
	.globl \name\()_begin
\name\()_begin:
	.incbin "\file"
	.globl \name\()_end
\name\()_end:
	.endm

	.section .rodata
	object wgt_bpf_object, WGT_BPF_OBJECT
	object wgt_symbols_object, WGT_SYMBOLS_OBJECT
	.section .note.GNU-stack,"",@progbits
