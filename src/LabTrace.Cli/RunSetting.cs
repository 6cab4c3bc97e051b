using LabTrace.Devices;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli;

/// <summary>Tells the message stream where a run runs.</summary>
internal static class RunSetting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The environment of a run at an opened place, as an attachment of the run.</summary>
    /// <remarks>A target that does not answer leaves its kernel out; the scenarios will say so.</remarks>
    public static async Task<Attachment> DescribeAsync(Lab lab, string? version, RunOrder order, CancellationToken cancellationToken)
    {
        var place = lab.Place;
        var environment = new RunEnvironment
        {
            Place = place.Name,
            Kind = place.Kind.ToString().ToLowerInvariant(),
            Description = place.Description.Length == 0 ? null : place.Description,
            Level = EvidenceLevels.Of(place).ToString(),
            LabTrace = version,
            IssueUrl = place.IssueUrl,
            Kernel = await ReadKernelAsync(lab, cancellationToken),

            // What was found in a random order is found again only by its seed.
            Properties = order.Kind == RunOrderKind.Random ? new Dictionary<string, string> { [RunEnvironment.Order] = order.ToString() } : [],
        };
        return new Attachment(environment.ToJson(), AttachmentContentEncoding.Identity, RunEnvironment.MediaType);
    }

    private static async Task<RunKernel?> ReadKernelAsync(Lab lab, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var kernel = await lab.ReadKernelAsync(limit.Token);
            return new RunKernel(kernel.Release, kernel.Version, kernel.Machine, kernel.HostName, kernel.BootId);
        }
        catch (Exception e) when (e is LabException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
