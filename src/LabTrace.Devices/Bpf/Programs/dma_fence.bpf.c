// SPDX-License-Identifier: GPL-2.0
/* The life of DMA fences, and how long somebody waited for one. */
#include "labtrace.h"

#define NAME 32

enum { INIT, DESTROY, ENABLE_SIGNAL, SIGNALED, WAIT_START, WAIT_END, EMIT };

struct lt_dma_fence {
	struct lt_head head;
	__u64 context; /* the tracepoint has 32 bits of it */
	__u64 seqno;
	__u64 duration; /* ns, in WAIT_END whose start was seen, else 0 */
	char driver[NAME];
	char timeline[NAME];
};
_Static_assert(sizeof(struct lt_dma_fence) == 136, "dma_fence");

struct wait {
	__u32 pid, context, seqno, spare;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct wait);
	__type(value, __u64);
} waits SEC(".maps");

static __always_inline int fence(struct trace_event_raw_dma_fence *ctx, __u32 event)
{
	struct wait key = { (__u32)bpf_get_current_pid_tgid(), ctx->context, ctx->seqno, 0 };
	struct lt_counters *c;
	struct lt_dma_fence *r;
	__u64 duration = 0;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	if (event == WAIT_START) {
		__u64 now = bpf_ktime_get_ns();

		if (bpf_map_update_elem(&waits, &key, &now, 0))
			__sync_fetch_and_add(&c->overflow, 1);
	} else if (event == WAIT_END) {
		__u64 *start = bpf_map_lookup_elem(&waits, &key);

		if (start) {
			duration = bpf_ktime_get_ns() - *start;
			bpf_map_delete_elem(&waits, &key);
		} else {
			__sync_fetch_and_add(&c->unmatched, 1);
		}
		if (duration < config.min_duration)
			return 0;
	}
	r = lt_reserve(c, sizeof(*r), 3 * 16 + event, 0);
	if (!r)
		return 0;
	r->context = ctx->context;
	r->seqno = ctx->seqno;
	r->duration = duration;
	__builtin_memset(r->driver, 0, NAME);
	__builtin_memset(r->timeline, 0, NAME);
	bpf_probe_read_kernel_str(r->driver, NAME, (char *)ctx + (ctx->__data_loc_driver & 0xffff));
	bpf_probe_read_kernel_str(r->timeline, NAME, (char *)ctx + (ctx->__data_loc_timeline & 0xffff));
	lt_submit(r);
	return 0;
}

#define FENCE(event, name)                                                                                            \
	SEC("tp/dma_fence/dma_fence_" #name)                                                                          \
	int fence_##name(struct trace_event_raw_dma_fence *ctx)                                                       \
	{                                                                                                             \
		return fence(ctx, event);                                                                             \
	}

FENCE(INIT, init)
FENCE(DESTROY, destroy)
FENCE(ENABLE_SIGNAL, enable_signal)
FENCE(SIGNALED, signaled)
FENCE(WAIT_START, wait_start)
FENCE(WAIT_END, wait_end)
FENCE(EMIT, emit)
