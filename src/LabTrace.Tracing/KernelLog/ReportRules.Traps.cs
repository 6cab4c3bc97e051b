namespace LabTrace.Tracing.KernelLog;

internal static partial class ReportRules
{
    private static ReportRule[] Traps =>
    [
        // "traps: comm[pid] general protection fault ip:… sp:…" is a process's own fault, and its signal is the answer to it.
        new(@"general protection fault(?! ip:)(?!.* sp:).*:", "general protection fault in {func}", "DoS") { Ways = [Registers] },
        new("stack segment: ", "stack segment fault in {func}", "DoS") { Ways = [Registers] },
        new("divide error:", "divide error in {func}", "DoS") { Ways = [Trapped] },
        new("invalid opcode:", "invalid opcode in {func}", "DoS") { Ways = [Trapped] },
        new("PANIC: double fault", "PANIC: double fault in {func}", "DoS") { Ways = [Trapped] },
        new("Internal error:", "Internal error in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Unhandled fault:", "Unhandled fault in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Unhandled prefetch abort:", "Unhandled prefetch abort in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Alignment trap:", "Alignment trap in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Unexpected kernel BRK exception", "Unexpected kernel BRK exception in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Bad mode in (?<rest>.*?) detected", "Bad mode in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("Insufficient stack space to handle exception", "kernel stack overflow in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new("[Mm]achine [Cc]heck in kernel mode", "machine check in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new(@"^(?:Kernel )?Oops - (?<kind>[^:\[]+[^:\[ ])", "Oops: {kind} in {func}", "DoS") { Ways = [Registers, CallTrace] },
        new(@"^(?:[Uu]nrecoverable .*)?Oops(?::|\[#| \[#)", "Oops in {func}", "DoS") { Ways = [Registers, CallTrace] },
    ];

    private static ReportRule[] Panics =>
    [
        new("kernel BUG at mm/usercopy.c", "BUG: bad usercopy in {func}", "BUG") { Ways = [CallTrace], SkipPattern = "usercopy|__check" },
        new("kernel BUG at lib/list_debug.c", "BUG: corrupted list in {func}", "MEMORY_SAFETY_BUG") { Ways = [Registers, CallTrace] },
        new("kernel BUG at", "kernel BUG in {func}", "BUG") { Ways = [Registers, CallTrace], SkipPattern = "^skb_(?:push|put|over|under)|_fault$" },
        new("Kernel (?:BUG|bug detected)", "kernel BUG in {func}", "BUG") { Ways = [Registers, CallTrace] },
        new("Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: " + Func + "0x", "kernel panic: stack is corrupted in {func}", "DoS"),
        new(@"Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: (?:" + StackFrame.Address + " )?(?<func>[A-Za-z_][A-Za-z0-9_]*)(?:[.+]|$)", "kernel panic: stack is corrupted in {func}", "DoS"),
        new("Kernel panic - not syncing: stack-protector", "kernel panic: stack is corrupted in {func}", "DoS") { Ways = [CallTrace], SkipPattern = "stack_chk" },
        new("Kernel panic - not syncing: corrupted stack end", "kernel panic: corrupted stack end in {func}", "DoS")
        {
            Ways = [CallTrace], SkipPattern = "schedule|retint_kernel|preempt|_cond_resched", Pick = FramePick.BelowDispatcher,
        },
        new("Kernel panic - not syncing: Attempted to kill init!", "kernel panic: Attempted to kill init!", "DoS"),
        new("Kernel panic - not syncing: Couldn't open N_TTY ldisc", "kernel panic: Couldn't open N_TTY ldisc", "DoS"),
        new("Kernel panic - not syncing: (?:.*: )?Fatal exception", "kernel panic: Fatal exception", "DoS"),
        new("Kernel panic - not syncing: (?:kernel: )?panic_on_warn set", "kernel panic: panic_on_warn set", "DoS"),
        new("Kernel panic - not syncing: (?<what>hung_task|softlockup): (?<rest>[a-z ]+)", "kernel panic: {what}: {rest}", "HANG"),
        new("Kernel panic - not syncing: (?<rest>.+)", "kernel panic: {rest}", "DoS"),
        new("Kernel panic", "kernel panic", "DoS"),
    ];
}
