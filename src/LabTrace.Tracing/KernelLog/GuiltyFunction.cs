using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>Finds the function that a report is named after.</summary>
internal static partial class GuiltyFunction
{
    /// <summary>Finds it.</summary>
    /// <param name="rule">The report's kind.</param>
    /// <param name="headerFunction">The function its first line names; may be null.</param>
    /// <param name="lines">The report's lines, the first one first.</param>
    /// <returns>The function, or null when the report does not tell it.</returns>
    public static string? Find(ReportRule rule, string? headerFunction, IReadOnlyList<string> lines)
    {
        foreach (var way in rule.Ways)
        {
            var frames = Walk(way, rule.Skip, headerFunction, lines);
            if (frames.Count > 0)
            {
                return Pick(rule.Pick, frames);
            }
        }

        return null;
    }

    private static List<string> Walk(TraceStep[] way, Regex? skip, string? headerFunction, IReadOnlyList<string> lines)
    {
        List<string> frames = [];
        var at = 0;
        foreach (var step in way)
        {
            switch (step.Kind)
            {
                case TraceStepKind.Header:
                    Keep(headerFunction);
                    at = Math.Max(at, 1);
                    break;
                case TraceStepKind.Frames:
                    for (; at < lines.Count && !IsWovenIn(lines[at]); at++)
                    {
                        if (StackFrame.StartsTrace(lines[at]))
                        {
                            at++;
                            break;
                        }

                        if (StackFrame.TryRead(lines[at], out var function))
                        {
                            Keep(function);
                        }
                    }

                    break;
                default:
                    string? pointed = null;
                    while (at < lines.Count && !IsWovenIn(lines[at]) && !Holds(step, lines[at], out pointed))
                    {
                        at++;
                    }

                    if (at >= lines.Count || IsWovenIn(lines[at]))
                    {
                        return frames;
                    }

                    Keep(pointed);
                    at++;
                    break;
            }
        }

        return frames;

        void Keep(string? function)
        {
            if (function is not null && !Generic().IsMatch(function) && skip?.IsMatch(function) != true)
            {
                frames.Add(function);
            }
        }
    }

    private static bool Holds(TraceStep step, string line, out string? function)
    {
        function = null;
        return step.Kind switch
        {
            TraceStepKind.Pointer => StackFrame.TryReadInstructionPointer(line, out function),
            TraceStepKind.Taken => StackFrame.TryReadLockSite(line, out function),
            _ => step.Needle.Length > 0 ? line.Contains(step.Needle, StringComparison.Ordinal) : CallTrace().IsMatch(line),
        };
    }

    // A fault injected on purpose prints its stack in the middle of whatever it provokes.
    private static bool IsWovenIn(string line) => InjectedFault().IsMatch(line);

    private static string? Pick(FramePick pick, List<string> frames) => pick switch
    {
        FramePick.BelowDispatcher => BelowDispatcher(frames),
        FramePick.Waiting => Waiting(frames),
        _ => frames[0],
    };

    private static string? BelowDispatcher(List<string> frames)
    {
        // A cpu that waits for the others says nothing of which of them it waits for.
        if (frames.Exists(static f => f.StartsWith("smp_call_function", StringComparison.Ordinal)))
        {
            return "smp_call_function";
        }

        var below = frames[0];
        foreach (var frame in frames)
        {
            if (Dispatcher().IsMatch(frame))
            {
                return below;
            }

            below = frame;
        }

        return null;
    }

    private static string? Waiting(List<string> frames) =>
        frames.Select(static f => Bottleneck().Match(f)).FirstOrDefault(static m => m.Success) is { } known
            ? known.Groups["rcu"].Success ? "synchronize_rcu" : known.Groups["lock"].Value
            : frames.FirstOrDefault(static f => !Waiter().IsMatch(f));

    [GeneratedRegex("Call [Tt]race:|^\\s*[Bb]acktrace:|[^k] backtrace:", RegexOptions.CultureInvariant)]
    private static partial Regex CallTrace();

    [GeneratedRegex(@"^\s*(?:\[<?(?:0x)?[0-9a-f]+>?\] ?)?should_fail(?:slab|_ex)?(?:\.[a-z0-9.]+)?\+0x", RegexOptions.CultureInvariant)]
    private static partial Regex InjectedFault();

    // Where everybody waits when something else is wrong: one title for all who do.
    [GeneratedRegex("^(?:(?<rcu>synchronize_(?:s?rcu|net|sched))|(?<lock>rtnl_lock))", RegexOptions.CultureInvariant)]
    private static partial Regex Bottleneck();

    [GeneratedRegex("sched|_lock|_slowlock|down|rwsem|completion|kthread|wait|synchronize|context_switch|__switch_to|cancel_delayed_work|rcu_barrier|^io_|flush_work", RegexOptions.CultureInvariant)]
    private static partial Regex Waiter();

    // What hands work out: system call entry, and for the calls that lead everywhere the place where they part; interrupts, timers,
    // work queues and threads; the return to user space.
    [GeneratedRegex(
        "process_one_work|do_syscall_|do_fast_syscall_|sysenter_dispatch|tracesys_phase2|invoke_syscall|^el0_svc|^ret_fast_syscall|^system_call|" +
        "netif_receive_skb|do_softirq|handle_softirqs|tasklet_action|call_timer_fn|_run_timers|run_timer_softirq|hrtimer_run|run_ksoftirqd|smpboot_thread_fn|kthread|start_secondary|cpu_startup_entry|ret_from_fork|" +
        "vfs_(?:write|read|iter_read|iter_write|ioctl|open)$|do_iter_(?:read|write|readv_writev)|blkdev_(?:driver_)?ioctl|^call_(?:read|write)_iter|^call_mmap|mmap_region|do_mmap|do_dentry_open|" +
        "^(?:__)?sock_(?:sendmsg|recvmsg|release|mmap|ioctl|do_ioctl)|^(?:__sys|kernel|sock_common)_setsockopt|^(?:__sys|kernel)_(?:listen|accept)|sk_common_release|^compat_sock_ioctl|^nfnetlink_rcv_msg|" +
        "^(?:compat_)?(?:SYSC|SyS|__sys|___sys|__do_sys|__se_sys|__x64_sys|__ia32_sys|__arm64_sys|ksys)_(?:socketpair|connect|ioctl)|" +
        "__fput|task_work_run|exit_to_user_?mode",
        RegexOptions.CultureInvariant)]
    private static partial Regex Dispatcher();
}
