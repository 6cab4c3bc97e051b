using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Bpf;

/// <content>The seven programs.</content>
internal sealed partial class EmulatedBpfSession
{
    public void SyscallEnter(KernelTask task, int number, ReadOnlySpan<long> arguments)
    {
        if (_kind == BpfRecordKind.DrmIoctl && number == Ioctl)
        {
            IoctlEnter(task, arguments);
        }

        if (_kind != BpfRecordKind.Syscalls || !IsWanted(task, number == Execve) || (Request.Calls.Count > 0 && !Request.Calls.Contains(number)))
        {
            // Also other programs begin with the command's execve.
            _ = _kind != BpfRecordKind.Syscalls && IsWanted(task, number == Execve);
            return;
        }

        var id = _calls.TryGetValue(task.Pid, out var last) ? last.Id + 1 : 1;
        IReadOnlyList<string> texts = Request.Texts ? task.CallTexts : [];
        _calls[task.Pid] = (0, id, number, arguments.ToArray(), texts);
        if (!Request.WholeCalls && _minNs == 0)
        {
            Submit(Call(task, 0, 0, 0));
        }

        _calls[task.Pid] = _calls[task.Pid] with { Time = _machine.Scheduler.CpuOf(task).Clock };
    }

    public void SyscallExit(KernelTask task, int number, long result)
    {
        if (_kind == BpfRecordKind.DrmIoctl && number == Ioctl)
        {
            IoctlExit(task, result);
        }

        if (_kind != BpfRecordKind.Syscalls || !IsWanted(task) || (Request.Calls.Count > 0 && !Request.Calls.Contains(number)) || IsSkipped())
        {
            return;
        }

        if (!_calls.TryGetValue(task.Pid, out var call) || call.Time == 0 || call.Number != number)
        {
            CountersOf(task).Unmatched++;
            return;
        }

        var duration = Elapsed(task, call.Time);
        _calls[task.Pid] = call with { Time = 0 };
        if (duration >= _minNs)
        {
            Submit(Call(task, Request.WholeCalls || _minNs > 0 ? 2 : 1, result, duration));
        }
    }

    public void Function(KernelTask task, int function, long argument, long? result)
    {
        if (!IsWanted(task))
        {
            return;
        }

        if (!_frames.TryGetValue(task.Pid, out var frames))
        {
            _frames[task.Pid] = frames = new();
        }

        if (result is not { } ret)
        {
            frames.Push((function, _machine.Scheduler.CpuOf(task).Clock, argument));
            return;
        }

        if (IsSkipped())
        {
            return;
        }

        while (frames.Count > 0 && frames.Peek().Function != function)
        {
            _ = frames.Pop();
        }

        if (!frames.TryPop(out var frame) || frames.Count >= MaxDepth)
        {
            var counters = CountersOf(task);
            (counters.Unmatched, counters.Overflow) = frames.Count >= MaxDepth ? (counters.Unmatched, counters.Overflow + 1) : (counters.Unmatched + 1, counters.Overflow);
            return;
        }

        var duration = Elapsed(task, frame.Time);
        _times[function].Add(duration);
        if (!Request.HistogramsOnly && duration >= _minNs)
        {
            Submit(FunctionRecord(task, function, frames.Count, frame.Argument, ret, duration));
        }
    }

    public void Pci(KernelTask task, PciAccess access, int? result)
    {
        if (_kind != BpfRecordKind.Pcie || !IsWanted(task) || (result is not null && IsSkipped()))
        {
            return;
        }

        var isRead = access.Operation < 3;
        if (result is not { } ret)
        {
            if (_minNs == 0)
            {
                Submit(PciRecord(task, 0, access, isRead ? 0 : access.Value, 0, 0));
            }

            _begun[task.Pid] = _machine.Scheduler.CpuOf(task).Clock;
        }
        else if (End(task) is { } duration && duration >= _minNs)
        {
            Submit(PciRecord(task, 1, access, access.Value, ret, duration));
        }
    }

    public void Fence(KernelTask task, DmaFence fence, int event_)
    {
        const int waitStart = 4;
        const int waitEnd = 5;
        if (_kind != BpfRecordKind.DmaFence || !IsWanted(task) || (event_ == waitEnd && IsSkipped()))
        {
            return;
        }

        var (key, duration) = ((task.Pid, fence.Context, fence.Sequence), 0L);
        if (event_ == waitStart)
        {
            _waits[key] = _machine.Scheduler.CpuOf(task).Clock;
        }
        else if (event_ == waitEnd)
        {
            if (_waits.Remove(key, out var start))
            {
                duration = Elapsed(task, start);
            }
            else
            {
                CountersOf(task).Unmatched++;
            }

            if (duration < _minNs)
            {
                return;
            }
        }

        Submit(Record(event_, 136, task).Put64(48, fence.Context).Put64(56, fence.Sequence).Put64(64, duration)
            .PutText(72, fence.Driver, 31).PutText(104, fence.Timeline, 31));
    }

    public void Copy(KernelTask task, NvlinkCopy copy, long? result)
    {
        if (_kind != BpfRecordKind.Nvlink || !IsWanted(task) || (result is not null && IsSkipped()))
        {
            return;
        }

        if (result is not { } ret)
        {
            Submit(CopyRecord(task, 0, copy));
            _begun[task.Pid] = _machine.Scheduler.CpuOf(task).Clock;
        }
        else if (End(task) is { } duration)
        {
            Submit(CopyRecord(task, 1, copy).Put64(80, ret).Put64(88, duration));
        }
    }

