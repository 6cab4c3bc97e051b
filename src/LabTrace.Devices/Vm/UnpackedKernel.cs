using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace LabTrace.Devices.Vm;

/// <summary>The ELF file inside a bzImage. A machine that starts it need not unpack it first, which takes an emulated cpu a second or two.</summary>
/// <remarks>Documentation/arch/x86/boot.rst: <c>setup_sects</c>, <c>payload_offset</c>, <c>payload_length</c>. QEMU enters such a file where its PVH note says.</remarks>
internal static class UnpackedKernel
{
    private const int SectorBytes = 512;
    private const int SetupSectors = 0x1F1;
    private const int HeaderMagic = 0x202;
    private const int PayloadOffset = 0x248;
    private const int PayloadLength = 0x24C;
    private const int HeaderEnd = 0x250;
    private const int SizeBytes = 4;
    private const int KeyDigits = 16;

    // ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_ENTRY): name size, size of a pointer, type 18, name.
    private static ReadOnlySpan<byte> PvhNote => [4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, (byte)'X', (byte)'e', (byte)'n', 0];

    /// <summary>Unpacks a kernel into the cache.</summary>
    /// <param name="file">A bzImage; another file is taken as it is.</param>
    /// <param name="cache">Keeps what was unpacked.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The unpacked file, or the file itself where it cannot be unpacked here or QEMU could not start what is in it.</returns>
    public static async Task<string> FindAsync(string file, VmCache cache, CancellationToken cancellationToken)
    {
        if (ReadPayload(await File.ReadAllBytesAsync(file, cancellationToken)) is not { } payload)
        {
            return file;
        }

        // An empty file says that it was tried.
        var key = Convert.ToHexStringLower(SHA256.HashData(payload.Span))[..KeyDigits];
        var unpacked = await cache.FileAsync(
            Path.Combine("vmlinux", key),
            async path => await File.WriteAllBytesAsync(path, await UnpackAsync(payload, cancellationToken) is { } elf && IsStartable(elf) ? elf : [], cancellationToken),
            cancellationToken);
        return new FileInfo(unpacked).Length > 0 ? unpacked : file;
    }

    /// <summary>The packed kernel in a bzImage; null for another file, or one cut short.</summary>
    internal static ReadOnlyMemory<byte>? ReadPayload(byte[] image)
    {
        if (image.Length < HeaderEnd || !image.AsSpan(HeaderMagic, 4).SequenceEqual("HdrS"u8))
        {
            return null;
        }

        var begin = ((image[SetupSectors] + 1L) * SectorBytes) + BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(PayloadOffset));
        var length = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(PayloadLength));
        return length > SizeBytes && begin + length <= image.Length ? image.AsMemory((int)begin, (int)length) : (ReadOnlyMemory<byte>?)null;
    }

    private static bool IsStartable(byte[] elf) => elf.AsSpan().StartsWith("\u007fELF"u8) && elf.AsSpan().IndexOf(PvhNote) >= 0;

    // Four bytes behind the packed kernel are its size when unpacked: no unpacker is to take them for more.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever hinders it, the packed kernel starts too.")]
    private static async Task<byte[]?> UnpackAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        Command? command = payload.Span switch
        {
            [0x1F, 0x8B, ..] => null,
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => new Command("xz", "-dc", "--single-stream"),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => new Command("zstd", "-dcq"),
            _ => null,
        };
        try
        {
            if (command is null)
            {
                using var unpacked = new MemoryStream();
                await using var gzip = new GZipStream(new MemoryStream(payload[..^SizeBytes].ToArray()), CompressionMode.Decompress);
                await gzip.CopyToAsync(unpacked, cancellationToken);
                return unpacked.ToArray();
            }

            await using var machine = new LocalTarget("this machine");
            var told = await machine.RunAsync(command with { StandardInput = payload[..^SizeBytes].ToArray(), OutputLimit = Array.MaxLength / 4 }, cancellationToken);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(payload.Span[^SizeBytes..]);
            return told.StandardOutput.Length == size ? told.StandardOutput : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }
}
