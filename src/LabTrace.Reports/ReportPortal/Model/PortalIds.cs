using System.Security.Cryptography;
using System.Text;
using LabTrace.Gherkin;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Ids made of what they name: a run that is reported twice to one project is there once.</summary>
internal sealed class PortalIds
{
    private readonly byte[] _seed;

    private PortalIds(byte[] seed) => _seed = seed;

    /// <summary>Ids of a run in a project.</summary>
    /// <param name="settings">The server, the project, and the launch it is to be added to.</param>
    /// <param name="started">The run's start.</param>
    /// <param name="pickles">Its scenarios: shards of one run may start at the same moment.</param>
    public static PortalIds Of(PortalSettings settings, TestRunStarted started, IEnumerable<Pickle> pickles)
    {
        var text = new StringBuilder();
        _ = text.Append(settings.Api).Append('\n').Append(settings.Project).Append('\n').Append(settings.LaunchId).Append('\n').Append(settings.RerunOf).Append('\n')
            .Append(started.Id).Append('\n').Append(started.Timestamp.Seconds).Append('.').Append(started.Timestamp.Nanos).Append('\n');
        foreach (var pickle in pickles)
        {
            _ = text.Append(pickle.Uri).Append(':').Append(pickle.Location.Line).Append(':').Append(pickle.Name).Append('\n');
        }

        return new PortalIds(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The id of something in the run.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name among its kind.</param>
    public Guid Of(string kind, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData([.. _seed, .. Encoding.UTF8.GetBytes(kind), 0, .. Encoding.UTF8.GetBytes(name)], hash);

        // RFC 9562: a name-based id, and its variant.
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
