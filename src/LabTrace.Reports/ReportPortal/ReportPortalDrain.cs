using System.Globalization;
using LabTrace.Reports.ReportPortal.Configuration;
using LabTrace.Reports.ReportPortal.Delivering;
using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal;

/// <summary>Delivers what runs had to leave in their spools: the server was away, or the run was killed.</summary>
/// <remarks>May be done as often as wanted and beside runs that go on: what the server has, it has once.</remarks>
public sealed class ReportPortalDrain
{
    private readonly string? _configuration;
    private readonly ReportContext _context;
    private readonly TimeProvider _time;

    /// <summary>Prepares it.</summary>
    /// <param name="configuration">The configuration file that was named; null for what each spool was made with.</param>
    /// <param name="context">Whom to tell, what interrupts it, and what takes secrets out of text files.</param>
    /// <param name="time">Where time comes from.</param>
    public ReportPortalDrain(string? configuration, ReportContext context, TimeProvider time)
    {
        (_configuration, _context, _time) = (configuration, context with { IsReplay = true }, time);
    }

    /// <summary>Delivers all spools at and below a directory.</summary>
    /// <param name="directory">A run's directory, a spool, or a directory of many.</param>
    /// <param name="cancellationToken">Leaves the rest in the spools.</param>
    /// <returns>How many requests are left, in spools that nobody else uses.</returns>
    /// <exception cref="ReportException">The configuration lacks something, or a spool cannot be read.</exception>
    public async Task<int> RunAsync(string directory, CancellationToken cancellationToken)
    {
        var spools = SpoolDirectory.FindUndelivered(directory);
        if (spools.Count == 0)
        {
            await _context.Console.WriteLineAsync($"ReportPortal: nothing is left to deliver at '{directory}'");
            return 0;
        }

        var left = 0;
        foreach (var path in spools)
        {
            left += await DeliverAsync(path, spools.Count, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        return left;
    }

    private async Task<int> DeliverAsync(string path, int spools, CancellationToken cancellationToken)
    {
        if (!SpoolDirectory.TryHold(path, out var held))
        {
            await _context.Console.WriteLineAsync($"ReportPortal: '{path}' is in use: its run goes on, and delivers it itself");
            return 0;
        }

        using var spool = held;
        if (spool.IsDelivered || !File.Exists(spool.EntriesPath))
        {
            spool.RemoveDelivered();
            return 0;
        }

        if (await SpoolRepair.EndAsync(spool, cancellationToken) is not var (header, wasCut))
        {
            spool.RemoveDelivered();
            return 0;
        }

        var told = SpoolHeader.Parse(header);
        var settings = PortalSettings.Load(_configuration ?? (File.Exists(told.Configuration) ? told.Configuration : null));
        settings.KeepSecrets(_context.KeepSecret);
        if (!settings.IsEnabled)
        {
            throw new ReportException("ReportPortal: its configuration says Enabled: false", "set RP_ENABLED=true");
        }

        if (told.Server is not null && (told.Server != settings.Api.AbsoluteUri || told.Project != settings.Project))
        {
            await _context.Console.WriteLineAsync($"ReportPortal: '{path}' was for project '{told.Project}' at {told.Server}, and goes to project '{settings.Project}' at {settings.Api}");
        }

        if (spools > 1 || wasCut)
        {
            await _context.Console.WriteLineAsync($"ReportPortal: '{path}'{(wasCut ? ", of a run that was killed" : "")}");
        }

        return await DeliverAsync(spool, header.Id, settings, cancellationToken);
    }

    private async Task<int> DeliverAsync(SpoolDirectory spool, Guid launch, PortalSettings settings, CancellationToken cancellationToken)
    {
        using var delivery = new Delivery(spool, settings, _context.Redact, _time);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delivering = delivery.RunAsync(news: null, leave.Token);
        using var waiting = new DeliveryWait(_context, delivery, _time);
        await waiting.ForAsync(delivering, leave);
        var result = await delivering;
        if (result.IsComplete)
        {
            spool.MarkDelivered(launch, result.Link, result.Number);
        }

        foreach (var line in DeliveryText.Tell(result, spool.Path))
        {
            await _context.Console.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{line}"));
        }

        // One whose end was not even read has more than it counted.
        return result.IsComplete ? 0 : Math.Max(1, result.Left);
    }
}
