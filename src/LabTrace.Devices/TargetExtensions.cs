using System.Text;

namespace LabTrace.Devices;

/// <summary>Calls every target has because <see cref="ITarget"/> has the ones beneath.</summary>
public static class TargetExtensions
{
    extension(ITarget target)
    {
        /// <summary>Reads an attribute as text, without its last newline.</summary>
        /// <exception cref="TargetIOException">The target's kernel refused.</exception>
        public async ValueTask<string> ReadTextAsync(string path, CancellationToken cancellationToken)
        {
            var text = Encoding.UTF8.GetString(await target.ReadAsync(path, cancellationToken));
            return text.EndsWith('\n') ? text[..^1] : text;
        }

        /// <summary>Writes text as one write(2), with a newline behind it as echo does.</summary>
        /// <exception cref="TargetIOException">The target's kernel refused.</exception>
        public ValueTask WriteTextAsync(string path, string text, CancellationToken cancellationToken) =>
            target.WriteAsync(path, Encoding.UTF8.GetBytes(text + "\n"), WriteMode.Truncate, cancellationToken);

        /// <summary>Says whether anything stands at a path.</summary>
        public async ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken) =>
            await target.StatAsync(path, cancellationToken) is not null;

        /// <summary>Runs a command to its end.</summary>
        /// <returns>How it ended; a non-zero exit code and a timeout are results.</returns>
        /// <exception cref="TargetIOException">There is no such program, or it may not be run.</exception>
        public async Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
        {
            await using var process = await target.StartAsync(command, cancellationToken);
            await process.ReleaseAsync(cancellationToken);
            return await process.WaitAsync(cancellationToken);
        }
    }
}
