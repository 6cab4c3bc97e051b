namespace LabTrace.Emulation.Ftrace;

/// <summary>Records of the tracer itself, which have no switch: markers, stacks.</summary>
internal static class FtraceEvents
{
    /// <summary>The events, in the order of the kernel's own list.</summary>
    public static readonly EventDescription[] All =
    [
        new("ftrace", "bprint", 6, 0, "unsigned long ip; const char * fmt; u32 buf[]",
            """
            "%ps: %s", (void *)REC->ip, REC->fmt
            """),
        new("ftrace", "bputs", 15, 0, "unsigned long ip; const char * str",
            """
            "%ps: %s", (void *)REC->ip, REC->str
            """),
        new("ftrace", "context_switch", 2, 0, "unsigned int prev_pid; unsigned int next_pid; unsigned int next_cpu; unsigned char prev_prio; unsigned char prev_state; unsigned char next_prio; unsigned char next_state",
            """
            "%u:%u:%u  ==> %u:%u:%u [%03u]", REC->prev_pid, REC->prev_prio, REC->prev_state, REC->next_pid, REC->next_prio, REC->next_state, REC->next_cpu
            """),
        new("ftrace", "func_repeats", 20, 0, "unsigned long ip; unsigned long parent_ip; u16 count; u16 top_delta_ts; u32 bottom_delta_ts",
            """
            " %ps <-%ps\t(repeats:%u  delta: -%llu)", (void *)REC->ip, (void *)REC->parent_ip, REC->count, (((u64)(REC)->top_delta_ts << 32) | (REC)->bottom_delta_ts)
            """),
        new("ftrace", "function", 1, 0, "unsigned long ip; unsigned long parent_ip; unsigned long args[]",
            """
            " %ps <-- %ps", (void *)REC->ip, (void *)REC->parent_ip
            """),
        new("ftrace", "kernel_stack", 4, 0, "int size; unsigned long caller[8]",
            """
            "\t=> %ps\n\t=> %ps\n\t=> %ps\n" "\t=> %ps\n\t=> %ps\n\t=> %ps\n" "\t=> %ps\n\t=> %ps\n", (void *)REC->caller[0], (void *)REC->caller[1], (void *)REC->caller[2], (void *)REC->caller[3], (void *)REC->caller[4], (void *)REC->caller[5], (void *)REC->caller[6], (void *)REC->caller[7]
            """),
        new("ftrace", "print", 5, 0, "unsigned long ip; char buf[]",
            """
            "%ps: %s", (void *)REC->ip, REC->buf
            """),
        new("ftrace", "raw_data", 19, 0, "unsigned int id; char buf[]",
            """
            "id:%04x %08x", REC->id, (int)REC->buf[0]
            """),
        new("ftrace", "user_stack", 13, 0, "unsigned int tgid; unsigned long caller[8]",
            """
            "\t=> %ps\n\t=> %ps\n\t=> %ps\n" "\t=> %ps\n\t=> %ps\n\t=> %ps\n" "\t=> %ps\n\t=> %ps\n", (void *)REC->caller[0], (void *)REC->caller[1], (void *)REC->caller[2], (void *)REC->caller[3], (void *)REC->caller[4], (void *)REC->caller[5], (void *)REC->caller[6], (void *)REC->caller[7]
            """),
        new("ftrace", "wakeup", 3, 0, "unsigned int prev_pid; unsigned int next_pid; unsigned int next_cpu; unsigned char prev_prio; unsigned char prev_state; unsigned char next_prio; unsigned char next_state",
            """
            "%u:%u:%u  ==+ %u:%u:%u [%03u]", REC->prev_pid, REC->prev_prio, REC->prev_state, REC->next_pid, REC->next_prio, REC->next_state, REC->next_cpu
            """),
    ];
}
