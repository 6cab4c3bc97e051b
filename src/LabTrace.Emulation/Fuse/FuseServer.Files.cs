using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Fuse;

/// <content>What is asked of open files.</content>
internal sealed partial class FuseServer
{
    private const uint AccessMode = 3;
    private const uint WriteOnly = 1;
    private const uint NonBlocking = 0x800;
    private const uint Truncates = 0x200;
    private const uint Appends = 0x400;
    private const uint DirectIo = 1;
    private const uint NotSeekable = 4;
    private const uint IsStreamFlag = 16;
    private const uint PollIn = 0x41;
    private const uint PollOut = 0x104;
    private const uint ScheduleNotify = 1;
    private const int ReadBits = 0x124;
    private const int WriteBits = 0x92;
    private const int MaxControlBytes = 1 << 14;

    private bool DoWithFile(in FuseRequest request)
    {
        switch (request.Operation)
        {
            case FuseOperation.Open:
                Open(request, _entries.Of(request.NodeId), request.U32(0));
                return true;
            case FuseOperation.Create:
                return Create(request, 16, request.U32(0));
            case FuseOperation.MakeNode:
                return Create(request, 16, flags: null);
            case FuseOperation.Read:
                return Read(request);
            case FuseOperation.Write:
                Write(request);
                return true;
            case FuseOperation.Release:
                if (_handles.Remove(request.U64(0), out var closed))
                {
                    Close(closed);
                }

                return true;
            case FuseOperation.Control:
                Control(request);
                return true;
            case FuseOperation.Poll:
                Poll(request);
                return true;
            case FuseOperation.Interrupt:
                if (_waiting.TryGetValue(request.U64(0), out var waiting))
                {
                    waiting.Cancel();
                }

                return false;
            default:
                // ENOSYS: the kernel does not ask again, and does itself what can be done.
                throw new Refusal(Errno.ENOSYS);
        }
    }

    private void Open(in FuseRequest request, FuseEntry entry, uint flags)
    {
        var access = flags & AccessMode;
        var (isReading, isWriting) = (access != WriteOnly, access != 0);
        var open = (isWriting ? OpenFlags.Write : OpenFlags.Read)
            | ((flags & Truncates) != 0 ? OpenFlags.Truncate : OpenFlags.Read)
            | ((flags & Appends) != 0 ? OpenFlags.Append : OpenFlags.Read);
        var user = request.UserId;
        FuseHandle Make()
        {
            var node = _entries.Resolve(entry) as FileNode ?? throw new Refusal(Errno.EISDIR);
            CheckPermission(entry, node, isReading, isWriting, user);
            if (isWriting && machine.Options.Faults.RefusedWrites.TryGetValue(entry.Path, out var fault))
            {
                Refusal.Throw(fault);
            }

            return new FuseHandle(node, open, isWriting);
        }

        // Opening for reading changes nothing; all else is a call that others see.
        FuseHandle handle;
        if (isWriting)
        {
            handle = machine.CallAsAgent(cpu =>
            {
                machine.Tracer.Writer = cpu;
                return Make();
            });
        }
        else
        {
            lock (machine.Gate)
            {
                handle = Make();
            }
        }

        _handles[++_lastHandle] = handle;
        _ = _reply.Put(_lastHandle).Put(DirectIo | (handle.IsStream ? NotSeekable | IsStreamFlag : 0)).Put(0u);
    }

    /// <summary>Root may all but what no file mode lets in sysfs; the mount's owner is the emulated machine's root.</summary>
    private void CheckPermission(FuseEntry entry, FileNode node, bool isReading, bool isWriting, uint user)
    {
        var mode = entry.IsSysfs || node is OrdinaryFile ? node.Mode : 0x1FF;
        if (user != 0 && user != owner)
        {
            mode = node.Mode & 7;
        }

        if ((isReading && (mode & ReadBits) == 0) || (isWriting && (mode & WriteBits) == 0))
        {
            Refusal.Throw(Errno.EACCES);
        }
    }

    private bool Create(in FuseRequest request, int nameOffset, uint? flags)
    {
        var (parent, name) = (_entries.Of(request.NodeId), request.Name(nameOffset));
        _ = machine.CallAsAgent(_ => _entries.DirectoryOf(parent).CreateFile(name));
        Lookup(parent, name);
        if (flags is { } open)
        {
            Open(request, _entries.Of(BitConverter.ToUInt64(_reply.Finish(0, 0).Slice(FuseReply.HeaderBytes, 8))), open);
        }

        return true;
    }

