using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The files of <c>/sys/class/timecard/ocpN</c>, as dialect, board and firmware have them.</summary>
internal static class CardAttributes
{
    private const int ReadOnly = 0x124;
    private const int ReadWrite = 0x1A4;

    /// <summary>Adds the card's own attributes and groups.</summary>
    /// <param name="directory">The card's directory.</param>
    /// <param name="device">The card under the driver.</param>
    /// <param name="enter">Called before each access: the driver catches up, and refuses when it is gone.</param>
    public static void Add(AttributeDirectory directory, PtpOcpDevice device, Action enter)
    {
        var files = new Files(directory, device, enter);
        files.Show("serialnum", device.ShowSerial);
        files.Attribute("clock_source", device.ShowClockSource, device.StoreClockSource);
        for (var i = 1; i <= 4; i++)
        {
            var connector = i;
            files.Attribute(
                $"sma{i}",
                () => device.Bus.Run("ptp_ocp_sma_show", () => device.ShowConnector(connector)),
                text =>
                {
                    for (var times = device.Defect == DriverDefect.StoresTwice ? 2 : 1; times > 0; times--)
                    {
                        device.Bus.Run("ptp_ocp_sma_store", () => device.StoreConnector(connector, text));
                    }
                });
        }

        files.Show("available_sma_inputs", () => Selectors.All(device.Inputs));
        files.Show("available_sma_outputs", () => Selectors.All(device.Outputs));
        files.Attribute("ts_window_adjust", device.ShowWindowAdjust, device.StoreWindowAdjust);
        var isOutOfTree = device.Dialect == PtpOcpDialect.OutOfTree;
        var isArt = device.Board == BoardKind.Art;
        if (!(isOutOfTree && isArt))
        {
            files.Show("available_clock_sources", () => Selectors.All(Selectors.Clock));
        }

        if (device.Board != BoardKind.Adva)
        {
            files.Attribute("utc_tai_offset", device.ShowUtcOffset, device.StoreUtcOffset);
        }

        if (!isArt)
        {
            files.Show("gnss_sync", device.ShowGnssSync);
            files.Show("clock_status_drift", () => device.ShowClockStatus(isDrift: true));
            files.Show("clock_status_offset", () => device.ShowClockStatus(isDrift: false));
            files.Attribute("tod_correction", device.ShowCorrection, device.StoreCorrection);
        }

        if (device.IsFacebook)
        {
            files.Attribute("irig_b_mode", device.ShowIrigMode, device.StoreIrigMode);
        }

        if (isOutOfTree && device.IsFacebook)
        {
            AddOutOfTree(files, device);
        }

        if (isArt)
        {
            files.Memory("disciplining_config", 0, 144);
            files.Memory("temperature_table", 0x90, 368);
        }

        AddGroups(directory, device, enter);
    }

    private static void AddOutOfTree(Files files, PtpOcpDevice device)
    {
        files.Attribute("external_pps_cable_delay", () => device.ShowDelay(isExternal: true), text => device.StoreDelay(isExternal: true, text));
        files.Attribute("internal_pps_cable_delay", () => device.ShowDelay(isExternal: false), text => device.StoreDelay(isExternal: false, text));
        files.Attribute("holdover", device.ShowHoldover, device.StoreHoldover);
        files.Attribute("mac_i2c", device.ShowMacI2c, device.StoreMacI2c);
        files.Attribute("tod_protocol", () => device.ShowTod(isBaud: false), text => device.StoreTod(isBaud: false, text));
        files.Show("available_tod_protocols", () => Selectors.All(Selectors.TodProtocols));
        files.Attribute("tod_baud_rate", () => device.ShowTod(isBaud: true), text => device.StoreTod(isBaud: true, text));
        files.Show("available_tod_baud_rates", () => Selectors.All(Selectors.TodBaudRates));
        files.Binary("config", PtpOcpDevice.ConfigBytes, device.ReadConfig, device.WriteConfig);
    }

    private static void AddGroups(AttributeDirectory directory, PtpOcpDevice device, Action enter)
    {
        for (var i = 0; i < device.GeneratorCount; i++)
        {
            var (generator, group) = (i, new AttributeDirectory(0x1ED));
            var files = new Files(group, device, enter);
            files.Attribute("signal", () => device.ShowSignal(generator), text => device.StoreSignal(generator, text));
            foreach (var part in (string[])["duty", "period", "phase", "polarity", "running", "start"])
            {
                files.Show(part, () => device.ShowSignalPart(generator, part));
            }

            _ = directory.Add($"gen{i + 1}", group);
        }

        for (var i = 0; i < device.CounterCount; i++)
        {
            var (counter, group) = (i, new AttributeDirectory(0x1ED));
            var files = new Files(group, device, enter);
            files.Attribute(
                "seconds",
                () => string.Create(CultureInfo.InvariantCulture, $"{device.ShowSeconds(counter)}\n"),
                text => device.StoreSeconds(counter, text));
            files.Show("frequency", () => device.ShowFrequency(counter));
            _ = directory.Add($"freq{i + 1}", group);
        }
    }

    /// <summary>Makes attributes that let the driver catch up first.</summary>
    public sealed class Files(AttributeDirectory directory, PtpOcpDevice device, Action enter)
    {
        public void Show(string name, Func<string> show)
        {
            // Reading needs no right to write, and nobody has it: not even root opens it for writing.
            var file = new AttributeFile(ReadOnly)
            {
                Show = Entered(name, show),
                WriteRefusal = device.Defect == DriverDefect.ReadOnlyWritable ? Errno.None : Errno.EACCES,
                Store = _ => { },
            };
            _ = directory.Add(name, file);
        }

        public void Attribute(string name, Func<string> show, Action<string> store) =>
            _ = directory.Add(name, new AttributeFile(ReadWrite) { Show = Entered(name, show), Store = text => Store(name, store, text) });

        /// <summary>A part of the EEPROM.</summary>
        public void Memory(string name, int offset, int length) =>
            Binary(name, length, (at, count) => device.ReadMemory(offset + at, count), (at, content) => device.WriteMemory(offset, length, at, content));

        public void Binary(string name, int size, Func<int, int, byte[]> read, Func<int, byte[], int> write) => _ = directory.Add(name, new BinaryAttribute(
            ReadWrite,
            size,
            (at, count) =>
            {
                enter();
                return device.Bus.Run(name + "_read", () => read(at, count));
            },
            (at, content) =>
            {
                enter();
                return device.Bus.Run(name + "_write", () => write(at, content));
            }));

        private Func<string> Entered(string name, Func<string> show) => () =>
        {
            enter();
            return device.Bus.Run(name + "_show", show);
        };

        private void Store(string name, Action<string> store, string text)
        {
            enter();
            if (text.Length == 0)
            {
                // The kernel returns at once.
                return;
            }

            text = device.Defect switch
            {
                DriverDefect.TrailingBlankAccepted => text.TrimEnd(),
                DriverDefect.HexRefused when text.StartsWith("0x", StringComparison.Ordinal) => "x",
                _ => text,
            };
            try
            {
                device.Bus.Run(name + "_store", () => store(text));
            }
            catch (Refusal refusal) when (refusal.Errno == Errno.ERANGE && device.Defect == DriverDefect.ErangeAsEinval)
            {
                Refusal.Throw(Errno.EINVAL);
            }
        }
    }
}
