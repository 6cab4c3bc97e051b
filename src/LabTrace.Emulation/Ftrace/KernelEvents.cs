namespace LabTrace.Emulation.Ftrace;

/// <summary>Events of the kernel's own work: interrupts, timers, work queues.</summary>
internal static class KernelEvents
{
    /// <summary>The events, in the order of the kernel's own list.</summary>
    public static readonly EventDescription[] All =
    [
        new("irq", "tasklet_exit", 219, 198, "void * tasklet; void * func",
            """
            "tasklet=%ps function=%ps", REC->tasklet, REC->func
            """),
        new("irq", "tasklet_entry", 220, 199, "void * tasklet; void * func",
            """
            "tasklet=%ps function=%ps", REC->tasklet, REC->func
            """),
        new("irq", "softirq_raise", 221, 200, "unsigned int vec",
            """
            "vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })
            """),
        new("irq", "softirq_exit", 222, 201, "unsigned int vec",
            """
            "vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })
            """),
        new("irq", "softirq_entry", 223, 202, "unsigned int vec",
            """
            "vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })
            """),
        new("irq", "irq_handler_exit", 224, 203, "int irq; int ret",
            """
            "irq=%d ret=%s", REC->irq, REC->ret ? "handled" : "unhandled"
            """),
        new("irq", "irq_handler_entry", 225, 204, "int irq; __data_loc char[] name",
            """
            "irq=%d name=%s", REC->irq, __get_str(name)
            """),
        new("timer", "tick_stop", 454, 433, "int success; int dependency",
            """
            "success=%d dependency=%s", REC->success, __print_symbolic(REC->dependency, { 0, "NONE" }, { (1 << 0), "POSIX_TIMER" }, { (1 << 1), "PERF_EVENTS" }, { (1 << 2), "SCHED" }, { (1 << 3), "CLOCK_UNSTABLE" }, { (1 << 4), "RCU" }, { (1 << 5), "RCU_EXP" })
            """),
        new("timer", "itimer_expire", 455, 434, "int which; pid_t pid; unsigned long long now",
            """
            "which=%d pid=%d now=%llu", REC->which, (int) REC->pid, REC->now
            """),
        new("timer", "itimer_state", 456, 435, "int which; unsigned long long expires; long value_sec; long value_nsec; long interval_sec; long interval_nsec",
            """
            "which=%d expires=%llu it_value=%ld.%06ld it_interval=%ld.%06ld", REC->which, REC->expires, REC->value_sec, REC->value_nsec / 1000L, REC->interval_sec, REC->interval_nsec / 1000L
            """),
        new("timer", "hrtimer_cancel", 457, 436, "void * hrtimer",
            """
            "hrtimer=%p", REC->hrtimer
            """),
        new("timer", "hrtimer_expire_exit", 458, 437, "void * hrtimer",
            """
            "hrtimer=%p", REC->hrtimer
            """),
        new("timer", "hrtimer_expire_entry", 459, 438, "void * hrtimer; s64 now; void * function",
            """
            "hrtimer=%p function=%ps now=%llu", REC->hrtimer, REC->function, (unsigned long long) REC->now
            """),
        new("timer", "hrtimer_start", 460, 439, "void * hrtimer; void * function; s64 expires; s64 softexpires; enum hrtimer_mode mode; bool was_armed",
            """
            "hrtimer=%p function=%ps expires=%llu softexpires=%llu mode=%s was_armed=%d", REC->hrtimer, REC->function, (unsigned long long) REC->expires, (unsigned long long) REC->softexpires, __print_symbolic(REC->mode, { HRTIMER_MODE_ABS, "ABS" }, { HRTIMER_MODE_REL, "REL" }, { HRTIMER_MODE_ABS_PINNED, "ABS|PINNED" }, { HRTIMER_MODE_REL_PINNED, "REL|PINNED" }, { HRTIMER_MODE_ABS_SOFT, "ABS|SOFT" }, { HRTIMER_MODE_REL_SOFT, "REL|SOFT" }, { HRTIMER_MODE_ABS_PINNED_SOFT, "ABS|PINNED|SOFT" }, { HRTIMER_MODE_REL_PINNED_SOFT, "REL|PINNED|SOFT" }, { HRTIMER_MODE_ABS_HARD, "ABS|HARD" }, { HRTIMER_MODE_REL_HARD, "REL|HARD" }, { HRTIMER_MODE_ABS_PINNED_HARD, "ABS|PINNED|HARD" }, { HRTIMER_MODE_REL_PINNED_HARD, "REL|PINNED|HARD" }), REC->was_armed
            """),
        new("timer", "hrtimer_setup", 461, 440, "void * hrtimer; clockid_t clockid; enum hrtimer_mode mode",
            """
            "hrtimer=%p clockid=%s mode=%s", REC->hrtimer, __print_symbolic(REC->clockid, { 0, "CLOCK_REALTIME" }, { 1, "CLOCK_MONOTONIC" }, { 7, "CLOCK_BOOTTIME" }, { 11, "CLOCK_TAI" }), __print_symbolic(REC->mode, { HRTIMER_MODE_ABS, "ABS" }, { HRTIMER_MODE_REL, "REL" }, { HRTIMER_MODE_ABS_PINNED, "ABS|PINNED" }, { HRTIMER_MODE_REL_PINNED, "REL|PINNED" }, { HRTIMER_MODE_ABS_SOFT, "ABS|SOFT" }, { HRTIMER_MODE_REL_SOFT, "REL|SOFT" }, { HRTIMER_MODE_ABS_PINNED_SOFT, "ABS|PINNED|SOFT" }, { HRTIMER_MODE_REL_PINNED_SOFT, "REL|PINNED|SOFT" }, { HRTIMER_MODE_ABS_HARD, "ABS|HARD" }, { HRTIMER_MODE_REL_HARD, "REL|HARD" }, { HRTIMER_MODE_ABS_PINNED_HARD, "ABS|PINNED|HARD" }, { HRTIMER_MODE_REL_PINNED_HARD, "REL|PINNED|HARD" })
            """),
        new("timer", "timer_base_idle", 462, 441, "bool is_idle; unsigned int cpu",
            """
            "is_idle=%d cpu=%d", REC->is_idle, REC->cpu
            """),
        new("timer", "timer_cancel", 463, 442, "void * timer",
            """
            "timer=%p", REC->timer
            """),
        new("timer", "timer_expire_exit", 464, 443, "void * timer",
            """
            "timer=%p", REC->timer
            """),
        new("timer", "timer_expire_entry", 465, 444, "void * timer; unsigned long now; void * function; unsigned long baseclk",
            """
            "timer=%p function=%ps now=%lu baseclk=%lu", REC->timer, REC->function, REC->now, REC->baseclk
            """),
        new("timer", "timer_start", 466, 445, "void * timer; void * function; unsigned long expires; unsigned long bucket_expiry; unsigned long now; unsigned int flags",
            """
            "timer=%p function=%ps expires=%lu [timeout=%ld] bucket_expiry=%lu cpu=%u idx=%u flags=%s", REC->timer, REC->function, REC->expires, (long)REC->expires - REC->now, REC->bucket_expiry, REC->flags & 0x0003FFFF, REC->flags >> 22, __print_flags(REC->flags & (0x00040000 | 0x00080000 | 0x00100000 | 0x00200000), "|", { 0x00040000, "M" }, { 0x00080000, "D" }, { 0x00100000, "P" }, { 0x00200000, "I" })
            """),
        new("timer", "timer_init", 467, 446, "void * timer",
            """
            "timer=%p", REC->timer
            """),
        new("workqueue", "workqueue_execute_end", 334, 313, "void * work; void * function",
            """
            "work struct %p: function %ps", REC->work, REC->function
            """),
        new("workqueue", "workqueue_execute_start", 335, 314, "void * work; void * function",
            """
            "work struct %p: function %ps", REC->work, REC->function
            """),
        new("workqueue", "workqueue_activate_work", 336, 315, "void * work; void * function",
            """
            "work struct %p function=%ps ", REC->work, REC->function
            """),
        new("workqueue", "workqueue_queue_work", 337, 316, "void * work; void * function; __data_loc char[] workqueue; int req_cpu; int cpu",
            """
            "work struct=%p function=%ps workqueue=%s req_cpu=%d cpu=%d", REC->work, REC->function, __get_str(workqueue), REC->req_cpu, REC->cpu
            """),
        new("rcu", "rcu_stall_warning", 423, 402, "const char * rcuname; const char * msg",
            """
            "%s %s", REC->rcuname, REC->msg
            """),
        new("rcu", "rcu_utilization", 424, 403, "const char * s",
            """
            "%s", REC->s
            """),
        new("power", "cpu_frequency", 565, 544, "u32 state; u32 cpu_id",
            """
            "state=%lu cpu_id=%lu", (unsigned long)REC->state, (unsigned long)REC->cpu_id
            """),
        new("power", "cpu_idle", 568, 547, "u32 state; u32 cpu_id",
            """
            "state=%lu cpu_id=%lu", (unsigned long)REC->state, (unsigned long)REC->cpu_id
            """),
        new("printk", "console", 411, 390, "__data_loc char[] msg",
            """
            "%s", __get_str(msg)
            """),
        new("exceptions", "page_fault_kernel", 189, 168, "unsigned long address; unsigned long ip; unsigned long error_code",
            """
            "address=%ps ip=%ps error_code=0x%lx", (void *)REC->address, (void *)REC->ip, REC->error_code
            """),
        new("exceptions", "page_fault_user", 190, 169, "unsigned long address; unsigned long ip; unsigned long error_code",
            """
            "address=%ps ip=%ps error_code=0x%lx", (void *)REC->address, (void *)REC->ip, REC->error_code
            """),
    ];
}
