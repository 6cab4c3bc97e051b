using System.Buffers.Binary;
using System.Collections.Concurrent;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Fuse;

/// <summary>Answers the kernel's requests from an emulated machine's file tree.</summary>
/// <remarks>Protocol 7.31, linux/fuse.h. One thread answers; reads that have to wait and polls are answered by whoever brings what they wait for.</remarks>
internal sealed partial class FuseServer(Machine machine, FuseConnection connection, uint owner, Action<string> tell)
{
    private const int MaxWrite = 1 << 17;
    private const int MaxPages = 32;
    private const uint Major = 7;
    private const uint Minor = 31;
    private const uint AtomicTruncate = 1 << 3;
    private const uint BigWrites = 1 << 5;
    private const uint HasMaxPages = 1 << 22;
    private const int MaxDirectoryName = 255;

    private readonly FuseEntries _entries = new(machine.Tree);
    private readonly Dictionary<ulong, FuseHandle> _handles = [];
    private readonly Dictionary<ulong, string[]> _listings = [];
    private readonly ConcurrentDictionary<ulong, CancellationTokenSource> _waiting = [];
    private readonly FuseReply _reply = new(FuseReply.HeaderBytes + MaxWrite + 4096);
    private readonly uint _group = FuseLibc.GetGroupId();
    private ulong _lastHandle;

    /// <summary>How many requests were answered.</summary>
    public long Requests { get; private set; }

    /// <summary>Answers until the tree is unmounted.</summary>
    public void Run()
    {
        var buffer = new byte[MaxWrite + 4096];
        using var cpus = new WakefulCpus();
        while (connection.Receive(buffer) is var count and > 0)
        {
            Requests++;
            cpus.Requested();
            if (count >= FuseRequest.HeaderBytes)
            {
                Answer(new FuseRequest(buffer.AsSpan(0, count)));
            }
        }

        foreach (var waiting in _waiting.Values)
        {
            waiting.Cancel();
        }

        foreach (var handle in _handles.Values)
        {
            Close(handle);
        }

        _handles.Clear();
    }

    private void Answer(in FuseRequest request)
    {
        var unique = request.Unique;
        _reply.Clear();
        Errno error;
        try
        {
            if (!Do(request))
            {
                return;
            }

            error = Errno.None;
        }
        catch (Refusal refusal)
        {
            error = refusal.Errno;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or IndexOutOfRangeException)
        {
            tell($"{request.Operation} failed: {e.Message}");
            error = Errno.EIO;
        }

        connection.Send(_reply.Finish(unique, (int)error));
    }

    /// <summary>Does what is asked; false when nothing is to be answered, or not yet.</summary>
    private bool Do(in FuseRequest request)
    {
        switch (request.Operation)
        {
            case FuseOperation.Initialise:
                Initialise(request);
                return true;
            case FuseOperation.Lookup:
                Lookup(_entries.Of(request.NodeId), request.Name(0));
                return true;
            case FuseOperation.Forget:
                lock (machine.Gate)
                {
                    _entries.Forget(request.NodeId, request.U64(0));
                }

                return false;
            case FuseOperation.BatchForget:
                BatchForget(request);
                return false;
            case FuseOperation.GetAttributes:
                GetAttributes(_entries.Of(request.NodeId));
                return true;
            case FuseOperation.SetAttributes:
                SetAttributes(request);
                return true;
            case FuseOperation.ReadLink:
                ReadLink(_entries.Of(request.NodeId));
                return true;
            case FuseOperation.OpenDirectory:
                OpenDirectory(_entries.Of(request.NodeId));
                return true;
            case FuseOperation.ReadDirectory:
                ReadDirectory(request);
                return true;
            case FuseOperation.ReleaseDirectory:
                _ = _listings.Remove(request.U64(0));
                return true;
            case FuseOperation.MakeDirectory:
                Change(request, 8, (directory, name) => directory.MakeDirectory(name));
                Lookup(_entries.Of(request.NodeId), request.Name(8));
                return true;
            case FuseOperation.RemoveDirectory:
                Change(request, 0, (directory, name) => directory.RemoveDirectory(name));
                return true;
            case FuseOperation.Unlink:
                Change(request, 0, (directory, name) => directory.RemoveFile(name));
                return true;
            case FuseOperation.StatFileSystem:
                _ = _reply.Skip(40).Put(4096u).Put((uint)MaxDirectoryName).Put(4096u).Skip(28);
                return true;
            case FuseOperation.Access or FuseOperation.Synchronise or FuseOperation.SynchroniseDirectory or FuseOperation.Destroy:
                return true;
            default:
                return DoWithFile(request);
        }
    }

    private void Initialise(in FuseRequest request)
    {
        var offered = request.U32(12);
        _ = _reply.Put(Major).Put(Minor).Put(request.U32(8)).Put(offered & (AtomicTruncate | BigWrites | HasMaxPages))
            .Put((ushort)64).Put((ushort)48).Put((uint)MaxWrite).Put(1u).Put((ushort)MaxPages).Put((ushort)0).Skip(32);
    }

    private void Lookup(FuseEntry parent, string name)
    {
        lock (machine.Gate)
        {
            var directory = _entries.DirectoryOf(parent);
            var node = directory.Find(name) ?? throw new Refusal(Errno.ENOENT);
            PutEntry(_entries.Know(parent, name), node, directory);
        }
    }

    private void PutEntry(FuseEntry entry, Node node, DirectoryNode directory)
    {
        // What comes and goes by itself is looked up each time; what an open finds gone says so in any case.
        var seconds = directory is LiveDirectory ? 0UL : 1UL;
        _ = _reply.Put(entry.Id).Put(0UL).Put(seconds).Put(0UL).Put(0u).Put(0u);
        PutAttributes(entry, node);
    }