    private FuseHandle HandleOf(in FuseRequest request) => _handles.TryGetValue(request.U64(0), out var handle) ? handle : throw new Refusal(Errno.EBADF);

    private bool Read(in FuseRequest request)
    {
        var handle = HandleOf(request);
        var (offset, size) = ((long)request.U64(8), (int)Math.Min(request.U32(16), MaxWrite));
        lock (machine.Gate)
        {
            if (!handle.MustWait)
            {
                _reply.Took(handle.Read(offset, _reply.Room[..size]));
                if (handle.IsStream)
                {
                    machine.DataTaken();
                }

                return true;
            }
        }

        if ((request.U32(32) & NonBlocking) != 0)
        {
            Refusal.Throw(Errno.EAGAIN);
        }

        _ = WaitAndReadAsync(handle, request.Unique, size);
        return false;
    }

    /// <summary>Answers a read when there is something, or when it is interrupted.</summary>
    private async Task WaitAndReadAsync(FuseHandle handle, ulong unique, int size)
    {
        using var interrupt = new CancellationTokenSource();
        _waiting[unique] = interrupt;
        handle.HasWaited = true;
        var reply = new FuseReply(FuseReply.HeaderBytes + size);
        var error = Errno.None;
        try
        {
            bool Take()
            {
                if (!handle.IsReadable)
                {
                    return false;
                }

                reply.Took(handle.Read(0, reply.Room));
                machine.DataTaken();
                return true;
            }

            await machine.WaitForDataAsync(Take, handle.Reader, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            error = Errno.EINTR;
        }
        catch (Refusal refusal)
        {
            error = refusal.Errno;
        }
        finally
        {
            _ = _waiting.TryRemove(unique, out _);
        }

        connection.Send(reply.Finish(unique, (int)error));
    }

    private void Write(in FuseRequest request)
    {
        const int dataOffset = 40;
        var handle = HandleOf(request);
        var (offset, content) = ((long)request.U64(8), request.Data(dataOffset, (int)request.U32(16)).ToArray());
        var taken = machine.CallAsAgent(cpu =>
        {
            machine.Tracer.Writer = cpu;
            return handle.Write(offset, content);
        });
        _ = _reply.Put((uint)taken).Put(0u);
    }

    private void Control(in FuseRequest request)
    {
        const int dataOffset = 32;
        const int sizeShift = 16;
        const uint sizeMask = 0x3FFF;
        var handle = HandleOf(request);
        var (command, given, wanted) = (request.U32(12), (int)request.U32(24), (int)request.U32(28));
        var argument = new byte[Math.Min(MaxControlBytes, Math.Max((int)(command >> sizeShift & sizeMask), Math.Max(given, wanted)))];
        request.Data(dataOffset, given).CopyTo(argument);
        var answered = machine.Call(() => handle.Control(command, argument, wanted));
        _ = _reply.Skip(16);
        argument.AsSpan(0, answered).CopyTo(_reply.Room);
        _reply.Took(answered);
    }

    private void Poll(in FuseRequest request)
    {
        var handle = HandleOf(request);
        var (pollHandle, flags) = (request.U64(8), request.U32(16));
        bool isReadable;
        lock (machine.Gate)
        {
            isReadable = !handle.IsStream || handle.IsReadable;
        }

        if (!isReadable && (flags & ScheduleNotify) != 0)
        {
            _ = WaitAndNotifyAsync(handle, request.Unique, pollHandle);
        }

        _ = _reply.Put((isReadable ? PollIn : 0) | (handle.IsWritable ? PollOut : 0)).Put(0u);
    }

    private async Task WaitAndNotifyAsync(FuseHandle handle, ulong unique, ulong pollHandle)
    {
        using var interrupt = new CancellationTokenSource();
        _waiting[unique] = interrupt;
        handle.HasWaited = true;
        try
        {
            await machine.WaitForDataAsync(() => handle.IsReadable, handle.Reader, interrupt.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or Refusal)
        {
            // Whoever polls looks again, and finds what there is.
        }
        finally
        {
            _ = _waiting.TryRemove(unique, out _);
        }

        WriteNotification(connection, pollHandle);
    }
}
