using System.Buffers.Binary;
using System.IO.Compression;
using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class UnpackedKernelTests
{
    private const int PayloadAt = 3 * 512;
    private static readonly byte[] Elf = [.. "\u007fELF"u8, .. new byte[5000], 4, 0, 0, 0, 8, 0, 0, 0, 18, 0, 0, 0, .. "Xen\0"u8, .. new byte[8]];

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task A_kernel_packed_by_gzip_is_unpacked_once()
    {
        var file = Image(await GzipAsync(Elf), Elf.Length);

        var unpacked = await FindAsync(file);

        unpacked.Should().NotBe(file);
        (await File.ReadAllBytesAsync(unpacked)).Should().Equal(Elf);
        (await FindAsync(file)).Should().Be(unpacked);
    }

    [TestCase("xz", "xz", "-c", "--check=crc32")]
    [TestCase("zstd", "zstd", "-cq")]
    public async Task A_kernel_packed_by_a_program_of_this_machine_is_unpacked_by_it(string name, string program, params string[] arguments)
    {
        Assume.That(HostTools.Find(program), Is.Not.Null, $"this machine has no {name}");
        await using var machine = new LocalTarget();
        var packed = await machine.RunAsync(new Command(program, arguments) { StandardInput = Elf }, CancellationToken.None);

        var unpacked = await FindAsync(Image(packed.StandardOutput, Elf.Length));

        (await File.ReadAllBytesAsync(unpacked)).Should().Equal(Elf);
    }

    [Test]
    public async Task What_QEMU_could_not_enter_or_nobody_can_unpack_is_started_packed()
    {
        var withoutNote = Image(await GzipAsync([.. "\u007fELF"u8, .. new byte[5000]]), 5004, "without-note");
        var damaged = Image([0x1F, 0x8B, .. new byte[200]], 5004, "damaged");
        var strange = Image("something else altogether"u8.ToArray(), 5004, "strange");

        foreach (var file in (string[])[withoutNote, damaged, strange])
        {
            (await FindAsync(file)).Should().Be(file);
            (await FindAsync(file)).Should().Be(file);
        }
    }

    [Test]
    public async Task Another_file_is_taken_as_it_is()
    {
        var file = Path.Combine(_directory.Path, "vmlinux");
        await File.WriteAllBytesAsync(file, Elf);

        (await FindAsync(file)).Should().Be(file);
    }

    [Test]
    public void A_payload_that_would_go_beyond_the_file_is_none()
    {
        var image = new byte[4096];
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x248), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24C), uint.MaxValue);

        UnpackedKernel.ReadPayload(image).Should().BeNull();
        UnpackedKernel.ReadPayload(image[..0x210]).Should().BeNull();
        UnpackedKernel.ReadPayload([]).Should().BeNull();
    }

    private static async Task<byte[]> GzipAsync(byte[] content)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(content);
        }

        return packed.ToArray();
    }

    private Task<string> FindAsync(string file) => UnpackedKernel.FindAsync(file, new VmCache(Path.Combine(_directory.Path, "cache")), CancellationToken.None);

    // Two sectors of set-up behind the first, then the payload, its unpacked size behind it.
    private string Image(byte[] packed, int size, string name = "bzImage")
    {
        var image = new byte[PayloadAt + packed.Length + 4];
        image[0x1F1] = 2;
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x24C), (uint)packed.Length + 4);
        packed.CopyTo(image, PayloadAt);
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(PayloadAt + packed.Length), size);
        var file = Path.Combine(_directory.Path, name);
        File.WriteAllBytes(file, image);
        return file;
    }
}