    private void PutAttributes(FuseEntry entry, Node node)
    {
        var now = (ulong)((machine.Time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerSecond);
        var (type, links) = node.Kind switch
        {
            FileKind.Directory => (0x4000u, 2u),
            FileKind.SymbolicLink => (0xA000u, 1u),
            _ => (0x8000u, 1u),
        };
        var size = node is LinkNode link ? (ulong)TargetOf(entry, link).Length
            : entry.IsSysfs && node is AttributeFile ? 4096UL
            : (ulong)node.Size;
        _ = _reply.Put(entry.Inode).Put(size).Put((size + 511) / 512).Put(now).Put(now).Put(now).Skip(12)
            .Put(type | ((uint)node.Mode & 0xFFF)).Put(links).Put(owner).Put(owner == 0 ? 0 : _group).Put(0u).Put(4096u).Put(0u);
    }

    private void GetAttributes(FuseEntry entry)
    {
        lock (machine.Gate)
        {
            _ = _reply.Put(0UL).Put(0u).Put(0u);
            PutAttributes(entry, _entries.Resolve(entry));
        }
    }

    private void SetAttributes(in FuseRequest request)
    {
        const uint hasMode = 1;
        const uint hasSize = 8;
        var entry = _entries.Of(request.NodeId);
        var valid = request.U32(0);
        var (size, mode) = (request.U64(16), request.U32(68));
        lock (machine.Gate)
        {
            var node = _entries.Resolve(entry);
            if ((valid & hasMode) != 0)
            {
                node.Mode = (int)(mode & 0xFFF);
            }

            // Attributes take a new size and do not mind.
            if ((valid & hasSize) != 0 && size == 0 && node is OrdinaryFile file)
            {
                file.Open(OpenFlags.Write | OpenFlags.Truncate).Dispose();
            }
        }

        GetAttributes(entry);
    }

    private void ReadLink(FuseEntry entry)
    {
        lock (machine.Gate)
        {
            _ = _reply.Put(_entries.Resolve(entry) is LinkNode link ? TargetOf(entry, link) : throw new Refusal(Errno.EINVAL));
        }
    }

    /// <summary>Absolute links lead into the emulated machine, not into the real one.</summary>
    private static string TargetOf(FuseEntry entry, LinkNode link) => link.Target.StartsWith('/')
        ? string.Concat(Enumerable.Repeat("../", entry.Depth - 1)) + link.Target.TrimStart('/')
        : link.Target;

    private void OpenDirectory(FuseEntry entry)
    {
        lock (machine.Gate)
        {
            var names = _entries.DirectoryOf(entry).Names().ToArray();
            _listings[++_lastHandle] = names;
        }

        _ = _reply.Put(_lastHandle).Put(0u).Put(0u);
    }

    private void ReadDirectory(in FuseRequest request)
    {
        var entry = _entries.Of(request.NodeId);
        var (names, size) = (_listings[request.U64(0)], (int)request.U32(16));
        var room = Math.Min(size, _reply.Room.Length);
        lock (machine.Gate)
        {
            var directory = _entries.DirectoryOf(entry);
            for (var i = (int)request.U64(8); i < names.Length + 2; i++)
            {
                var name = i switch { 0 => ".", 1 => "..", _ => names[i - 2] };
                var node = i < 2 ? directory : directory.Find(name);
                if (node is null)
                {
                    continue;
                }

                var bytes = System.Text.Encoding.UTF8.GetByteCount(name);
                var padded = (24 + bytes + 7) / 8 * 8;
                if (_reply.Length - FuseReply.HeaderBytes + padded > room)
                {
                    break;
                }

                var inode = i == 0 ? entry.Inode : i == 1 ? (entry.Parent ?? entry).Inode : FuseEntry.InodeOf(entry.Inode, name);
                var type = node.Kind switch { FileKind.Directory => 4u, FileKind.SymbolicLink => 10u, _ => 8u };
                _ = _reply.Put(inode).Put((ulong)i + 1).Put((uint)bytes).Put(type).Put(name).Skip(padded - 24 - bytes);
            }
        }
    }

    private void BatchForget(in FuseRequest request)
    {
        const int itemBytes = 16;
        lock (machine.Gate)
        {
            for (var i = 0; i < request.U32(0); i++)
            {
                _entries.Forget(request.U64(8 + (i * itemBytes)), request.U64(16 + (i * itemBytes)));
            }
        }
    }

    private void Change(in FuseRequest request, int nameOffset, Action<DirectoryNode, string> change)
    {
        var (entry, name) = (_entries.Of(request.NodeId), request.Name(nameOffset));
        _ = machine.CallAsAgent(_ =>
        {
            var directory = _entries.DirectoryOf(entry);
            var isThere = directory.Find(name) is not null;
            var mustBeThere = nameOffset == 0;
            if (isThere != mustBeThere)
            {
                Refusal.Throw(isThere ? Errno.EEXIST : Errno.ENOENT);
            }

            change(directory, name);
            return 0;
        });
    }

    private void Close(FuseHandle handle)
    {
        _ = machine.Call(() =>
        {
            handle.Dispose();
            return 0;
        });
        if (handle.HasWaited)
        {
            machine.ReaderHasLeft(handle.Reader);
        }
    }

    private static void WriteNotification(FuseConnection connection, ulong pollHandle)
    {
        const int wakeUp = 1;
        Span<byte> message = stackalloc byte[24];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message[4..], wakeUp);
        BinaryPrimitives.WriteUInt64LittleEndian(message[8..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(message[16..], pollHandle);
        connection.Send(message);
    }
}
