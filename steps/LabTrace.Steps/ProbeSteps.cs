using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Probes on functions of programs and libraries, and of the kernel where it has them.</summary>
[Binding]
public sealed class ProbeSteps(TracingBench bench)
{
    [Given("a probe {string} on the function {string} of the library {string}")]
    public Task GivenAProbe(string name, string function, string library) => bench.ProbeAsync(name, function, library, onReturn: false);

    [Given("a return probe {string} on the function {string} of the library {string}")]
    public Task GivenAReturnProbe(string name, string function, string library) => bench.ProbeAsync(name, function, library, onReturn: true);

    [Given("a kernel probe {string} on the function {string}")]
    public Task GivenAKernelProbe(string name, string function) => bench.KernelProbeAsync(name, function, onReturn: false);

    [Given("a kernel return probe {string} on the function {string}")]
    public Task GivenAKernelReturnProbe(string name, string function) => bench.KernelProbeAsync(name, function, onReturn: true);
}
