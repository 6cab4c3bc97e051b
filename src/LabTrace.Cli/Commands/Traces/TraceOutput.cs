using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Where a command's long output goes: a file that is there only when it is whole, standard output, or a pager on a terminal.</summary>
internal sealed class TraceOutput : IDisposable
{
    private const int StandardOutput = 1;

    private readonly string? _path;
    private readonly string? _partial;
    private readonly Process? _pager;

    private TraceOutput(Stream stream, string? path = null, string? partial = null, Process? pager = null)
    {
        Stream = new ClosableStream(stream);
        (_path, _partial, _pager) = (path, partial, pager);
    }

    /// <summary>What to write to; raises <see cref="OutputClosedException"/> when nobody reads it any more.</summary>
    public Stream Stream { get; }

    /// <summary>Opens a file, or standard output for null and <c>-</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isBinary">Whether a terminal should not get it.</param>
    /// <exception cref="UsageException">The folder does not exist, or a terminal would get binary data.</exception>
    public static TraceOutput Open(string? path, bool isBinary)
    {
        if (path is null or "-")
        {
            return isBinary && !Console.IsOutputRedirected
                ? throw new UsageException("this kind of file is binary and standard output is a terminal\n  try: -o FILE, or redirect the output")
                : new TraceOutput(OpenStandard());
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
        {
            throw new UsageException($"there is no folder '{directory}' for the output");
        }

        // Devices and pipes are written as they are; a file appears under its name when it is whole.
        if (File.Exists(path) && (File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.ReparsePoint)) != FileAttributes.None)
        {
            return new TraceOutput(new FileStream(path, FileMode.Open, FileAccess.Write));
        }

        var partial = Path.Combine(directory, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        return new TraceOutput(new FileStream(partial, FileMode.CreateNew, FileAccess.Write), path, partial);
    }

    /// <summary>Opens standard output, through <c>$PAGER</c> or <c>less</c> when it is a terminal.</summary>
    /// <param name="mayPage">Whether a pager is wanted at all.</param>
    public static TraceOutput OpenPaged(bool mayPage)
    {
        if (!mayPage || Console.IsOutputRedirected || Console.IsInputRedirected)
        {
            return new TraceOutput(OpenStandard());
        }

        var pager = Environment.GetEnvironmentVariable("PAGER") is { Length: > 0 } chosen ? chosen : "less";
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(pager);

        // One screen is shown without asking, long lines are cut and not wrapped, and the text stays on the screen.
        start.Environment["LESS"] = Environment.GetEnvironmentVariable("LESS") ?? "FRSX";
        var process = Process.Start(start)!;
        return new TraceOutput(process.StandardInput.BaseStream, pager: process);
    }

    /// <summary>Gives the whole file its name.</summary>
    public void Complete()
    {
        Stream.Flush();
        if (_partial is not null)
        {
            Stream.Dispose();
            File.Move(_partial, _path!, overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        if (_pager is not null)
        {
            _pager.WaitForExit();
            _pager.Dispose();
        }

        if (_partial is not null)
        {
            File.Delete(_partial);
        }
    }

    /// <summary>The console's own stream says nothing of a reader that has gone; a plain one on a pipe does.</summary>
    private static Stream OpenStandard()
    {
        var plain = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return plain.CanSeek ? Console.OpenStandardOutput() : plain;
    }
}
