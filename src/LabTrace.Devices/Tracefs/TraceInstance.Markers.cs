using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices;

/// <summary>What the test itself writes into the buffer, and pictures taken of it.</summary>
public sealed partial class TraceInstance
{
    private const int MaxShown = 40;

    /// <summary>Writes a marker between the events.</summary>
    /// <exception cref="KernelRefusedException">EBADF while recording is off or the buffer is full, EINVAL while the option <c>markers</c> is off, EIO when it is longer than a sub-buffer takes.</exception>
    public Task MarkAsync(string text, CancellationToken cancellationToken) =>
        MarkAsync("trace_marker", Encoding.UTF8.GetBytes(text), $"the marker '{(text.Length > MaxShown ? text[..MaxShown] + "…" : text)}'", cancellationToken);

    /// <summary>Writes a binary marker: a number that says what it is, then bytes.</summary>
    /// <param name="id">The number, in the target's byte order.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NotOnTargetException">The kernel has no binary markers.</exception>
    /// <exception cref="KernelRefusedException">EBADF while recording is off, EINVAL when it is longer than a sub-buffer takes.</exception>
    public async Task MarkRawAsync(uint id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!await Target.ExistsAsync(Path + "/trace_marker_raw", cancellationToken))
        {
            throw new NotOnTargetException($"the kernel of target '{Target.Name}' has no trace_marker_raw", "boot Linux 4.10 or newer");
        }

        var bytes = new byte[4 + content.Length];
        if (await _reader.IsBigEndianAsync(cancellationToken))
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, id);
        }

        content.CopyTo(bytes.AsMemory(4));
        await MarkAsync("trace_marker_raw", bytes, $"the binary marker {id} of {content.Length} bytes", cancellationToken);
    }

    /// <summary>Takes a picture of the buffer: what was recorded so far is swapped into the snapshot, and recording goes on.</summary>
    /// <exception cref="NotOnTargetException">The kernel has no snapshots.</exception>
    /// <exception cref="KernelRefusedException">ENOMEM when there is no room for a second buffer.</exception>
    public async Task TakeSnapshotAsync(CancellationToken cancellationToken)
    {
        var path = await SnapshotFileAsync(cancellationToken);
        try
        {
            await Target.WriteTextAsync(path, "1", cancellationToken);
        }
        catch (TargetIOException e)
        {
            throw new KernelRefusedException("a snapshot", Target.Name, e.Errno, inner: e);
        }
    }

    /// <summary>Reads the last snapshot as text, in the form of <c>trace</c>.</summary>
    /// <exception cref="NotOnTargetException">The kernel has no snapshots.</exception>
    public async Task<byte[]> ReadSnapshotAsync(CancellationToken cancellationToken) =>
        await Target.ReadAsync(await SnapshotFileAsync(cancellationToken), cancellationToken);

    private async Task MarkAsync(string file, byte[] content, string what, CancellationToken cancellationToken)
    {
        try
        {
            await Target.WriteAsync($"{Path}/{file}", content, WriteMode.Truncate, cancellationToken);
        }
        catch (TargetIOException e)
        {
            var hint = e.Errno switch
            {
                Errno.EBADF when await IsOnAsync(cancellationToken) =>
                    "the buffer is full and keeps its oldest events: make it larger, clear it, or let it overwrite",
                Errno.EBADF => "recording is off: start it first",
                Errno.EINVAL or Errno.EIO => "a marker must fit into one sub-buffer, and the option 'markers' must be on",
                _ => null,
            };
            throw new KernelRefusedException(what, Target.Name, e.Errno, hint: hint, inner: e);
        }
    }

    private async Task<string> SnapshotFileAsync(CancellationToken cancellationToken)
    {
        var path = Path + "/snapshot";
        return await Target.ExistsAsync(path, cancellationToken)
            ? path
            : throw new NotOnTargetException(
                $"the kernel of target '{Target.Name}' has no snapshots: its trace instances have no file 'snapshot'", "boot a kernel with CONFIG_TRACER_SNAPSHOT=y");
    }
}
