using System.Runtime.InteropServices;

namespace LabTrace.Devices.Tests;

/// <summary>This assembly as a program: a run that a test kills, interrupts or has to wait for.</summary>
internal static class Victim
{
    public static async Task<int> Main(string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupt.Cancel();
        });
        switch (args)
        {
            case ["hold-lock", var state]:
                using (await PlaceLock.AcquireAsync(state, "bench", TimeSpan.Zero, null, TimeProvider.System, interrupt.Token))
                {
                    await SayAndWaitAsync("holds", interrupt.Token);
                }

                return 0;
            case ["change", var state, var root]:
                await ChangeAsync(state, root, interrupt.Token);
                return 130;
            default:
                Console.Error.WriteLine("a test starts this program as: hold-lock STATE | change STATE ROOT");
                return 2;
        }
    }

    /// <summary>The command that starts it, heeding Ctrl-C even where the tests were started in the background, which makes children ignore it.</summary>
    public static Command Command(params string[] arguments) => new("env", ["--default-signal=INT", "dotnet", "exec", typeof(Victim).Assembly.Location, .. arguments]);

    // Waits inside a scenario, as a step does, with everything changed that can be changed.
    private static async Task ChangeAsync(string state, string root, CancellationToken interrupt)
    {
        var place = new PlaceDescription("bench", TargetKind.Local, "", null, [], new Dictionary<string, string>());
        var options = new LabOptions(place, (_, _) => ValueTask.FromResult<ITarget>(new LocalTarget("bench")), root) { StateDirectory = state };
        await using var lab = await Devices.Lab.OpenAsync(options, interrupt);
        await using var scenario = await lab.OpenScenarioAsync("a scenario", interrupt);
        await scenario.Changes.SetAttributeAsync($"{root}/attribute", "changed", null, interrupt);
        await scenario.Changes.CreateDirectoryAsync($"{root}/directory", interrupt);
        await scenario.Changes.CreateFileAsync($"{root}/directory/file", "new"u8.ToArray(), interrupt);
        await scenario.Changes.AppendLineAsync($"{root}/list", "p:group/name", "-:group/name", interrupt);
        var process = await scenario.Changes.StartAsync(new Command("sleep", "300"), interrupt);
        await SayAndWaitAsync($"{process.Pid}", interrupt);
    }

    private static async Task SayAndWaitAsync(string what, CancellationToken interrupt)
    {
        await Console.Out.WriteLineAsync(what);
        var waiting = new TaskCompletionSource();
        await using var registration = interrupt.Register(waiting.SetResult);
        await waiting.Task;
    }
}
