namespace LabTrace.Tracing.KernelLog;

internal static partial class ReportRules
{
    private const string Allocators = "kmem_|slab_|kfree|kvfree|vunmap|vfree|__free_|___cache_free|kasan_";

    private static ReportRule[] Sanitizers =>
    [
        new("BUG: KASAN: (?:double-free or invalid-free|double-free|invalid-free) in " + Func, "KASAN: invalid-free in {func}", "KASAN-INVALID-FREE")
        {
            Ways = [NamedThenTrace], SkipPattern = Allocators, DetailPattern = "Call [Tt]race:|[Bb]acktrace:",
        },
        new("BUG: KASAN: (?<kind>[a-z-]+) in " + Func, "KASAN: {kind} {access} in {func}", "KASAN-{AFTERFREE}{ACCESS}")
        {
            Ways = [NamedThenTrace], DetailPattern = "(?<access>Read|Write) (?:of size|at addr)",
        },
        new("BUG: KASAN: (?<kind>[a-z-]+) on address", "KASAN: {kind} {access}", "KASAN-{AFTERFREE}{ACCESS}") { DetailPattern = "(?<access>Read|Write) (?:of size|at addr)" },
        new("BUG: KASAN: (?<rest>.*)", "KASAN: {rest}", "KASAN-READ"),
        new("BUG: KMSAN: (?<kind>kernel-usb-infoleak)(?:-after-free)? in " + Func, "KMSAN: kernel-usb-infoleak in {func}", "KMSAN-INFO-LEAK")
        {
            Ways = [[TraceStep.Frames]], SkipPattern = "usb_submit_urb|usb_start_wait_urb|usb_bulk_msg|usb_interrupt_msg|usb_control_msg",
        },
        new("BUG: KMSAN: (?<kind>kernel-infoleak)[a-z-]* in " + Func, "KMSAN: kernel-infoleak in {func}", "KMSAN-INFO-LEAK")
        {
            Ways = [NamedThenFrames, CallTrace], SkipPattern = "^copy_|^_copy|iterate|iter$|simple_(?:read|copy)|^instrument|^put_cmsg$",
        },
        new("BUG: KMSAN: (?<kind>[a-z-]+) in " + Func, "KMSAN: {kind} in {func}", "KMSAN-{KIND}") { Ways = [NamedThenFrames, CallTrace] },
        new("BUG: KCSAN: (?<rest>.*)", "KCSAN: {rest}", "KCSAN-DATARACE"),
        new("BUG: KFENCE: (?<kind>memory corruption) in " + Func, "KFENCE: {kind} in {func}", "KFENCE-MEMORY-CORRUPTION") { Ways = [NamedThenFrames], SkipPattern = Allocators },
        new("BUG: KFENCE: invalid free in " + Func, "KFENCE: invalid free in {func}", "KFENCE-INVALID-FREE") { Ways = [NamedThenFrames], SkipPattern = Allocators },
        new("BUG: KFENCE: (?<kind>use-after-free|out-of-bounds|invalid) (?<access>read|write) in " + Func, "KFENCE: {kind} {access} in {func}", "KFENCE-{AFTERFREE}{ACCESS}")
        {
            Ways = [NamedThenFrames],
        },
        new("BUG: (?<tool>KASAN|KMSAN|KFENCE): (?<rest>.+)", "{tool}: {rest}", "{TOOL}"),
    ];

    private static ReportRule[] Undefined =>
    [
        new("UBSAN: [Uu]ndefined behaviour in", "UBSAN: undefined-behaviour in {func}", "UBSAN") { Ways = [CallTrace], SkipPattern = "ubsan|overflow|mismatch|nonnull|^handle_" },
        new("UBSAN: array-index-out-of-bounds in", "UBSAN: array-index-out-of-bounds in {func}", "MEMORY_SAFETY_UBSAN") { Ways = [CallTrace], SkipPattern = "ubsan" },
        new("UBSAN: (?<kind>[a-z-]+) in", "UBSAN: {kind} in {func}", "UBSAN") { Ways = [CallTrace], SkipPattern = "ubsan|^handle_overflow" },
        new("UBSAN: (?<rest>.+)", "UBSAN: {rest}", "UBSAN"),
    ];

    private static ReportRule[] Faults =>
    [
        new("[Uu]nable to handle kernel (?:paging request|data access|instruction fetch|execute from non-execut)|[Uu]nable to handle page fault for address|BUG: Unable to handle kernel (?:data|instruction)", "BUG: unable to handle kernel paging request in {func}", "MEMORY_SAFETY_BUG") { Ways = [Registers, CallTrace] },
        new("[Uu]nable to handle kernel (?<pre>)NULL pointer dereference|BUG: [Kk]ernel NULL pointer dereference", "BUG: unable to handle kernel NULL pointer dereference in {func}", "NULL-POINTER-DEREFERENCE") { Ways = [Registers, CallTrace] },
        new("[Uu]nable to handle kernel access to user memory", "BUG: unable to handle kernel access to user memory in {func}", "MEMORY_SAFETY_BUG") { Ways = [Registers, CallTrace] },
        new("[Uu]nable to handle kernel (?<kind>[a-z ]*[a-z])", "BUG: unable to handle kernel {kind} in {func}", "MEMORY_SAFETY_BUG") { Ways = [Registers, CallTrace] },
        new("[Uu]nable to handle kernel", "BUG: unable to handle kernel", "MEMORY_SAFETY_BUG"),
    ];

    private static ReportRule[] Slabs =>
    [
        new(@"(?:^|[^A-Za-z])BUG (?<cache>[a-zA-Z0-9_.:-]+) ?(?:\([^)]*\))?: (?<rest>Object already free)", "BUG: Object already free", "MEMORY_SAFETY_BUG"),
        new(@"(?:^|[^A-Za-z])BUG (?<cache>[a-zA-Z0-9_.:-]+) ?\((?:Not tainted|Tainted)[^)]*\): (?<rest>Objects remaining in [^ ]+ on|[A-Z][A-Za-z' ]+[a-z])", "BUG: {rest} in {func}", "MEMORY_SAFETY_BUG")
        {
            Ways = [CallTrace], SkipPattern = Allocators + "|slab|check_bytes|check_object|object_err|free_to_partial|alloc_debug|free_debug|^__kmalloc|^k[mzc]alloc|shutdown_cache",
        },
    ];
}
