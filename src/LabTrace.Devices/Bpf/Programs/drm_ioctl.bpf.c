// SPDX-License-Identifier: GPL-2.0
/* Who asked a graphics driver for what: ioctls of the type 'd', or of another type when that is asked for. */
#include "labtrace.h"

#define ENTER (5 * 16 + 0)
#define EXIT (5 * 16 + 1)
#define IOCTL 16

struct lt_ioctl {
	struct lt_head head;
	__u32 fd;
	__u32 cmd;
	__u64 arg;
	__s64 ret; /* 0 in ENTER */
	__u64 duration; /* ns, 0 in ENTER */
};
_Static_assert(sizeof(struct lt_ioctl) == 80, "ioctl");

struct request {
	__u64 time, arg;
	__u32 fd, cmd;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct request);
} requests SEC(".maps");

static __always_inline void emit(struct lt_counters *c, struct request *q, __u16 type, __s64 ret, __u64 duration)
{
	struct lt_ioctl *r = lt_reserve(c, sizeof(*r), type, 0);

	if (!r)
		return;
	r->fd = q->fd;
	r->cmd = q->cmd;
	r->arg = q->arg;
	r->ret = ret;
	r->duration = duration;
	lt_submit(r);
}

static __always_inline int enter(__u64 fd, __u64 cmd, __u64 arg)
{
	struct lt_counters *c;
	struct request *q;

	if ((config.ioctl_type && (cmd >> 8 & 0xff) != config.ioctl_type) || !lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	q = bpf_task_storage_get(&requests, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!q) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	q->fd = fd;
	q->cmd = cmd;
	q->arg = arg;
	if (!config.min_duration)
		emit(c, q, ENTER, 0, 0);
	q->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(__s64 ret)
{
	struct lt_counters *c;
	struct request *q;
	__u64 duration;

	if (!lt_wanted(0))
		return 0;
	q = bpf_task_storage_get(&requests, bpf_get_current_task_btf(), 0, 0);
	if (!q || !q->time)
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	duration = bpf_ktime_get_ns() - q->time;
	q->time = 0;
	if (duration >= config.min_duration)
		emit(c, q, EXIT, ret, duration);
	return 0;
}

SEC("tp/syscalls/sys_enter_ioctl")
int enter_tp(struct trace_event_raw_sys_enter *ctx) { return enter(ctx->args[0], ctx->args[1], ctx->args[2]); }

SEC("tp/syscalls/sys_exit_ioctl")
int exit_tp(struct trace_event_raw_sys_exit *ctx) { return leave(ctx->ret); }

SEC("tp_btf/sys_enter")
int BPF_PROG(enter_btf, struct pt_regs *regs, long nr)
{
	return nr == IOCTL ? enter(regs->di, regs->si, regs->dx) : 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(exit_btf, struct pt_regs *regs, long ret)
{
	return regs->orig_ax == IOCTL ? leave(ret) : 0;
}
