using LabTrace.Agent;
using LabTrace.Devices;

// Started by a runner over ssh or in a virtual machine; a person who starts it learns what it is for.
if (args is not ["serve"])
{
    Console.Error.WriteLine("labtrace-agent serves this machine to a LabTrace runner on its standard input and output.\n  usage: labtrace-agent serve");
    return 2;
}

await using var target = new LocalTarget("agent");
return await TargetServer.ServeAsync(target, Console.OpenStandardInput(), Console.OpenStandardOutput()) ? 0 : 1;
