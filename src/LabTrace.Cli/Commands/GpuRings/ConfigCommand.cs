using System.CommandLine;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace config</c>.</summary>
internal static class ConfigCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        Argument<string[]> settings = new("KEY=VALUE") { Description = "keys to set, all or none; shows them when there are none", Arity = ArgumentArity.ZeroOrMore };
        settings.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            {
                result.AddError($"'{token.Value}' is not KEY=VALUE");
            }
        });
        Command command = new("config", """
            Show the settings of grtrace's core, or set some. What is set here stays.

            Keys: level=off|normal|verbose, sample=0-100 (%), max_events_per_sec, rate_limiter_mode=0|1 (window, token bucket),
            filter_engine_mask, filter_ring_id, filter_type_mask, watch_ctx_add, watch_ctx_clear=1, watch_allow_mode=0|1,
            backpressure_threshold=0-100 (%), adaptive_sampling=0|1, reset_stats=1
            """);
        command.Arguments.Add(settings);
        command.Options.Add(place);
        command.Options.Add(load);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken);
            if (parsed.GetValue(settings) is { Length: > 0 } given)
            {
                await opened.Grtrace.ConfigureAsync(string.Join(' ', given), cancellationToken);
                if (given.Any(IsOldMask))
                {
                    await Console.Error.WriteLineAsync("labtrace: warning: 0x3 is SUBMIT and COMMIT; only before version 1 it was SUBMIT and COMPLETE, as the manual says\n  try: filter_type_mask=0x11");
                }
            }

            foreach (var (key, value) in await opened.Grtrace.ReadConfigAsync(cancellationToken))
            {
                Console.WriteLine($"{key}={value}");
            }

            return (int)ExitCode.Passed;
        });
        return command;
    }

    /// <summary>The manual's example of a mask, from the time when COMPLETE was number 1.</summary>
    private static bool IsOldMask(string setting) => setting.ToUpperInvariant() is "FILTER_TYPE_MASK=0X3" or "FILTER_TYPE_MASK=3" or "FILTER_TYPE_MASK=03";
}
