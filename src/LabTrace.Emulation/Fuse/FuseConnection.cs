using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LabTrace.Devices;

namespace LabTrace.Emulation.Fuse;

/// <summary>A mounted file tree: the kernel's end of <c>/dev/fuse</c>, with mount and unmount.</summary>
/// <remarks>Root mounts with mount(2); other users through <c>fusermount3</c>, which hands the descriptor over a socket. A shell stands guard and
/// unmounts when this process ends without doing so.</remarks>
internal sealed class FuseConnection : IDisposable
{
    private const int DescriptorMessageBytes = 64;
    private const int NoEntry = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;

    private readonly string _directory;
    private readonly bool _isRoot;
    private readonly bool _isMade;
    private readonly Process? _guard;
    private int _descriptor;
    private int _isUnmounted;

    private FuseConnection(string directory, int descriptor, bool isRoot, bool isMade)
    {
        (_directory, _descriptor, _isRoot, _isMade) = (directory, descriptor, isRoot, isMade);
        _guard = StartGuard();
    }

    /// <summary>Mounts at a directory, which is made when it is missing.</summary>
    /// <exception cref="LabException">It cannot be mounted; the message says what to do.</exception>
    public static FuseConnection Mount(string directory, bool forAll)
    {
        var isMade = Prepare(directory);
        var isRoot = FuseLibc.GetUserId() == 0;
        try
        {
            var descriptor = isRoot ? MountAsRoot(directory) : MountAsUser(directory, forAll);
            return new FuseConnection(directory, descriptor, isRoot, isMade);
        }
        catch when (isMade)
        {
            Directory.Delete(directory);
            throw;
        }
    }

    /// <summary>Waits for a request; 0 when the tree was unmounted.</summary>
    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            var read = FuseLibc.Read(_descriptor, buffer, buffer.Length);
            if (read >= 0)
            {
                return (int)read;
            }

