/* SPDX-License-Identifier: GPL-2.0-only */
/* decrypt_packet's exit: decrypted, or why not. Preemptible: nothing of this CPU's. */
#ifndef WGT_RX_DECRYPT_BPF_H
#define WGT_RX_DECRYPT_BPF_H

#include "rx_record.bpf.h"

#define MAX_FRAGMENTS 64 /* more than decrypt_packet takes: MAX_SKB_FRAGS + 8 */

struct fragment_walk {
	__u64 skb;
	__u32 count;
};

static long walk_fragment(__u32 i, struct fragment_walk *w)
{
	struct sk_buff *skb = (void *)w->skb;

	if (!w->skb)
		return 1;
	w->count++;
	return bpf_probe_read_kernel(&w->skb, sizeof(w->skb), &skb->next) ? 1 : 0;
}

/* verdict | WHY_INFERRED | cause << 16 */
#define WHY_INFERRED 0x100

/*
 * Where decrypt_packet gave up, by what it left behind. It returns before it
 * touches the packet if the key is spent; it pulls the message's header before
 * it looks at what skb_cow_data gave; it pushes that again after decryption,
 * where only pskb_trim can fail. skb_cow_data leaves neither page fragments nor
 * a shared head unless it failed, and cannot fail on a packet that has neither;
 * after it, and the count of fragments, only authentication can fail.
 */
VERIFIED_ONCE __u32 why_not_decrypted(__u64 skb_address)
{
	struct sk_buff *skb = (void *)skb_address;
	const unsigned char *head = BPF_CORE_READ(skb, head);
	struct skb_shared_info *shared = (void *)(head + BPF_CORE_READ(skb, end));
	__u32 most = bpf_core_field_size(struct skb_shared_info, frags) / SKB_FRAG_BYTES + 8;
	__s64 pulled = distance(BPF_CORE_READ(skb, data), head) -
		       BPF_CORE_READ(skb, transport_header) - UDP_BYTES;
	struct fragment_walk w = {};

	if (!pulled)
		return WGT_V_RX_KEY_EXPIRED;
	if (pulled != sizeof(struct message_data) || BPF_CORE_READ(shared, nr_frags))
		return WGT_V_RX_NO_MEMORY;
	w.skb = (__u64)BPF_CORE_READ(shared, frag_list);
	if (w.skb) {
		bpf_loop(MAX_FRAGMENTS, walk_fragment, &w, 0);
		if (w.count + 1 > most)
			return WGT_V_RX_NO_MEMORY | WGT_CAUSE_TOO_MANY_FRAGMENTS << 16;
		return WGT_V_RX_AUTH_FAILED | WHY_INFERRED;
	}
	if (BPF_CORE_READ_BITFIELD_PROBED(skb, cloned)) {
		/* Still shared: it was then, too, and could not be copied. Else
		 * whoever shared it may have let go before or after. */
		if ((BPF_CORE_READ(shared, dataref.counter) & 0xffff) > 1)
			return WGT_V_RX_NO_MEMORY;
		return WGT_V_RX_AUTH_FAILED | WHY_INFERRED;
	}
	return WGT_V_RX_AUTH_FAILED;
}

SEC("fexit")
int BPF_PROG(wgt_decrypt, struct sk_buff *skb, struct noise_keypair *keypair, bool ok)
{
	struct wg_peer *peer = keypair->entry.peer;
	struct flight *f;
	__u32 why = 0;
	__u64 now, ip;

	if (ok && peer && skb->len) {
		struct wgt_peer_totals *t = peer_totals(peer->internal_id);

		if (t)
			t->decrypted++;
	}
	if (!ok)
		why = why_not_decrypted(argument(ctx, 0));
	if (!watched()) {
		if (!ok)
			refused_unrecorded(argument(ctx, 1), 0, why & 0xff, why >> 16);
		return 0;
	}
	if (!peer)
		return 0;
	now = bpf_ktime_get_ns();
	f = flight_find(&wgt_rx_flight, skb_id(skb));
	if (!f || f->state != RX_RECEIVED || f->rec.receiver_index != keypair->entry.index) {
		/* It was not linear on arrival, or its arrival was not seen. */
		struct wgt_device_key key = device_key(peer->device->dev);

		if (!traced(&key))
			return 0;
		f = flight_claim(&wgt_rx_flight, skb_id(skb), now, WGT_LOSS_RX_TABLE);
		if (!f)
			return 0;
		start_receiving(f, &key, 0);
		ip = (__u64)BPF_CORE_READ(skb, head) + skb->network_header;
		read_tuple_at(&f->rec.outer, ip, linear_of(argument(ctx, 0), ip));
		if (!ok) { /* the number is in the control block only on success */
			struct message_data m;
			const unsigned char *header = skb->head + skb->transport_header + UDP_BYTES;

			bpf_probe_read_kernel(&m, sizeof(m), header);
			set_key(&f->rec, m.key_idx, m.counter);
		} else {
			set_key(&f->rec, keypair->entry.index,
				*(__u64 *)(skb->cb + PACKET_CB_NONCE));
		}
	}
	if (ok && skb->len && filtered() &&
	    nobody_wants(&f->choice, &f->rec.device, argument(ctx, 0), 0)) {
		flight_release(f);
		return 0;
	}
	f->keypair = (__u64)keypair;
	f->peer_id = peer->internal_id;
	set_peer(&f->rec, peer);
	f->rec.hop_ns[WGT_HOP_DECRYPT] = now;
	if (!ok) {
		f->rec.drop_reason = why >> 16;
		if (why & WHY_INFERRED)
			f->rec.flags |= WGT_F_INFERRED;
		finish_receiving(f, why & 0xff);
		return 0;
	}
	f->plain_len = skb->len;
	if (skb->len)
		read_inner_at_data(&f->rec.inner, skb);
	if (skb->data_len && !f->rec.inner.version)
		f->plain_len = PLAIN_UNSEEN;
	f->state = RX_DECRYPTED;
	return 0;
}

#endif
