using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>How events are recorded: tracer, options, clock, buffer, pids and cpus.</summary>
public sealed partial class TraceInstance
{
    /// <summary>Selects a tracer; <c>nop</c> records events only.</summary>
    /// <exception cref="NotOnTargetException">The kernel has no such tracer, or lists it and refuses it all the same.</exception>
    /// <exception cref="TargetIOException">Another refusal, such as EBUSY.</exception>
    public async Task SetTracerAsync(string tracer, CancellationToken cancellationToken)
    {
        try
        {
            await Changes.SetAttributeAsync(Path + "/current_tracer", tracer, restoreValue: null, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.EINVAL or Errno.EPERM or Errno.EACCES or Errno.EOPNOTSUPP)
        {
            var tracers = await ReadTracersAsync(cancellationToken);
            throw tracers.Contains(tracer, StringComparer.Ordinal)
                ? new NotOnTargetException(
                    $"tracer '{tracer}' is listed on target '{Target.Name}', but its kernel refuses it: {e.Errno.Name()} ({e.Errno.Text()})",
                    "boot a kernel that is not locked down and has kernel.ftrace_enabled=1, for example a vm place",
                    e)
                : new NotOnTargetException(
                    $"no tracer '{tracer}' for instances on target '{Target.Name}'; there are: {string.Join(", ", tracers)}",
                    $"list all with `cat {Tracefs.Path}/available_tracers`; more come with a kernel's CONFIG_FUNCTION_TRACER=y and its kin",
                    e);
        }
    }

    /// <summary>Narrows the function tracers to functions by name or glob, such as <c>vfs_*</c>; all others are not traced.</summary>
    /// <exception cref="NotOnTargetException">The kernel traces no function of that name, or no functions at all.</exception>
    /// <exception cref="TargetIOException">The kernel refused: EPERM where it is locked down.</exception>
    public async Task SetFunctionsAsync(string pattern, CancellationToken cancellationToken)
    {
        try
        {
            // Reading the file gives words, not what is written; an empty write takes the filter away.
            await Changes.SetAttributeAsync(Path + "/set_ftrace_filter", pattern, "", cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.EINVAL or Errno.ENOENT)
        {
            throw new NotOnTargetException(
                $"no function '{pattern}' to trace on target '{Target.Name}'", $"list them with `cat {Tracefs.Path}/available_filter_functions`", e);
        }
    }

    /// <summary>Reads what the hist triggers of an event have counted, as the kernel shows it.</summary>
    /// <exception cref="NotOnTargetException">There is no such event, or the kernel has no hist triggers.</exception>
    public async Task<string> ReadHistogramAsync(LabTrace.Tracing.EventName name, CancellationToken cancellationToken)
    {
        var found = (await Tracefs.ResolveAsync(name, cancellationToken))[0];
        return await Target.ReadTextAsync(EventFile(found, "hist"), cancellationToken);
    }

    /// <summary>Reads which tracers the kernel lists for this instance; being listed does not mean being allowed.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<IReadOnlyList<string>> ReadTracersAsync(CancellationToken cancellationToken) =>
        (await Target.ReadTextAsync(Path + "/available_tracers", cancellationToken)).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Turns a trace option on or off.</summary>
    /// <param name="option">The option without <c>no</c>: <c>irq-info</c>, <c>record-tgid</c>, <c>overwrite</c>…</param>
    /// <param name="isOn">Whether it is to be on.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NotOnTargetException">There is no such option; the message names the nearest.</exception>
    /// <exception cref="KernelRefusedException">The kernel has it and refuses the change.</exception>
    public async Task SetOptionAsync(string option, bool isOn, CancellationToken cancellationToken)
    {
        var options = await ReadOptionsAsync(cancellationToken);
        if (!options.TryGetValue(option, out var wasOn))
        {
            throw new NotOnTargetException(
                $"no trace option '{option}' on target '{Target.Name}'{NearestNames.Clause(option, options.Keys)}",
                $"list them with `cat {Tracefs.Path}/trace_options`, and leave out the 'no' in front");
        }

        try
        {
            // Each option has a file of its own, but record-cmd and printk-msg-only of an instance have not; this one takes all.
            await Changes.AppendLineAsync(Path + "/trace_options", Word(isOn), Word(wasOn), cancellationToken);
        }
        catch (TargetIOException e)
        {
            throw new KernelRefusedException($"trace option '{Word(isOn)}'", Target.Name, e.Errno, inner: e);
        }

        string Word(bool on) => on ? option : "no" + option;
    }

    /// <summary>Reads all trace options of this instance.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<IReadOnlyDictionary<string, bool>> ReadOptionsAsync(CancellationToken cancellationToken)
    {
        var text = await Target.ReadTextAsync(Path + "/trace_options", cancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.StartsWith("no", StringComparison.Ordinal) ? (Name: line[2..], IsOn: false) : (Name: line, IsOn: true))
            .DistinctBy(o => o.Name)
            .ToDictionary(o => o.Name, o => o.IsOn, StringComparer.Ordinal);
    }

    /// <summary>Chooses the clock that stamps events, and thereby empties the buffer.</summary>
    /// <exception cref="NotOnTargetException">The kernel has no such clock; the message lists those it has.</exception>
    public async Task SetClockAsync(string clock, CancellationToken cancellationToken)
    {
        var clocks = await ReadClocksAsync(cancellationToken);
        try
        {
            await Changes.SetAttributeAsync(Path + "/trace_clock", clock, clocks.Current, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno == Errno.EINVAL)
        {
            throw new NotOnTargetException(
                $"no trace clock '{clock}' on target '{Target.Name}'; there are: {string.Join(", ", clocks.Available)}",
                "local is the default; mono, boot and tai are the clocks programs see",
                e);
        }
    }

    /// <summary>Reads the clock in use and those there are.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<TraceClocks> ReadClocksAsync(CancellationToken cancellationToken) =>
        TraceClocks.Parse(await Target.ReadTextAsync(Path + "/trace_clock", cancellationToken));

    /// <summary>Sets the buffer size of every cpu, and thereby empties the buffer. The kernel rounds up to whole sub-buffers.</summary>
    /// <param name="kib">KiB per cpu, one or more.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>KiB per cpu as the kernel now has it.</returns>
    /// <exception cref="KernelRefusedException">EINVAL for zero and less, ENOMEM for more than the target has.</exception>
    public Task<long> SetBufferSizeAsync(long kib, CancellationToken cancellationToken) =>
        SetSizeAsync(Path + "/buffer_size_kb", kib, "the buffer size", cancellationToken);

    /// <summary>Sets the buffer size of one cpu; see <see cref="SetBufferSizeAsync(long, CancellationToken)"/>.</summary>
    /// <exception cref="NotOnTargetException">There is no such cpu.</exception>
    /// <exception cref="KernelRefusedException">EINVAL for zero and less, ENOMEM for more than the target has.</exception>
    public async Task<long> SetBufferSizeAsync(int cpu, long kib, CancellationToken cancellationToken)
    {
        await CheckCpusAsync([cpu], cancellationToken);
        return await SetSizeAsync($"{Path}/per_cpu/cpu{cpu}/buffer_size_kb", kib, $"the buffer size of cpu {cpu}", cancellationToken);
    }

    /// <summary>Reads the buffer size of each cpu in KiB; they differ once one was set by itself.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<IReadOnlyList<long>> ReadBufferSizesAsync(CancellationToken cancellationToken)
    {
        var cpus = await _reader.CpusAsync(cancellationToken);
        var outcomes = await Target.ReadManyAsync(cpus.Select(c => $"{Path}/per_cpu/cpu{c}/buffer_size_kb").ToArray(), cancellationToken);
        return outcomes.Select(o => ParseSize(Encoding.ASCII.GetString(o.Content ?? []))).ToArray();
    }

    /// <summary>Sets the size of the pieces the buffer is made of, 4 KiB unless told otherwise: no event is larger than one.</summary>
    /// <param name="kib">KiB; the kernel rounds up to a power of two of its pages.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>KiB as the kernel now has it.</returns>
    /// <exception cref="NotOnTargetException">The kernel is older than 6.8 and cannot choose it.</exception>
    /// <exception cref="KernelRefusedException">EINVAL for zero and for too much.</exception>
    public async Task<long> SetSubBufferSizeAsync(int kib, CancellationToken cancellationToken)
    {
        var path = Path + "/buffer_subbuf_size_kb";
        return await Target.ExistsAsync(path, cancellationToken)
            ? await SetSizeAsync(path, kib, "the sub-buffer size", cancellationToken)
            : throw new NotOnTargetException(
                $"the kernel of target '{Target.Name}' has a fixed sub-buffer size: there is no buffer_subbuf_size_kb", "boot Linux 6.8 or newer");
    }

    /// <summary>Chooses what a full buffer does: forget the oldest events (the default), or refuse new ones and count them.</summary>
    /// <exception cref="KernelRefusedException">The kernel refused.</exception>
    public Task SetOverwriteAsync(bool isOn, CancellationToken cancellationToken) => SetOptionAsync("overwrite", isOn, cancellationToken);

    /// <summary>Records events of these threads only.</summary>
    /// <param name="pids">Threads, or none to record all again.</param>
    /// <param name="withChildren">What they start is recorded too, and what that starts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="KernelRefusedException">The kernel refused.</exception>
    public async Task SetPidFilterAsync(IReadOnlyCollection<int> pids, bool withChildren, CancellationToken cancellationToken)
    {
        if (withChildren)
        {
            await SetOptionAsync("event-fork", isOn: true, cancellationToken);
        }

        var list = string.Join(' ', pids.Select(p => p.ToString(CultureInfo.InvariantCulture)));
        try
        {
            await Changes.SetAttributeAsync(Path + "/set_event_pid", list, restoreValue: "", cancellationToken);
        }
        catch (TargetIOException e)
        {
            throw new KernelRefusedException($"the pid filter '{list}'", Target.Name, e.Errno, hint: "pids are whole numbers from 0 up", inner: e);
        }
    }

    /// <summary>Records on these cpus only.</summary>
    /// <exception cref="NotOnTargetException">There is no such cpu.</exception>
    /// <exception cref="KernelRefusedException">The kernel refused.</exception>
    public async Task SetCpusAsync(IReadOnlyCollection<int> cpus, CancellationToken cancellationToken)
    {
        await CheckCpusAsync(cpus, cancellationToken);
        try
        {
            await Changes.SetAttributeAsync(Path + "/tracing_cpumask", CpuMask(cpus), restoreValue: null, cancellationToken);
        }
        catch (TargetIOException e)
        {
            throw new KernelRefusedException($"the cpu mask '{CpuMask(cpus)}'", Target.Name, e.Errno, inner: e);
        }
    }

    /// <summary>Hexadecimal words of 32 cpus, the highest first, joined by commas.</summary>
    internal static string CpuMask(IReadOnlyCollection<int> cpus)
    {
        var words = new uint[(cpus.DefaultIfEmpty(0).Max() / 32) + 1];
        foreach (var cpu in cpus)
        {
            words[cpu / 32] |= 1u << (cpu % 32);
        }

        var text = string.Join(',', words.Reverse().Select((w, i) => w.ToString(i == 0 ? "x" : "x8", CultureInfo.InvariantCulture)));
        return text;
    }

    private async Task CheckCpusAsync(IReadOnlyCollection<int> cpus, CancellationToken cancellationToken)
    {
        var there = await _reader.CpusAsync(cancellationToken);
        foreach (var cpu in cpus)
        {
            if (!there.Contains(cpu))
            {
                throw new NotOnTargetException($"no cpu {cpu} on target '{Target.Name}'; there are: {string.Join(", ", there)}", "cpus count from zero");
            }
        }
    }

    private async Task<long> SetSizeAsync(string path, long kib, string what, CancellationToken cancellationToken)
    {
        var before = await ReadSizeAsync(path, cancellationToken);
        try
        {
            var restore = before.ToString(CultureInfo.InvariantCulture);
            await Changes.SetAttributeAsync(path, kib.ToString(CultureInfo.InvariantCulture), restore, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno is Errno.EINVAL or Errno.ENOMEM or Errno.EBUSY)
        {
            var hint = e.Errno == Errno.ENOMEM ? "the target has not that much memory for every cpu: ask for less" : $"ask for a positive number of KiB; it is {before} now";
            throw new KernelRefusedException($"{what} of {kib} KiB", Target.Name, e.Errno, hint: hint, inner: e);
        }

        return await ReadSizeAsync(path, cancellationToken);
    }

    private async Task<long> ReadSizeAsync(string path, CancellationToken cancellationToken)
    {
        var text = await Target.ReadTextAsync(path, cancellationToken);

        // "X": the cpus differ, because one was set by itself.
        return text == "X" ? (await ReadBufferSizesAsync(cancellationToken)).Max() : ParseSize(text);
    }

    // "1408", or "7 (expanded: 1408)" while nothing has been recorded in the top buffer.
    private static long ParseSize(string text)
    {
        var digits = text.AsSpan().Trim();
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var kib) ? kib : 0;
    }
}