            // ENOENT: the request was interrupted before it was read.
            if (Marshal.GetLastPInvokeError() is not (NoEntry or Interrupted or TryAgain))
            {
                return 0;
            }
        }
    }

    /// <summary>Sends a reply; one whose request was given up meanwhile is lost, as it should be.</summary>
    public void Send(ReadOnlySpan<byte> reply) => _ = FuseLibc.Write(_descriptor, reply, reply.Length);

    /// <summary>Unmounts; files that are open keep the tree until they are closed.</summary>
    public void Unmount()
    {
        if (Interlocked.Exchange(ref _isUnmounted, 1) != 0)
        {
            return;
        }

        if (_isRoot)
        {
            _ = FuseLibc.Unmount(_directory, FuseLibc.Detach);
        }
        else
        {
            using var process = Process.Start(new ProcessStartInfo("fusermount3") { ArgumentList = { "-u", "-z", "-q", "--", _directory } });
            process?.WaitForExit();
        }

        if (_guard is not null)
        {
            try
            {
                _guard.StandardInput.WriteLine("done");
                _guard.StandardInput.Close();
            }
            catch (IOException)
            {
                // Somebody ended it; there is nothing left to guard.
            }

            _guard.WaitForExit();
            _guard.Dispose();
        }

        if (_isMade)
        {
            try
            {
                Directory.Delete(_directory);
            }
            catch (IOException)
            {
                // Something else was put there meanwhile.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmount();
        if (Interlocked.Exchange(ref _descriptor, -1) is >= 0 and var descriptor)
        {
            _ = FuseLibc.Close(descriptor);
        }
    }

    private static bool Prepare(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                return Directory.EnumerateFileSystemEntries(directory).Any()
                    ? throw new LabConfigException($"'{directory}' is not empty: what is in it would be hidden", "name an empty directory, or one that is not there yet")
                    : false;
            }

            if (File.Exists(directory))
            {
                throw new LabConfigException($"'{directory}' is no directory", "name an empty directory, or one that is not there yet");
            }

            _ = Directory.CreateDirectory(directory);
            return true;
        }
        catch (IOException e)
        {
            // ENOTCONN: a server that died left its mount.
            throw new LabConfigException($"'{directory}' cannot be used: {e.Message}", $"if a mount was left there: umount -l '{directory}'");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LabConfigException($"'{directory}' cannot be used: {e.Message}", "name a directory of yours");
        }
    }

    private static int OpenDevice()
    {
        var descriptor = FuseLibc.Open("/dev/fuse", FuseLibc.ReadWrite | FuseLibc.CloseOnExec);
        if (descriptor < 0)
        {
            throw new LabConfigException($"/dev/fuse cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}", "load the module fuse (modprobe fuse); in a container: --device /dev/fuse --cap-add SYS_ADMIN");
        }

        return descriptor;
    }

    private static int MountAsRoot(string directory)
    {
        var descriptor = OpenDevice();
        var data = string.Create(CultureInfo.InvariantCulture, $"fd={descriptor},rootmode=40000,user_id=0,group_id=0,allow_other");
        if (FuseLibc.Mount("labtrace", directory, "fuse.labtrace", FuseLibc.NoSuid | FuseLibc.NoDev, data) == 0)
        {
            return descriptor;
        }

        var reason = Marshal.GetLastPInvokeErrorMessage();
        _ = FuseLibc.Close(descriptor);
        throw new LabConfigException($"'{directory}' cannot be mounted on: {reason}", "in a container: --device /dev/fuse --cap-add SYS_ADMIN; otherwise run as an ordinary user, which uses fusermount3");
    }

    private static int MountAsUser(string directory, bool forAll)
    {
        const int unix = 1;
        const int stream = 1;
        Span<int> pair = stackalloc int[2];
        if (FuseLibc.SocketPair(unix, stream, 0, pair) != 0)
        {
            throw new LabConfigException($"no socket for fusermount3: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            var start = new ProcessStartInfo("fusermount3") { RedirectStandardError = true, UseShellExecute = false };
            foreach (var argument in (string[])["-o", "fsname=labtrace,subtype=labtrace,nosuid,nodev" + (forAll ? ",allow_other" : ""), "--", directory])
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["_FUSE_COMMFD"] = pair[0].ToString(CultureInfo.InvariantCulture);
            using var process = Process.Start(start)!;
            _ = FuseLibc.Close(pair[0]);
            pair[0] = -1;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && ReceiveDescriptor(pair[1]) is >= 0 and var descriptor
                ? descriptor
                : throw new LabConfigException($"fusermount3 refuses to mount at '{directory}': {error.Trim()}", "the directory must be yours; --for-all needs user_allow_other in /etc/fuse.conf");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new LabConfigException("fusermount3 is not installed, and only root mounts without it", "install the package fuse3, or run as root");
        }
        finally
        {
            foreach (var descriptor in pair)
            {
                _ = descriptor >= 0 ? FuseLibc.Close(descriptor) : 0;
            }
        }
    }

    /// <summary>Takes the descriptor that a message carries (SCM_RIGHTS); -1 when it carries none.</summary>
    private static int ReceiveDescriptor(int socket)
    {
        const int messageBytes = 56;
        const int vectorOffset = 16;
        const int vectorCountOffset = 24;
        const int controlOffset = 32;
        const int controlLengthOffset = 40;
        const int dataOffset = 16;
        var memory = Marshal.AllocHGlobal(messageBytes + 16 + 8 + DescriptorMessageBytes);
        try
        {
            for (var i = 0; i < messageBytes + 16 + 8 + DescriptorMessageBytes; i++)
            {
                Marshal.WriteByte(memory, i, 0);
            }

            var vector = memory + messageBytes;
            var control = vector + 16 + 8;
            Marshal.WriteIntPtr(vector, vector + 16);
            Marshal.WriteInt64(vector, 8, 1);
            Marshal.WriteIntPtr(memory, vectorOffset, vector);
            Marshal.WriteInt64(memory, vectorCountOffset, 1);
            Marshal.WriteIntPtr(memory, controlOffset, control);
            Marshal.WriteInt64(memory, controlLengthOffset, DescriptorMessageBytes);
            return FuseLibc.ReceiveMessage(socket, memory, 0) > 0 && Marshal.ReadInt64(memory, controlLengthOffset) > dataOffset ? Marshal.ReadInt32(control, dataOffset) : -1;
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    private Process? StartGuard()
    {
        var unmount = _isRoot ? "umount -l -- \"$1\"" : "fusermount3 -u -z -q -- \"$1\"";
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", $"trap '' INT TERM HUP; read answer; [ \"$answer\" = done ] || {unmount}", "labtrace-guard", _directory])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start);
    }
}
