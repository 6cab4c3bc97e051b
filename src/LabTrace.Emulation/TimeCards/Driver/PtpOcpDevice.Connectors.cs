using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <content>The four SMA connectors.</content>
internal sealed partial class PtpOcpDevice
{
    private const uint SelectMask = 0x7FFF;
    private const uint EnableBit = 0x8000;

    /// <summary>What reading <c>smaN</c> gives.</summary>
    public string ShowConnector(int connector)
    {
        var state = _sma[connector - 1];
        var value = GetConnector(connector) & SelectMask;
        if (state.IsInput)
        {
            value = state.IsDisabled && Defect != DriverDefect.SmaNoneIgnored ? Selectors.Disable : value;
            return ShowInputs(value, connector == 1 ? 0u : null);
        }

        var name = Selectors.NameOf(Outputs, value) ?? Selectors.NameOf(Outputs, connector == 3 ? 0u : 1u) ?? "(null)";
        return $"OUT: {name}\n";
    }

    /// <summary>What writing <c>smaN</c> does.</summary>
    /// <exception cref="Refusal">EINVAL, EOPNOTSUPP.</exception>
    public void StoreConnector(int connector, string text)
    {
        var state = _sma[connector - 1];
        var (isInput, value) = ParseConnector(text, state.IsInput);
        if (state.IsFixedDirection && (isInput != state.IsInput || (value & Selectors.Disable) != 0))
        {
            Refusal.Throw(Errno.EOPNOTSUPP);
        }

        if (state.IsFixedFunction)
        {
            if (value != state.Default)
            {
                Refusal.Throw(Errno.EOPNOTSUPP);
            }

            return;
        }

        state.IsDisabled = (value & Selectors.Disable) != 0;
        if (isInput != state.IsInput && Defect != DriverDefect.SmaDirectionForgotten)
        {
            Set(connector, !isInput, 0);
            state.IsInput = isInput;
        }

        value |= state.IsFixedDirection ? 0 : EnableBit;
        Set(connector, isInput, state.IsDisabled ? 0 : value);
    }

    /// <summary>The words that debugfs shows of a connector: what it is an input to, what it puts out. ART, which has no such words, is shown with ones.</summary>
    public (uint In, uint Out) ConnectorWords(int connector) =>
        Board == BoardKind.Art ? (0xFFFF, 0xFFFF) : (Half(InputMap(connector), connector), Half(OutputMap(connector), connector));

    public bool IsInput(int connector) => _sma[connector - 1].IsInput;

    private static uint InputMap(int connector) => connector > 2 ? Registers.SmaMap2 : Registers.SmaMap1;

    private static uint OutputMap(int connector) => (connector > 2 ? Registers.SmaMap1 : Registers.SmaMap2) + 8;

    private static uint ArtWord(int connector) => Registers.ArtSma + ((uint)(connector - 1) * 16);

    private string ShowInputs(uint value, uint? whenZero)
    {
        var names = Inputs.Where(s => (value & s.Value) != 0).Select(s => s.Name).ToList();
        if (Defect == DriverDefect.SmaReadsWriteOrder)
        {
            names.Reverse();
        }

        if (value == 0 && whenZero is { } usual && Selectors.NameOf(Inputs, usual) is { } name)
        {
            names.Add(name);
        }
        else if (value == 0 && whenZero is not null)
        {
            names.Add("(null)");
        }

        if (names.Count == 0 && Defect == DriverDefect.SmaEmptyPrintsNone)
        {
            names.Add("None");
        }

        // The blank behind the last name, or behind IN: itself, goes.
        return $"IN: {string.Join(' ', names)}".TrimEnd() + "\n";
    }

