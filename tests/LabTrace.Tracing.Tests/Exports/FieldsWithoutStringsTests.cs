using FluentAssertions;
using LabTrace.Tracing.Tests.Printing;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Exports;

/// <summary>The fields of a row are written from the record's bytes; they must be what the values say of themselves.</summary>
public sealed class FieldsWithoutStringsTests
{
    private static readonly EventFormat Shapes = Formats.Make(
        "test", "shapes", "int numbers[3];8;12;1", "u8 bytes[4];20;4;0", "void * where;24;8;0", "unsigned long far[2];32;16;0", "struct in6 address;48;5;0",
        "__data_loc u16[] words;56;4;0", "void * table[2];64;16;0", "short none[0];80;0;1", "\"x\"");

    private static readonly EventFormat Stack = Formats.Make("ftrace", "kernel_stack", "int size;8;4;1", "unsigned long caller[8];16;64;0", "\"x\"");

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public void Arrays_structures_and_addresses_are_written_as_their_values_say(byte[] noise, byte length)
    {
        var payload = new byte[Math.Max(84, 84 + (length % 8))];
        noise.AsSpan(0, Math.Min(noise.Length, payload.Length)).CopyTo(payload);
        (payload[56], payload[57], payload[58], payload[59]) = (76, 0, (byte)(length % 3 * 2), 0);

        Written(Shapes, payload).Should().Be(Said(Shapes, payload));
        Written(Shapes, payload).Should().Contain("words=").And.Contain("address=").And.Contain("table=");
    }

    [TestCase(3, "size=3 caller=\"{0x1, 0x2, 0x3}\"")]
    [TestCase(11, "size=11 caller=\"{0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb}\"")]
    public void A_stack_has_the_callers_that_were_recorded_and_not_the_eight_that_are_declared(int depth, string fields)
    {
        var payload = new byte[16 + (depth * 8)];
        payload[8] = (byte)depth;
        for (var i = 0; i < depth; i++)
        {
            payload[16 + (i * 8)] = (byte)(i + 1);
        }

        Written(Stack, payload).Should().Be(fields);
        Said(Stack, payload).Should().Be(fields);
    }

    [Test]
    public void An_array_that_the_record_cuts_short_has_what_is_there()
    {
        Said(Shapes, new byte[18]).Should().Be("numbers=\"{0, 0}\"");
        Written(Shapes, new byte[18]).Should().Be("numbers=\"{0, 0}\"");
    }

    private static string Written(EventFormat format, byte[] payload)
    {
        var text = new Utf8Text();
        new BinarySchema(format, PrintContext.None, isClockInNanoseconds: true).AppendFields(payload, text);
        return text.ToString();
    }

    private static string Said(EventFormat format, byte[] payload)
    {
        var text = new Utf8Text();
        FieldText.Append(text, new BinarySchema(format, PrintContext.None, isClockInNanoseconds: true).Fields(payload));
        return text.ToString();
    }
}
