/* SPDX-License-Identifier: GPL-2.0-only */
/* What is asked of symbols.bpf.c, and its answers. Lives as long as one command. */
#ifndef WGT_ABI_SYMBOLS_H
#define WGT_ABI_SYMBOLS_H

#include <linux/types.h>

#define WGT_MAX_SYMBOLS	       128
#define WGT_SYMBOL_NAME_BYTES  64
#define WGT_SYMBOL_PLACE_BYTES 128

/* Map wgt_symbols. Asked in order; an empty name ends the list. */
struct wgt_symbol {
	char name[WGT_SYMBOL_NAME_BYTES];   /* zeroes up to its end */
	char place[WGT_SYMBOL_PLACE_BYTES]; /* its name, 0 and its length in bytes; see printk's %pS
					     */
	__u64 address;			    /* of its first byte */
	__s64 error;			    /* 0, or -ENOENT; -EPERM: addresses are hidden */
};

#endif
