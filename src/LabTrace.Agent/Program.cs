using LabTrace.Agent;
using LabTrace.Devices;

// Started by a runner over ssh or in a virtual machine; a person who starts it learns what it is for.
switch (args)
{
    case ["serve"]:
        {
            await using var target = new LocalTarget("agent") { IsDirect = false };
            return await TargetServer.ServeAsync(target, Console.OpenStandardInput(), Console.OpenStandardOutput()) ? 0 : 1;
        }

    case ["serve", var port]:
        return await PortServer.ServeAsync(port);
    default:
        Console.Error.WriteLine("labtrace-agent serves this machine to a LabTrace runner on its standard input and output, or on a port.\n  usage: labtrace-agent serve [PORT]");
        return 2;
}