    private (bool IsInput, uint Value) ParseConnector(string text, bool isInput)
    {
        var words = KernelNumbers.Words(text);
        if (words.Length == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var at = 0;
        if (words[0].Equals("IN:", StringComparison.OrdinalIgnoreCase))
        {
            (isInput, at) = (true, 1);
        }
        else if (words[0].Equals("OUT:", StringComparison.OrdinalIgnoreCase))
        {
            (isInput, at) = (false, 1);
        }

        var value = 0u;
        foreach (var word in words[at..])
        {
            value |= Selectors.ValueOf(isInput ? Inputs : Outputs, word, Defect);
        }

        return (isInput, value);
    }

    private uint GetConnector(int connector)
    {
        var state = _sma[connector - 1];
        if (state.IsFixedFunction)
        {
            return Board == BoardKind.Art ? state.Default : (uint)(connector - 1) & 1;
        }

        return Board == BoardKind.Art
            ? Bus.Read(ArtWord(connector)) & 0xFF
            : Half(state.IsInput ? InputMap(connector) : OutputMap(connector), connector);
    }

    private uint Half(uint map, int connector)
    {
        var word = Bus.Read(map);
        return (connector & 1) != 0 ? word & 0xFFFF : word >> 16;
    }

    private void Set(int connector, bool isInput, uint value)
    {
        if (Board == BoardKind.Art)
        {
            SetArt(connector, value & SelectMask);
            return;
        }

        var map = isInput ? InputMap(connector) : OutputMap(connector);
        var word = Bus.Read(map);
        word = (connector & 1) != 0 ? (word & 0xFFFF_0000) | (value & 0xFFFF) : (word & 0xFFFF) | ((value & 0xFFFF) << 16);
        if (IsFacebook)
        {
            // The cores behind a connector are switched with it.
            Switch(isInput ? Registers.IrigIn : Registers.IrigOut, (word & 0x0010_0010) != 0);
            Switch(isInput ? Registers.DcfIn : Registers.DcfOut, (word & 0x0020_0020) != 0);
        }

        Bus.Write(map, word);
    }

    /// <summary>Turns a core on or off; whatever else stands in its control register stays.</summary>
    private void Switch(uint core, bool isOn)
    {
        var ctrl = Bus.Read(core);
        if ((ctrl & 1) != 0 != isOn && Defect != DriverDefect.TimecodeNotSwitched)
        {
            Bus.Write(core, Defect == DriverDefect.RoutingForgetsMode ? (isOn ? 1u : 0) : ctrl ^ 1);
        }
    }

    private void SetArt(int connector, uint value)
    {
        if (uint.PopCount(value) > 1 && Defect != DriverDefect.ArtTakesTwoSignals)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var word = Bus.Read(ArtWord(connector));
        if (((word >> 16) & value) == 0 && Defect != DriverDefect.ArtIgnoresCapability)
        {
            Refusal.Throw(Errno.EOPNOTSUPP);
        }

        Bus.Write(ArtWord(connector), (word & 0xFF00) | (value & 0xFF));
    }

    private void InitConnectors()
    {
        if (Board == BoardKind.Art)
        {
            uint[] usual = [8, 1, 0x10, 2];
            for (var i = 0; i < 4; i++)
            {
                var value = Bus.Read(ArtWord(i + 1)) & 0xFF;
                _sma[i] = new SmaState(i + 1) { IsInput = value is 0 or 1 or 8, Default = usual[i] };
            }

            return;
        }

        var hasNoMap = IsLoaderOnly || (IsFacebook && FirmwareWord >> 15 == 0 && (FirmwareWord & 0x7FFF) < 19);
        var isFixed = !hasNoMap && Bus.Read(Registers.SmaMap2 + 8) == uint.MaxValue;
        var inputs = Bus.Read(Registers.SmaMap1);
        var outputs = Bus.Read(Registers.SmaMap1 + 8);
        bool[] isInput = hasNoMap || isFixed
            ? [true, true, false, false]
            : [(inputs & 0x8000) != 0, (inputs & 0x8000_0000) != 0, (outputs & 0x8000) == 0, (outputs & 0x8000_0000) == 0];
        for (var i = 0; i < 4; i++)
        {
            _sma[i] = new SmaState(i + 1)
            {
                IsInput = isInput[i],
                Default = (uint)i & 1,
                IsFixedDirection = hasNoMap || isFixed,
                IsFixedFunction = hasNoMap,
            };
        }
    }

    private sealed class SmaState(int connector)
    {
        public int Connector { get; } = connector;

        public bool IsInput { get; set; }

        public bool IsDisabled { get; set; }

        public bool IsFixedDirection { get; init; }

        public bool IsFixedFunction { get; init; }

        public uint Default { get; init; }
    }
}
