// SPDX-License-Identifier: GPL-2.0
/* The memory functions of the NVLink core: nvlink_strcpy, nvlink_memcpy, nvlink_memset. */
#include "labtrace.h"

#define ENTER (4 * 16 + 0)
#define EXIT (4 * 16 + 1)

struct lt_nvlink {
	struct lt_head head;
	__u32 function; /* 0 strcpy, 1 memcpy, 2 memset */
	__u32 spare; /* 0 */
	__u64 dst;
	__u64 src; /* of memset the value, 0..255 */
	__u64 size; /* of strcpy the text's length without its NUL, 4095 for longer ones */
	__u64 ret; /* 0 in ENTER */
	__u64 duration; /* ns, 0 in ENTER */
};
_Static_assert(sizeof(struct lt_nvlink) == 96, "nvlink");

struct copy {
	__u64 time, dst, src, size;
	__u32 function, spare;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct copy);
} copies SEC(".maps");

/* Only its length is wanted, and a program's stack is too small to hold the text. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[4096]);
} scratch SEC(".maps");

static __always_inline void emit(struct lt_counters *c, struct copy *copy, __u16 type, __u64 ret, __u64 duration)
{
	struct lt_nvlink *r = lt_reserve(c, sizeof(*r), type, 0);

	if (!r)
		return;
	r->function = copy->function;
	r->spare = 0;
	r->dst = copy->dst;
	r->src = copy->src;
	r->size = copy->size;
	r->ret = ret;
	r->duration = duration;
	lt_submit(r);
}

static __always_inline int enter(__u32 function, __u64 dst, __u64 src, __u64 size)
{
	struct lt_counters *c;
	struct copy *copy;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	copy = bpf_task_storage_get(&copies, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!copy) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	if (function == 0) {
		__u32 zero = 0;
		char *text = bpf_map_lookup_elem(&scratch, &zero);
		long length = text ? bpf_probe_read_kernel_str(text, 4096, (void *)src) : 0;

		size = length > 0 ? length - 1 : 0;
	}
	copy->function = function;
	copy->dst = dst;
	copy->src = src;
	copy->size = size;
	emit(c, copy, ENTER, 0, 0);
	copy->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(__u32 function, __u64 ret)
{
	struct lt_counters *c;
	struct copy *copy;
	__u64 duration;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	copy = bpf_task_storage_get(&copies, bpf_get_current_task_btf(), 0, 0);
	if (!copy || !copy->time || copy->function != function) {
		__sync_fetch_and_add(&c->unmatched, 1);
		return 0;
	}
	duration = bpf_ktime_get_ns() - copy->time;
	copy->time = 0;
	emit(c, copy, EXIT, ret, duration);
	return 0;
}

SEC("kprobe/nvlink_strcpy")
int BPF_KPROBE(strcpy_enter, char *dst, const char *src) { return enter(0, (__u64)dst, (__u64)src, 0); }
SEC("kretprobe/nvlink_strcpy")
int BPF_KRETPROBE(strcpy_exit, void *ret) { return leave(0, (__u64)ret); }
SEC("kprobe/nvlink_memcpy")
int BPF_KPROBE(memcpy_enter, void *dst, const void *src, __u64 size) { return enter(1, (__u64)dst, (__u64)src, size); }
SEC("kretprobe/nvlink_memcpy")
int BPF_KRETPROBE(memcpy_exit, void *ret) { return leave(1, (__u64)ret); }
SEC("kprobe/nvlink_memset")
int BPF_KPROBE(memset_enter, void *dst, int value, __u64 size) { return enter(2, (__u64)dst, value & 0xff, size); }
SEC("kretprobe/nvlink_memset")
int BPF_KRETPROBE(memset_exit, void *ret) { return leave(2, (__u64)ret); }
