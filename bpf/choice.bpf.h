/* SPDX-License-Identifier: GPL-2.0-only */
/* Which consumers want a packet: each is asked by its filter (filter.bpf.h), and only about its own
 * device. What nobody wants is left out before a record is made. */
#ifndef WGT_CHOICE_BPF_H
#define WGT_CHOICE_BPF_H

#include "filter.bpf.h"
#include "packet.bpf.h"

static __always_inline struct wgt_config *config(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&wgt_config, &zero);
}

static __always_inline void count_left_out(__u32 consumer, enum wgt_left_out why)
{
	__u32 place = consumer * WGT_LEFT_OUT + why;
	__u64 *n = bpf_map_lookup_elem(&wgt_left_out, &place);

	if (n) /* a softirq may come between */
		__sync_fetch_and_add(n, 1);
}

struct filter_round {
	struct wgt_choice *choice;
	__u64 packet;
	__u32 linear;
	__u32 length;
	__u32 filters;
	__u32 followers; /* who get it whatever they say: it carries a message */
	struct wgt_device_key device;
};

/* ifindex 0: of any device, as far as the kernel side can tell. */
static __always_inline bool is_of(const struct wgt_device_key *wanted,
				  const struct wgt_device_key *device)
{
	return !wanted->ifindex || !device->ifindex ||
	       (wanted->netns == device->netns && wanted->ifindex == device->ifindex);
}

static __always_inline void ask_one(struct filter_round *q, __u32 i)
{
	struct wgt_consumer *consumer = bpf_map_lookup_elem(&wgt_consumers, &i);

	if (!consumer)
		return;
	if (!is_of(&consumer->device, &q->device)) {
		q->choice->refused |= (1u << i) & ~q->followers;
	} else if (filter_takes(i, q->packet, q->linear, q->length)) {
		q->choice->matched |= 1u << i;
	} else if (!(q->followers & (1u << i))) {
		q->choice->refused |= 1u << i;
		count_left_out(i, WGT_LEFT_FILTERED);
	}
}

static long ask_filter(__u32 i, struct filter_round *q)
{
	if (i < WGT_MAX_CONSUMERS && q->filters & (1u << i) && q->choice)
		ask_one(q, i);
	return 0;
}

/* Is it UDP with a data message of WireGuard? As note_message() says later. */
static __always_inline bool carries_message(__u64 packet, __u32 linear, bool v6, __u8 proto)
{
	__u32 header = v6 ? OUTER6_BYTES : OUTER4_BYTES, type = 0;

	return proto == IPPROTO_UDP && linear >= header + sizeof(type) &&
	       !bpf_probe_read_kernel(&type, sizeof(type), (void *)(packet + header)) &&
	       type == MESSAGE_DATA;
}

/* By its header: behind what was just decrypted WireGuard's padding still stands, and both ends
 * must say the same. */
static __always_inline void look_at(struct filter_round *q, __u32 linear, __u32 carriers)
{
	__u8 h[12];
	bool v6;

	q->length = linear;
	if (linear >= 20 && !bpf_probe_read_kernel(h, sizeof(h), (void *)q->packet)) {
		v6 = h[0] >> 4 == 6;
		q->length = v6 ? be16_at(h + 4) + 40 : be16_at(h + 2);
		if (carriers && carries_message(q->packet, linear, v6, v6 ? h[6] : h[9]))
			q->followers = carriers;
	}
	q->linear = linear < q->length ? linear : q->length;
}

/* Asks every filter about a device's packet, of which so many bytes can be read at that
 * address. carriers: who get it whatever they say if it carries a message. */
VERIFIED_ONCE int ask_filters(struct wgt_choice *choice, const struct wgt_device_key *device,
			      __u64 packet, __u32 linear, __u32 carriers)
{
	struct wgt_config *c = config();
	struct filter_round q = {.choice = choice, .packet = packet};

	if (!c || !choice || !device)
		return 0;
	look_at(&q, linear, carriers);
	q.filters = c->filters;
	q.device = *device;
	choice->matched = 0;
	choice->refused = 0;
	if (q.filters == 1) /* one consumer, the usual case */
		ask_one(&q, 0);
	else if (q.filters)
		bpf_loop(WGT_MAX_CONSUMERS, ask_filter, &q, 0);
	return 0;
}

/* The same about the packet at skb->data. Whether nobody wants it. */
static __always_inline int nobody_wants(struct wgt_choice *choice,
					const struct wgt_device_key *device, __u64 skb_address,
					__u32 carriers)
{
	struct sk_buff *skb = (void *)skb_address;
	struct wgt_config *c = config();

	if (!c || !choice)
		return 0;
	ask_filters(choice, device, (__u64)BPF_CORE_READ(skb, data),
		    BPF_CORE_READ(skb, len) - BPF_CORE_READ(skb, data_len), carriers);
	return !(c->consumers & ~choice->refused);
}

/* Consumers that follow what is sent into the tunnel that carries it. */
static __always_inline __u32 followers(void)
{
	struct wgt_config *c = config();

	return c ? c->carriers : 0;
}

static __always_inline bool filtered(void)
{
	struct wgt_config *c = config();

	return c && c->filters;
}

#endif
