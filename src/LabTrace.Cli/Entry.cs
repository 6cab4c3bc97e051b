using System.CommandLine;
using System.Runtime.InteropServices;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Devices;
using LabTrace.Scenarios.Messages;
using LabTrace.Tracing;

namespace LabTrace.Cli;

/// <summary>What surrounds every command: usage errors, Ctrl-C, and errors told without a stack.</summary>
internal static class Entry
{
    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        SecretRedactor.Process.AddEnvironment(Environment.GetEnvironmentVariables());
        RedactingWriter.Install(SecretRedactor.Process);

        // A tag expression starts with @, which is no file of more arguments here.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var unknown = UnknownOption(parsed, args);
        if (parsed.Errors.Count > 0 || unknown is not null)
        {
            foreach (var error in unknown is null ? parsed.Errors.Select(e => e.Message) : [$"there is no option '{unknown}'"])
            {
                await Console.Error.WriteLineAsync($"labtrace: {error}");
            }

            await Console.Error.WriteLineAsync($"  try: labtrace {CommandPath(parsed)}--help");
            return (int)ExitCode.Usage;
        }

        using var interrupt = new CancellationTokenSource();
        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, interrupt));
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, interrupt));
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (OutputClosedException)
        {
            return (int)ExitCode.Passed;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"labtrace: {Describe(e)}");
            return (int)CodeOf(e);
        }
    }

    /// <summary>The exit code an error that ends a command stands for.</summary>
    public static ExitCode CodeOf(Exception e) => e is LabConfigException or UsageException or MessageFormatException ? ExitCode.Usage : ExitCode.Broken;

    /// <summary>What the parser took for an argument though it is written like an option; null when there is none. Behind <c>--</c> everything is an argument.</summary>
    private static string? UnknownOption(ParseResult parsed, string[] args) => args.Contains("--", StringComparer.Ordinal)
        ? null
        : parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value)
            .FirstOrDefault(t => t.StartsWith("--", StringComparison.Ordinal) && t.Length > 2);

    private static string Describe(Exception e) => e switch
    {
        // What a program says in code is an option here.
        TraceFormatException => e.Message.Replace("open it with ReadMode.Salvage", "read it without --strict", StringComparison.Ordinal),
        LabException or UsageException or MessageFormatException or IOException or UnauthorizedAccessException => e.Message,
        _ => $"an error of LabTrace itself: {e}",
    };

    /// <summary>The first Ctrl-C asks for an orderly end with everything undone; a second one is the shell's to handle.</summary>
    private static void Interrupt(PosixSignalContext context, CancellationTokenSource interrupt)
    {
        if (interrupt.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        Console.Error.WriteLine("\nlabtrace: interrupted; undoing what was changed (again to give up, then `labtrace restore` undoes it)");
        interrupt.Cancel();
    }

    private static string CommandPath(ParseResult parsed)
    {
        var path = "";
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; at = at.Parent)
        {
            path = command.Command.Name + " " + path;
        }

        return path;
    }
}
