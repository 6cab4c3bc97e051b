// SPDX-License-Identifier: GPL-2.0
/* Configuration space of PCI devices: every access through pci_bus_{read,write}_config_{byte,word,dword}. */
#include "labtrace.h"

#define ENTER (2 * 16 + 0)
#define EXIT (2 * 16 + 1)

struct lt_pcie {
	struct lt_head head;
	__u32 op; /* 0..2 read byte, word, dword; 3..5 write */
	__u32 domain;
	__u32 bus;
	__u32 devfn;
	__u32 offset;
	__u32 size;
	__u32 value; /* written, or in EXIT of a read what was read; 0 in ENTER of a read */
	__s32 ret; /* PCIBIOS_*, 0 in ENTER */
	__u64 duration; /* ns, 0 in ENTER */
};
_Static_assert(sizeof(struct lt_pcie) == 88, "pcie");

struct access {
	__u64 time;
	__u64 value; /* written, or where the read goes */
	__u32 op, domain, bus, devfn, offset, spare;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct access);
} accesses SEC(".maps");

static __always_inline void emit(struct lt_counters *c, struct access *a, __u16 type, __u32 value, __s32 ret, __u64 duration)
{
	struct lt_pcie *r = lt_reserve(c, sizeof(*r), type, 0);

	if (!r)
		return;
	r->op = a->op;
	r->domain = a->domain;
	r->bus = a->bus;
	r->devfn = a->devfn;
	r->offset = a->offset;
	r->size = 1 << (a->op % 3);
	r->value = value;
	r->ret = ret;
	r->duration = duration;
	lt_submit(r);
}

static __always_inline int enter(__u32 op, struct pci_bus *bus, __u32 devfn, __u32 offset, __u64 value)
{
	struct lt_counters *c;
	struct access *a;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	a = bpf_task_storage_get(&accesses, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!a) {
		__sync_fetch_and_add(&c->overflow, 1);
		return 0;
	}
	a->op = op;
	a->bus = BPF_CORE_READ(bus, number);
	a->domain = 0;
	if (bpf_core_field_exists(struct pci_sysdata, domain)) {
		struct pci_sysdata *data = BPF_CORE_READ(bus, sysdata);

		a->domain = BPF_CORE_READ(data, domain);
	}
	a->devfn = devfn;
	a->offset = offset;
	a->value = value;
	if (!config.mode)
		emit(c, a, ENTER, op >= 3 ? value : 0, 0, 0);
	a->time = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int leave(__u32 op, __s32 ret)
{
	struct lt_counters *c;
	struct access *a;
	__u64 duration;
	__u32 value = 0;

	if (!lt_wanted(0))
		return 0;
	c = lt_counters();
	if (!c)
		return 0;
	a = bpf_task_storage_get(&accesses, bpf_get_current_task_btf(), 0, 0);
	if (!a || !a->time || a->op != op) {
		__sync_fetch_and_add(&c->unmatched, 1);
		return 0;
	}
	duration = bpf_ktime_get_ns() - a->time;
	a->time = 0;
	if (op >= 3)
		value = a->value;
	else if (op == 0)
		bpf_probe_read_kernel(&value, 1, (void *)a->value);
	else if (op == 1)
		bpf_probe_read_kernel(&value, 2, (void *)a->value);
	else
		bpf_probe_read_kernel(&value, 4, (void *)a->value);
	if (duration >= config.min_duration)
		emit(c, a, EXIT, value, ret, duration);
	return 0;
}

#define ACCESS(op, function, cast)                                                                                    \
	SEC("fentry/" #function)                                                                                      \
	int BPF_PROG(function##_fentry, struct pci_bus *bus, unsigned int devfn, int offset, cast value)              \
	{                                                                                                             \
		return enter(op, bus, devfn, offset, (__u64)value);                                                   \
	}                                                                                                             \
	SEC("fexit/" #function)                                                                                       \
	int BPF_PROG(function##_fexit, struct pci_bus *bus, unsigned int devfn, int offset, cast value, int ret)      \
	{                                                                                                             \
		return leave(op, ret);                                                                                \
	}                                                                                                             \
	SEC("kprobe/" #function)                                                                                      \
	int BPF_KPROBE(function##_kprobe, struct pci_bus *bus, unsigned int devfn, int offset, cast value)            \
	{                                                                                                             \
		return enter(op, bus, devfn, offset, (__u64)value);                                                   \
	}                                                                                                             \
	SEC("kretprobe/" #function)                                                                                   \
	int BPF_KRETPROBE(function##_kretprobe, int ret)                                                              \
	{                                                                                                             \
		return leave(op, ret);                                                                                \
	}

ACCESS(0, pci_bus_read_config_byte, u8 *)
ACCESS(1, pci_bus_read_config_word, u16 *)
ACCESS(2, pci_bus_read_config_dword, u32 *)
ACCESS(3, pci_bus_write_config_byte, u8)
ACCESS(4, pci_bus_write_config_word, u16)
ACCESS(5, pci_bus_write_config_dword, u32)
