// SPDX-License-Identifier: GPL-2.0
/* System calls at the border of the kernel: a record as one is entered, another as it returns. */
#include "labtrace.h"

#define TEXT 128
#define ENTER (1 * 16 + 0)
#define EXIT (1 * 16 + 1)
#define CALL (1 * 16 + 2)
#define EXECVE 59
#define RT_SIGRETURN 15
#define EXECVEAT 322
#define TS_COMPAT 2

#define HAS_TEXT 1 /* the record has texts */
#define COMPAT 2 /* a call of a 32-bit program, with its own numbers */
#define UNREAD 4 /* a text could not be read */

struct lt_syscall {
	struct lt_head head;
	__u32 nr;
	__u32 text_args; /* low byte: the argument of the first text, 255 for none; next byte: of the second */
	__u64 call_id; /* of this thread, from 1 */
	__u64 args[6];
	__s64 ret; /* 0 in ENTER */
	__u64 duration; /* ns, 0 in ENTER */
};
_Static_assert(sizeof(struct lt_syscall) == 128, "syscall");

struct lt_syscall_text {
	struct lt_syscall call;
	char text[2][TEXT];
};
_Static_assert(sizeof(struct lt_syscall_text) == 384, "syscall with text");

struct call {
	__u64 time; /* 0: not in a call */
	__u64 id;
	__u64 args[6];
	__u32 nr;
	__u32 flags;
	__u32 text_args;
	__u32 spare;
	char text[2][TEXT];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls SEC(".maps");

static __always_inline void fill(struct lt_syscall *r, struct call *call, __s64 ret, __u64 duration)
{
	r->nr = call->nr;
	r->text_args = call->text_args;
	r->call_id = call->id;
	lt_copy(r->args, call->args, sizeof(r->args));
	r->ret = ret;
	r->duration = duration;
}

static __always_inline void emit(struct lt_counters *c, struct call *call, __u16 type, __s64 ret, __u64 duration)
{
	if (call->flags & HAS_TEXT) {
		struct lt_syscall_text *r = lt_reserve(c, sizeof(*r), type, call->flags);

		if (!r)
			return;
		fill(&r->call, call, ret, duration);
		lt_copy(r->text, call->text, sizeof(r->text));
		lt_submit(r);
	} else {
		struct lt_syscall *r = lt_reserve(c, sizeof(*r), type, call->flags);

		if (!r)
			return;
		fill(r, call, ret, duration);
		lt_submit(r);
	}
}

static __always_inline int read_text(struct call *call, int slot, int arg)
{
	__u64 address = call->args[arg & 7 & (arg < 6 ? 7 : 0)];

	if (address && bpf_probe_read_user_str(call->text[slot], TEXT, (void *)address) < 0) {
		call->flags |= UNREAD;
		call->text[slot][0] = 0;
		return 1;
	}
	return 0;
}

/* Gives how many could not be read. */
static __always_inline int read_texts(struct call *call, __u8 mask)
{
	int first = 255, second = 255, unread = 0;

#pragma unroll
	for (int arg = 0; arg < 6; arg++) {
		if (!(mask & (1 << arg)))
			continue;
		if (first == 255) {
			first = arg;
			unread += read_text(call, 0, arg);
		} else if (second == 255) {
			second = arg;
			unread += read_text(call, 1, arg);
		}
	}
	call->text_args = first | second << 8;
	return unread;
}

/* Whether the texts of a call are gone when it returns: it has become another program. */
static __always_inline int replaces_memory(__u64 nr)
{
	return nr == EXECVE || nr == EXECVEAT;
}

static __always_inline int is_asked_for(__u64 nr)
{
	return !config.has_calls || (nr < MAX_CALLS && (config.call_mask[nr / 64] >> (nr % 64) & 1));
}

static __always_inline int enter(__u64 nr, const __u64 args[6], int compat)
{
	struct task_struct *task;
	struct lt_counters *c;
	struct call *call;
	int unread;
	__u8 mask;

	if (!lt_wanted(replaces_memory(nr)) || !is_asked_for(nr))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	task = bpf_get_current_task_btf();
	call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	call->id++;
	call->nr = nr;
	call->flags = compat ? COMPAT : 0;
	call->text_args = 0xffff;
	lt_copy(call->args, args, sizeof(call->args));
	mask = nr < MAX_CALLS && !compat ? config.string_args[nr] : 0;
	if (mask) {
		call->flags |= HAS_TEXT;
		__builtin_memset(call->text, 0, sizeof(call->text));
		unread = read_texts(call, mask);
		if (unread && replaces_memory(nr))
			__sync_fetch_and_add(&c->unread, unread);
	}
	if (!config.mode)
		emit(c, call, ENTER, 0, 0);
	call->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(__u64 nr, __s64 ret)
{
	struct lt_counters *c;
	struct call *call;
	__u64 duration;

	if (!lt_wanted(0) || (nr < MAX_CALLS && !is_asked_for(nr)))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);
	if (!call || !call->time || (call->nr != (__u32)nr && call->nr != RT_SIGRETURN)) {
		if (nr < MAX_CALLS)
			__sync_fetch_and_add(&c->unmatched, 1);
		return 0;
	}
	duration = bpf_ktime_get_ns() - call->time;
	call->time = 0;
	/* What was not in memory yet as the call was entered, the call itself has fetched. */
	if (call->flags & UNREAD && call->nr < MAX_CALLS && !replaces_memory(call->nr)) {
		int unread;

		call->flags &= ~UNREAD;
		unread = read_texts(call, config.string_args[call->nr]);
		if (unread)
			__sync_fetch_and_add(&c->unread, unread);
	}
	if (duration >= config.min_duration)
		emit(c, call, config.mode ? CALL : EXIT, ret, duration);
	return 0;
}

static __always_inline int is_compat(void)
{
	return bpf_get_current_task_btf()->thread_info.status & TS_COMPAT;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(enter_btf, struct pt_regs *regs, long nr)
{
	__u64 args[6] = { regs->di, regs->si, regs->dx, regs->r10, regs->r8, regs->r9 };

	return enter(nr, args, is_compat());
}

SEC("tp_btf/sys_exit")
int BPF_PROG(exit_btf, struct pt_regs *regs, long ret)
{
	return leave(regs->orig_ax, ret);
}

SEC("raw_tp/sys_enter")
int BPF_PROG(enter_raw, struct pt_regs *regs, long nr)
{
	__u64 args[6] = {
		BPF_CORE_READ(regs, di), BPF_CORE_READ(regs, si), BPF_CORE_READ(regs, dx),
		BPF_CORE_READ(regs, r10), BPF_CORE_READ(regs, r8), BPF_CORE_READ(regs, r9),
	};

	return enter(nr, args, is_compat());
}

SEC("raw_tp/sys_exit")
int BPF_PROG(exit_raw, struct pt_regs *regs, long ret)
{
	return leave(BPF_CORE_READ(regs, orig_ax), ret);
}

SEC("tp/raw_syscalls/sys_enter")
int enter_tp(struct trace_event_raw_sys_enter *ctx)
{
	__u64 args[6] = { ctx->args[0], ctx->args[1], ctx->args[2], ctx->args[3], ctx->args[4], ctx->args[5] };

	return enter(ctx->id, args, is_compat());
}

SEC("tp/raw_syscalls/sys_exit")
int exit_tp(struct trace_event_raw_sys_exit *ctx)
{
	return leave(ctx->id, ctx->ret);
}
