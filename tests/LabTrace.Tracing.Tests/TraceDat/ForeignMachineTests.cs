using System.Text;
using FluentAssertions;
using LabTrace.Tracing.Tests.Exports;
using LabTrace.Tracing.Tests.Printing;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.TraceDat;

/// <summary>Recordings of machines of another byte order and of kernels whose long has four bytes.</summary>
public sealed class ForeignMachineTests
{
    [TestCase(true, 4)]
    [TestCase(true, 8)]
    [TestCase(false, 4)]
    public void A_file_of_another_machine_has_the_events_of_the_same_recording_of_this_one(bool isBigEndian, int longSize)
    {
        var here = Recording(isBigEndian: false, longSize: 8).ToTrace().Events.Select(Described).ToList();
        var foreign = Version6(Recording(isBigEndian, longSize));

        var six = Read(foreign);
        var seven = Read(MadeTrace.Convert(foreign, "dat"));
        var packed = Read(MadeTrace.Convert(foreign, "dat", new ExportOptions { Compression = "zlib" }));

        here.Should().HaveCountGreaterThan(500);
        foreach (var trace in new[] { six, seven, packed })
        {
            trace.Tally.Malformed.Should().Be(0);
            trace.Events.Select(Described).Should().Equal(here);
        }
    }

    [Test]
    public void The_recorders_long_is_only_a_hint()
    {
        // A trace-cmd of 32 bits on a kernel of 64.
        var recording = Recording(isBigEndian: false, longSize: 8);
        var bytes = Version6(recording);
        bytes[3 + 7 + 2 + 1] = 4;

        Read(bytes).Events.Select(Described).Should().Equal(recording.ToTrace().Events.Select(Described));
    }

    /// <summary>A recording of two cpus with whole numbers, text, and a word that points at text.</summary>
    internal static RawRecording Recording(bool isBigEndian, int longSize)
    {
        var data = 8 + longSize;
        var layout = SubBufferLayout.Parse(
            $"\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:{longSize};\tsigned:1;\n"
            + $"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:{data};\tsize:{4096 - data};\tsigned:0;\n",
            isBigEndian);
        var text = Formats.Text(
            "made", "char name[16];8;16;0", "int number;24;4;1", $"unsigned long word;28;{longSize};0", $"__data_loc char[] told;{28 + longSize};4;0",
            "\"name=%s number=%d word=%lu told=%s\", REC->name, REC->number, REC->word, __get_str(told)");
        var format = EventFormat.Parse("lab", text, isBigEndian, longSize);
        var cpus = new List<RawCpu>();
        for (var cpu = 0; cpu < 2; cpu++)
        {
            var writer = new SubBufferWriter(layout);
            var pages = new List<byte>();
            for (var i = 0; i < 400; i++)
            {
                var payload = new PayloadBuilder(format).Common(40 + cpu, 1).Set("name", $"n{i}").Set("number", -i).Set("word", 3_000_000_000L + i).Set("told", Encoding.ASCII.GetBytes($"told {i}\0")).ToPayload();
                var time = 5_000_000_000UL + ((ulong)i * (i % 50 == 0 ? 300_000_000UL : 1_000)) + (ulong)cpu;
                time = Math.Max(time, 5_000_000_000UL + ((ulong)(i / 50 * 50) * 300_000_000UL) + (ulong)i);
                if (!writer.TryAppend(time, payload))
                {
                    pages.AddRange(writer.ToPage());
                    writer.Reset();
                    _ = writer.TryAppend(time, payload);
                }
            }

            pages.AddRange(writer.ToPage());
            cpus.Add(new RawCpu(cpu, pages.ToArray()));
        }

        var comms = new CommTable();
        comms.Set(40, "forty");
        return new RawRecording { Layout = layout, Formats = new EventFormats([format]), Cpus = cpus, ClockName = "mono", Comms = comms };
    }

    internal static byte[] Version6(RawRecording recording)
    {
        var output = new MemoryStream();
        TraceDatWriter.Write(output, recording);
        return output.ToArray();
    }

    private static Trace Read(byte[] bytes)
    {
        using var reader = TraceReader.Open(Capture.Of(bytes));
        return reader.ReadToEnd();
    }

    private static string Described(TraceEvent item) => $"{item.Time} {item.Cpu} {item.Pid} {item.Comm} {item.Name} {item.Text}";
}
