using LabTrace.Devices;
using LabTrace.Devices.Wire;

namespace LabTrace.Agent;

/// <summary>The calls of a target that leave nothing open: arguments out of the message, the result into the answer.</summary>
internal static class ServedFiles
{
    public static Task CallAsync(ITarget target, WireCall call, WireReader arguments, WireWriter answer, CancellationToken cancellationToken) => call switch
    {
        WireCall.KernelIdentity => KernelIdentityAsync(target, answer, cancellationToken),
        WireCall.Read => ReadAsync(target, arguments.Text(), answer, cancellationToken),
        WireCall.ReadMany => ReadManyAsync(target, Paths(ref arguments), answer, cancellationToken),
        WireCall.Write => WriteAsync(target, Write(ref arguments), cancellationToken),
        WireCall.WriteMany => WriteManyAsync(target, Writes(ref arguments), answer, cancellationToken),
        WireCall.List => ListAsync(target, arguments.Text(), answer, cancellationToken),
        WireCall.Stat => StatAsync(target, arguments.Text(), answer, cancellationToken),
        WireCall.CreateDirectory => target.CreateDirectoryAsync(arguments.Text(), cancellationToken).AsTask(),
        WireCall.RemoveDirectory => target.RemoveDirectoryAsync(arguments.Text(), cancellationToken).AsTask(),
        WireCall.RemoveFile => target.RemoveFileAsync(arguments.Text(), cancellationToken).AsTask(),
        _ => throw new WireException($"call {(byte)call} is no call on files"),
    };

    private static async Task KernelIdentityAsync(ITarget target, WireWriter answer, CancellationToken cancellationToken)
    {
        var kernel = await target.ReadKernelIdentityAsync(cancellationToken);
        _ = answer.Text(kernel.Release).Text(kernel.Version).Text(kernel.Machine).Text(kernel.HostName).Text(kernel.BootId).Int32(kernel.CpuCount);
    }

    private static async Task ReadAsync(ITarget target, string path, WireWriter answer, CancellationToken cancellationToken) =>
        answer.Bytes(await target.ReadAsync(path, cancellationToken));

    private static async Task ReadManyAsync(ITarget target, string[] paths, WireWriter answer, CancellationToken cancellationToken)
    {
        foreach (var outcome in await target.ReadManyAsync(paths, cancellationToken))
        {
            _ = answer.Refusal(outcome.Errno);
            _ = outcome.Content is { } content ? answer.Bytes(content) : answer.NoBytes();
        }
    }

    private static async Task WriteAsync(ITarget target, FileWrite write, CancellationToken cancellationToken) =>
        await target.WriteAsync(write.Path, write.Content, write.Mode, cancellationToken);

    private static async Task WriteManyAsync(ITarget target, FileWrite[] writes, WireWriter answer, CancellationToken cancellationToken)
    {
        var outcomes = await target.WriteManyAsync(writes, cancellationToken);
        _ = answer.Int32(outcomes.Count);
        foreach (var outcome in outcomes)
        {
            _ = answer.Refusal(outcome.Errno);
        }
    }

    private static async Task ListAsync(ITarget target, string path, WireWriter answer, CancellationToken cancellationToken)
    {
        var entries = await target.ListAsync(path, cancellationToken);
        _ = answer.Int32(entries.Count);
        foreach (var entry in entries)
        {
            _ = answer.Text(entry.Name).Byte((byte)entry.Kind);
        }
    }

    private static async Task StatAsync(ITarget target, string path, WireWriter answer, CancellationToken cancellationToken)
    {
        var status = await target.StatAsync(path, cancellationToken);
        _ = answer.Flag(status is not null);
        if (status is not null)
        {
            _ = answer.Byte((byte)status.Kind).Int64(status.Size).Int32(status.Mode);
        }
    }

    private static string[] Paths(ref WireReader message)
    {
        var paths = new string[message.Count(4)];
        for (var i = 0; i < paths.Length; i++)
        {
            paths[i] = message.Text();
        }

        return paths;
    }

    private static FileWrite[] Writes(ref WireReader message)
    {
        var writes = new FileWrite[message.Count(9)];
        for (var i = 0; i < writes.Length; i++)
        {
            writes[i] = Write(ref message);
        }

        return writes;
    }

    private static FileWrite Write(ref WireReader message)
    {
        var path = message.Text();
        var mode = (WriteMode)message.Byte();
        return new FileWrite(path, message.Bytes() ?? [], mode);
    }
}
