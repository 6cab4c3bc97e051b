// SPDX-License-Identifier: GPL-2.0
/* How long functions take, of the kernel or of programs: each call, and a log2 histogram that is kept in the kernel. */
#include "labtrace.h"

#define CALL (6 * 16 + 0)
#define FRAMES 16
#define DEPTH 32
#define FUNCTIONS 256
#define BUCKETS 64
#define HAS_STACK 1

struct lt_function {
	struct lt_head head;
	__u32 function; /* index in the capture's list of functions */
	__u32 depth; /* calls of traced functions around this one */
	__u64 arg; /* the first argument */
	__u64 ret;
	__u64 duration; /* ns */
};
_Static_assert(sizeof(struct lt_function) == 80, "function");

struct lt_function_stack {
	struct lt_function call;
	__u32 kernel_frames;
	__u32 user_frames;
	__u64 kernel[DEPTH];
	__u64 user[DEPTH];
};
_Static_assert(sizeof(struct lt_function_stack) == 600, "function with stack");

struct frame {
	__u64 time, arg;
	__u64 function;
};

struct frames {
	__u64 depth;
	struct frame frame[FRAMES];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct frames);
} stacks SEC(".maps");

struct lt_times {
	__u64 count, total, shortest, longest;
	__u64 bucket[BUCKETS]; /* n: 2^n ns and more, less than 2^(n+1); 0 ns is in bucket 0 */
};
_Static_assert(sizeof(struct lt_times) == 544, "times");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FUNCTIONS);
	__type(key, __u32);
	__type(value, struct lt_times);
} times SEC(".maps");

/* The compiler knows that the index is small enough and would drop a mask that the verifier needs. */
static __always_inline struct frame *frame_at(struct frames *s, __u64 depth)
{
	asm volatile("%0 &= 15" : "+r"(depth));
	return &s->frame[depth & (FRAMES - 1)];
}

static __always_inline __u32 log2(__u64 value)
{
	__u32 n = 0;

	if (value >> 32) { value >>= 32; n += 32; }
	if (value >> 16) { value >>= 16; n += 16; }
	if (value >> 8) { value >>= 8; n += 8; }
	if (value >> 4) { value >>= 4; n += 4; }
	if (value >> 2) { value >>= 2; n += 2; }
	if (value >> 1) { n += 1; }
	return n;
}

static __always_inline int enter(__u64 function, __u64 arg)
{
	struct lt_counters *c;
	struct frame *frame;
	struct frames *s;
	__u64 depth;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	s = bpf_task_storage_get(&stacks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	depth = s->depth;
	s->depth = depth + 1;
	if (depth >= FRAMES) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	frame = frame_at(s, depth);
	frame->function = function;
	frame->arg = arg;
	frame->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline void account(__u32 function, __u64 duration)
{
	struct lt_times *t = bpf_map_lookup_elem(&times, &function);

	if (!t)
		return;
	/* The smallest and largest may miss one when an interrupt comes in between; count and buckets never do. */
	if (!t->count || duration < t->shortest)
		t->shortest = duration;
	if (duration > t->longest)
		t->longest = duration;
	__sync_fetch_and_add(&t->count, 1);
	__sync_fetch_and_add(&t->total, duration);
	__sync_fetch_and_add(&t->bucket[log2(duration) & (BUCKETS - 1)], 1);
}

static __always_inline void fill(struct lt_function *r, __u64 function, __u64 depth, __u64 arg, __u64 ret, __u64 duration)
{
	r->function = function;
	r->depth = depth;
	r->arg = arg;
	r->ret = ret;
	r->duration = duration;
}

static __always_inline int leave(void *ctx, __u64 function, __u64 ret)
{
	__u64 now = bpf_ktime_get_ns();
	struct lt_counters *c;
	struct frame *frame = 0;
	struct frames *s;
	__u64 depth, duration, arg;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	s = bpf_task_storage_get(&stacks, bpf_get_current_task_btf(), 0, 0);
	if (!s || !s->depth) {
		__sync_fetch_and_add(&c->unmatched, 1);
		return 0;
	}
	depth = s->depth - 1;
	s->depth = depth;
	if (depth >= FRAMES)
		return 0;
	/* A function left by longjmp never returned: its frames are given up. */
#pragma unroll
	for (int i = 0; i < FRAMES; i++) {
		frame = frame_at(s, depth);
		if (frame->function == function || !depth)
			break;
		depth--;
	}
	if (frame->function != function) {
		__sync_fetch_and_add(&c->unmatched, 1);
		return 0;
	}
	s->depth = depth;
	duration = now - frame->time;
	arg = frame->arg;
	account(function, duration);
	if (config.mode || duration < config.min_duration)
		return 0;
	if (config.stacks) {
		struct lt_function_stack *r = lt_reserve(c, sizeof(*r), CALL, HAS_STACK);
		long got;

		if (!r)
			return 0;
		fill(&r->call, function, depth, arg, ret, duration);
		__builtin_memset(r->kernel, 0, sizeof(r->kernel));
		__builtin_memset(r->user, 0, sizeof(r->user));
		got = config.stacks & 1 ? bpf_get_stack(ctx, r->kernel, sizeof(r->kernel), 0) : 0;
		r->kernel_frames = got > 0 ? (__u32)got >> 3 : 0;
		got = config.stacks & 2 ? bpf_get_stack(ctx, r->user, sizeof(r->user), BPF_F_USER_STACK) : 0;
		r->user_frames = got > 0 ? (__u32)got >> 3 : 0;
		lt_submit(r);
	} else {
		struct lt_function *r = lt_reserve(c, sizeof(*r), CALL, 0);

		if (!r)
			return 0;
		fill(r, function, depth, arg, ret, duration);
		lt_submit(r);
	}
	return 0;
}

/* The targets are set before loading; one object serves one function. */
SEC("fentry/function")
int BPF_PROG(enter_fentry, __u64 arg) { return enter(config.function, arg); }

SEC("fexit/function")
int exit_fexit(__u64 *ctx)
{
	__u64 ret = 0;

	bpf_get_func_ret(ctx, &ret);
	return leave(ctx, config.function, ret);
}

SEC("kprobe")
int BPF_KPROBE(enter_kprobe, __u64 arg) { return enter(bpf_get_attach_cookie(ctx), arg); }

SEC("kretprobe")
int BPF_KRETPROBE(exit_kprobe, __u64 ret) { return leave(ctx, bpf_get_attach_cookie(ctx), ret); }

SEC("uprobe")
int BPF_KPROBE(enter_uprobe, __u64 arg) { return enter(bpf_get_attach_cookie(ctx), arg); }

SEC("uretprobe")
int BPF_KRETPROBE(exit_uprobe, __u64 ret) { return leave(ctx, bpf_get_attach_cookie(ctx), ret); }