    public void Drop(KernelTask task, TcpDrop drop)
    {
        if (_kind != BpfRecordKind.TcpDrop || !IsWanted(task))
        {
            return;
        }

        var addresses = drop.Stack.Select((name, i) => NamedAddress(name, 0x20 + i)).ToArray();
        var record = Record(0, 368, task).Put32(48, drop.Reason).Put16(52, 2).Put16(54, drop.SourcePort).Put16(56, drop.DestinationPort)
            .Put16(58, drop.Flags | (drop.State << 8)).Put32(60, drop.Length).Put32(64, 0x0100007f).Put32(80, 0x0100007f)
            .Put64(96, NamedAddress(drop.Stack[0], 0x40)).Put32(104, addresses.Length);
        for (var i = 0; i < addresses.Length; i++)
        {
            _ = record.Put64(112 + (8 * i), addresses[i]);
        }

        Submit(record);
    }

    private BpfRecord Call(KernelTask task, int event_, long result, long duration)
    {
        var call = _calls[task.Pid];
        var mask = call.Texts.Count > 0 ? SyscallTable.Find(call.Number)?.TextArguments ?? 0 : 0;
        var record = Record(event_, mask != 0 ? 384 : 128, task, mask != 0 ? 1 : 0)
            .Put32(48, call.Number).Put64(56, call.Id).Put64(112, result).Put64(120, duration);
        var texts = 0xffff;
        for (var (i, slot) = (0, 0); i < 6; i++)
        {
            _ = record.Put64(64 + (8 * i), call.Arguments[i]);
            if ((mask >> i & 1) != 0 && slot < 2)
            {
                texts = slot == 0 ? (texts & 0xff00) | i : (texts & 0xff) | i << 8;
                _ = slot < call.Texts.Count ? record.PutText(128 + (128 * slot), call.Texts[slot], TextBytes) : record;
                slot++;
            }
        }

        return record.Put32(52, texts);
    }

    private void IoctlEnter(KernelTask task, ReadOnlySpan<long> arguments)
    {
        if ((Request.IoctlType != 0 && (arguments[1] >> 8 & 0xff) != Request.IoctlType) || !IsWanted(task))
        {
            return;
        }

        _calls[task.Pid] = (0, 0, Ioctl, arguments.ToArray(), []);
        if (_minNs == 0)
        {
            Submit(IoctlRecord(task, 0));
        }

        _calls[task.Pid] = _calls[task.Pid] with { Time = _machine.Scheduler.CpuOf(task).Clock };
    }

    private void IoctlExit(KernelTask task, long result)
    {
        if (!IsWanted(task) || !_calls.TryGetValue(task.Pid, out var call) || call.Time == 0 || IsSkipped())
        {
            return;
        }

        var duration = Elapsed(task, call.Time);
        _calls[task.Pid] = call with { Time = 0 };
        if (duration >= _minNs)
        {
            Submit(IoctlRecord(task, 1).Put64(64, result).Put64(72, duration));
        }
    }

    private BpfRecord IoctlRecord(KernelTask task, int event_)
    {
        var arguments = _calls[task.Pid].Arguments;
        return Record(event_, 80, task).Put32(48, arguments[0]).Put32(52, arguments[1]).Put64(56, arguments[2]);
    }

    private BpfRecord FunctionRecord(KernelTask task, int function, int depth, long argument, long result, long duration)
    {
        var hasStack = Request.Stacks != Devices.BpfStacks.None;
        var record = Record(0, hasStack ? 600 : 80, task, hasStack ? 1 : 0)
            .Put32(48, function).Put32(52, depth).Put64(56, argument).Put64(64, result).Put64(72, duration);
        if (Request.Stacks.HasFlag(Devices.BpfStacks.Kernel))
        {
            string[] stack = ["do_syscall_64", "entry_SYSCALL_64_after_hwframe"];
            _ = record.Put32(80, stack.Length);
            for (var i = 0; i < stack.Length; i++)
            {
                _ = record.Put64(88 + (8 * i), NamedAddress(stack[i], 0x10));
            }
        }

        return Request.Stacks.HasFlag(Devices.BpfStacks.User) ? record.Put32(84, 1).Put64(344, 0x562213291149) : record;
    }

    private BpfRecord PciRecord(KernelTask task, int event_, PciAccess access, uint value, int ret, long duration) =>
        Record(event_, 88, task).Put32(48, access.Operation).Put32(56, access.Bus).Put32(60, access.Devfn).Put32(64, access.Offset)
            .Put32(68, 1 << (access.Operation % 3)).Put32(72, value).Put32(76, ret).Put64(80, duration);

    private BpfRecord CopyRecord(KernelTask task, int event_, NvlinkCopy copy) =>
        Record(event_, 96, task).Put32(48, copy.Function).Put64(56, copy.To).Put64(64, copy.From).Put64(72, copy.Size);

    private long? End(KernelTask task)
    {
        if (_begun.Remove(task.Pid, out var since))
        {
            return Elapsed(task, since);
        }

        CountersOf(task).Unmatched++;
        return null;
    }
}
