/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF object's bytes, for plugin/source/kernel/bpf_object.cpp. */
	.section .rodata
	.balign 16
	.globl wgt_bpf_object_begin
wgt_bpf_object_begin:
	.incbin WGT_BPF_OBJECT
	.globl wgt_bpf_object_end
wgt_bpf_object_end:
	.section .note.GNU-stack,"",@progbits
