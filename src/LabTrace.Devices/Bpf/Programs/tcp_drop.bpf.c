// SPDX-License-Identifier: GPL-2.0
/* TCP segments that the kernel threw away, why, and from where it did. */
#include "labtrace.h"

#define DROP (7 * 16 + 0)
#define DEPTH 32
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define TCP 6

struct lt_tcp_drop {
	struct lt_head head;
	__u32 reason; /* enum skb_drop_reason of the running kernel; its names are in the capture */
	__u16 family; /* 2 IPv4, 10 IPv6 */
	__u16 sport; /* host byte order */
	__u16 dport;
	__u8 tcp_flags;
	__u8 state; /* of the socket, 0 when there is none */
	__u32 length;
	__u8 saddr[16]; /* IPv4 in the first four */
	__u8 daddr[16];
	__u64 location; /* where in the kernel */
	__u32 frames;
	__u32 spare; /* 0 */
	__u64 stack[DEPTH];
};
_Static_assert(sizeof(struct lt_tcp_drop) == 368, "tcp_drop");

static __always_inline int drop(void *ctx, struct sk_buff *skb, __u64 location, __u32 reason)
{
	struct ipv4_header v4;
	struct ipv6_header v6;
	struct tcp_header tcp;
	struct lt_counters *c;
	struct lt_tcp_drop *r;
	unsigned char *head;
	struct sock *sk;
	__u16 network, transport, protocol;
	long got;

	if (!lt_wanted(0))
		return 0;
	protocol = BPF_CORE_READ(skb, protocol);
	network = BPF_CORE_READ(skb, network_header);
	transport = BPF_CORE_READ(skb, transport_header);
	head = BPF_CORE_READ(skb, head);
	if (protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_probe_read_kernel(&v4, sizeof(v4), head + network) || v4.protocol != TCP)
			return 0;
		/* Before the TCP code has seen it, the header is behind the IP header. */
		if (transport == 0xffff || transport <= network)
			transport = network + (v4.version_ihl & 15) * 4;
	} else if (protocol == bpf_htons(ETH_P_IPV6)) {
		if (bpf_probe_read_kernel(&v6, sizeof(v6), head + network) || v6.next != TCP)
			return 0;
		if (transport == 0xffff || transport <= network)
			transport = network + sizeof(v6);
	} else {
		return 0;
	}
	if (bpf_probe_read_kernel(&tcp, sizeof(tcp), head + transport))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	r = lt_reserve(c, sizeof(*r), DROP, 0);
	if (!r)
		return 0;
	r->reason = reason;
	__builtin_memset(r->saddr, 0, sizeof(r->saddr));
	__builtin_memset(r->daddr, 0, sizeof(r->daddr));
	if (protocol == bpf_htons(ETH_P_IP)) {
		r->family = 2;
		__builtin_memcpy(r->saddr, v4.saddr, 4);
		__builtin_memcpy(r->daddr, v4.daddr, 4);
	} else {
		r->family = 10;
		__builtin_memcpy(r->saddr, v6.saddr, 16);
		__builtin_memcpy(r->daddr, v6.daddr, 16);
	}
	r->sport = bpf_ntohs(tcp.source);
	r->dport = bpf_ntohs(tcp.dest);
	r->tcp_flags = tcp.flags;
	sk = BPF_CORE_READ(skb, sk);
	r->state = sk ? BPF_CORE_READ(sk, __sk_common.skc_state) : 0;
	r->length = BPF_CORE_READ(skb, len);
	r->location = location;
	r->spare = 0;
	__builtin_memset(r->stack, 0, sizeof(r->stack));
	got = bpf_get_stack(ctx, r->stack, sizeof(r->stack), 0);
	r->frames = got > 0 ? (__u32)got >> 3 : 0;
	lt_submit(r);
	return 0;
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(drop_btf, struct sk_buff *skb, void *location, __u32 reason)
{
	return drop(ctx, skb, (__u64)location, reason);
}

SEC("raw_tp/kfree_skb")
int BPF_PROG(drop_raw, struct sk_buff *skb, void *location, __u32 reason)
{
	return drop(ctx, skb, (__u64)location, reason);
}

SEC("tp/skb/kfree_skb")
int drop_tp(struct trace_event_raw_kfree_skb *ctx)
{
	return drop(ctx, ctx->skbaddr, (__u64)ctx->location, bpf_core_field_exists(ctx->reason) ? ctx->reason : 0);
}
