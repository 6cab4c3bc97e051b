using System.Text.Json;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Cli.Commands.TimeCards;

/// <summary>Cards and their attributes as JSON.</summary>
internal static class CardJson
{
    /// <summary>Writes one card with all its attributes.</summary>
    public static void Write(Utf8JsonWriter json, TimeCard card, IReadOnlyList<AttributeReading> attributes)
    {
        json.WriteStartObject();
        json.WriteString("name", card.Name);
        json.WriteString("path", card.Path);
        json.WriteString("pci_address", card.PciAddress);
        json.WriteString("pci_id", card.PciId);
        json.WriteString("board", card.Board.ToString());
        json.WriteString("driver", card.Driver);
        json.WriteString("dialect", card.Dialect.ToString());
        json.WriteString("ptp_device", card.PtpPath);
        json.WriteString("pps_device", card.PpsName is null ? null : "/dev/" + card.PpsName);
        json.WriteString("oscillator_device", card.OscillatorPath);
        json.WriteStartObject("serial_ports");
        foreach (var (role, port) in card.SerialPorts)
        {
            json.WriteString(role, "/dev/" + port);
        }

        json.WriteEndObject();
        json.WriteStartObject("attributes");
        foreach (var attribute in attributes)
        {
            if (attribute.Text is { } text)
            {
                json.WriteString(attribute.Name, attribute.IsBinary ? "hex:" + text : text);
                continue;
            }

            json.WriteStartObject(attribute.Name);
            json.WriteString("errno", attribute.Errno.Name());
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
