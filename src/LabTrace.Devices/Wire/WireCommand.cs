namespace LabTrace.Devices.Wire;

/// <summary>A command and its result as messages.</summary>
internal static class WireCommand
{
    public static void Write(WireWriter message, Command command)
    {
        _ = message.Text(command.Program).Int32(command.Arguments.Count);
        foreach (var argument in command.Arguments)
        {
            _ = message.Text(argument);
        }

        _ = message.Bytes(command.StandardInput.Span).Text(command.WorkingDirectory).Int32(command.Environment.Count);
        foreach (var (name, value) in command.Environment)
        {
            _ = message.Text(name).Text(value);
        }

        _ = message.Int64(command.Timeout?.Ticks ?? -1).Int64(command.KillGrace.Ticks).Int32(command.OutputLimit).Flag(command.HeldAtStart);
    }

    public static Command Read(ref WireReader message)
    {
        var program = message.Text();
        var arguments = new string[message.Count(4)];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = message.Text();
        }

        var input = message.Bytes() ?? [];
        var directory = message.OptionalText();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = message.Count(8); left > 0; left--)
        {
            environment[message.Text()] = message.Text();
        }

        var timeout = message.Int64();
        return new Command(program, arguments)
        {
            StandardInput = input,
            WorkingDirectory = directory,
            Environment = environment,
            Timeout = timeout < 0 ? null : TimeSpan.FromTicks(timeout),
            KillGrace = TimeSpan.FromTicks(message.Int64()),
            OutputLimit = message.Int32(),
            HeldAtStart = message.Flag(),
        };
    }

    public static void Write(WireWriter message, CommandResult result) => message
        .Int32(result.ExitCode).Bytes(result.StandardOutput).Bytes(result.StandardError)
        .Int64(result.OutputDropped).Flag(result.TimedOut).Int64(result.Elapsed.Ticks);

    public static CommandResult ReadResult(string target, Command command, ref WireReader message) => new(
        target,
        command,
        message.Int32(),
        message.Bytes() ?? [],
        message.Bytes() ?? [],
        message.Int64(),
        message.Flag(),
        TimeSpan.FromTicks(message.Int64()));
}
