/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all programs share: the head of every record, counters, filters and the ring buffer. The records' layout is described in
 * src/LabTrace.Tracing/Formats/Bpf/Bpf.md; the assertions below and the readers' tests hold both to the same bytes.
 */
#ifndef LABTRACE_H
#define LABTRACE_H

#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#define COMM 16
#define LT_VERSION 1
#define MAX_CALLS 512

/* Also the head of an ftrace record: common_type, common_pid. */
struct lt_head {
	__u16 type;
	__u8 flags;
	__u8 version;
	__s32 pid; /* the thread */
	__u64 time; /* CLOCK_MONOTONIC, ns */
	__u64 seq; /* of this cpu, from 0; dropped records count, so a gap is a loss */
	__u32 cpu;
	__u32 tgid;
	char comm[COMM];
};
_Static_assert(sizeof(struct lt_head) == 48, "head");

/* What user space sets before it loads; constants to the verifier, which drops what they make unreachable. */
struct lt_config {
	__u32 self_tgid; /* whose events are never recorded: the reader's own */
	__u32 only_tgid;
	__u32 only_pid;
	__u32 family; /* only processes in the map tracked, and their children */
	__u64 only_cgroup;
	__u64 only_comm[2];
	__u32 has_comm;
	__u32 mode; /* syscalls: 0 pairs, 1 whole calls at their end; function_latency: 1 histograms only */
	__u64 min_duration; /* ns */
	__u32 spare0;
	__u32 stacks; /* function_latency: 1 kernel stack, 2 user stack */
	__u32 has_calls; /* call_mask counts */
	__u32 ioctl_type; /* drm_ioctl: the command's type, 0 for any */
	__u32 function; /* function_latency by fentry: which function the object is for */
	__u32 spare1;
	__u64 call_mask[MAX_CALLS / 64];
	__u8 string_args[MAX_CALLS]; /* bit n: argument n is a path or another text */
};
_Static_assert(sizeof(struct lt_config) == 656, "config");

const volatile struct lt_config config SEC(".rodata.config") = {};

struct lt_counters {
	__u64 seq;
	__u64 dropped; /* the ring buffer had no room */
	__u64 unmatched; /* ends whose begin was not seen, as of calls under way when tracing began */
	__u64 overflow; /* begins that could not be kept: too deep, or a map was full */
	__u64 unread; /* texts that could not be read from user memory */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lt_counters);
} counters SEC(".maps");

/* Process -> 0 until its next execve, 1 from then on. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, __u32);
} tracked SEC(".maps");

static __always_inline struct lt_counters *lt_counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

static __always_inline int lt_wanted(int is_exec)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tgid = id >> 32;

	if (tgid == config.self_tgid)
		return 0;
	if (config.only_tgid && tgid != config.only_tgid)
		return 0;
	if (config.only_pid && (__u32)id != config.only_pid)
		return 0;
	if (config.family) {
		__u32 *armed = bpf_map_lookup_elem(&tracked, &tgid);

		if (!armed)
			return 0;
		if (!*armed) {
			if (!is_exec)
				return 0;
			*armed = 1;
		}
	}
	if (config.only_cgroup && bpf_get_current_cgroup_id() != config.only_cgroup)
		return 0;
	if (config.has_comm) {
		__u64 comm[2] = {};

		bpf_get_current_comm(comm, sizeof(comm));
		if (comm[0] != config.only_comm[0] || comm[1] != config.only_comm[1])
			return 0;
	}
	return 1;
}

/* A record whose head is filled and whose rest is for the caller to fill to the last byte; null when there is no room. */
static __always_inline void *lt_reserve(struct lt_counters *c, __u64 size, __u16 type, __u8 flags)
{
	__u64 seq = __sync_fetch_and_add(&c->seq, 1);
	struct lt_head *head = bpf_ringbuf_reserve(&events, size, 0);
	__u64 id;

	if (!head) {
		__sync_fetch_and_add(&c->dropped, 1);
		return 0;
	}
	id = bpf_get_current_pid_tgid();
	head->type = type;
	head->flags = flags;
	head->version = LT_VERSION;
	head->pid = (__u32)id;
	head->time = bpf_ktime_get_ns();
	head->seq = seq;
	head->cpu = bpf_get_smp_processor_id();
	head->tgid = id >> 32;
	bpf_get_current_comm(head->comm, COMM);
	return head;
}

/* The reader looks by itself every few milliseconds: waking it would cost more than the record. */
static __always_inline void lt_submit(void *record)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

static __always_inline void lt_copy(void *to, const void *from, int bytes)
{
	__builtin_memcpy(to, from, bytes);
}

/* Children of tracked processes are tracked. Loaded only with a family filter. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(aux_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 from = parent->tgid, to = child->tgid;
	__u32 *armed = bpf_map_lookup_elem(&tracked, &from);

	if (armed && from != to) {
		__u32 value = *armed;

		if (bpf_map_update_elem(&tracked, &to, &value, 0)) {
			struct lt_counters *c = lt_counters();

			if (c)
				__sync_fetch_and_add(&c->overflow, 1);
		}
	}
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(aux_exec, struct task_struct *task)
{
	__u32 tgid = task->tgid;
	__u32 *armed = bpf_map_lookup_elem(&tracked, &tgid);

	if (armed)
		*armed = 1;
	return 0;
}

/* A pid may be another's soon. The last thread to end is not known here; the leader's end is when the pid is given back. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(aux_free, struct task_struct *task)
{
	__u32 pid = task->pid;

	bpf_map_delete_elem(&tracked, &pid);
	return 0;
}

#endif
