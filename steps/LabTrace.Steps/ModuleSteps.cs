using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Kernel modules: loading, parameters, refusals, unloading. What a scenario loads is unloaded behind it.</summary>
[Binding]
public sealed class ModuleSteps(ModuleBench modules, Refusal refusal)
{
    [Given("the modules of {string} are built")]
    public Task GivenTheModulesAreBuilt(string source) => modules.BuildAsync(source);

    [Given("the kernel module {string} is loaded")]
    public Task GivenTheModuleIsLoaded(string module) => modules.EnsureLoadedAsync(module);

    [Given("the kernel module {string} is loaded with {string}")]
    public Task GivenTheModuleIsLoadedWith(string module, string parameters) => modules.EnsureLoadedAsync(module, parameters);

    [When("I load the kernel module {string}")]
    public Task WhenILoadTheModule(string module) => modules.LoadAsync(module);

    [When("I load the kernel module {string} with {string}")]
    public Task WhenILoadTheModuleWith(string module, string parameters) => modules.LoadAsync(module, parameters);

    [When("I unload the kernel module {string}")]
    public Task WhenIUnloadTheModule(string module) => modules.UnloadAsync(module);

    [When("I try to load the kernel module {string} with {string}")]
    public Task WhenITryToLoadTheModule(string module, string parameters) => refusal.ExpectAsync(() => modules.LoadAsync(module, parameters));

    [When("I try to unload the kernel module {string}")]
    public Task WhenITryToUnloadTheModule(string module) => refusal.ExpectAsync(() => modules.UnloadAsync(module));

    [Then("the kernel module {string} is there")]
    public Task ThenTheModuleIsThere(string module) => modules.ShouldBeLoadedAsync(module, isLoaded: true);

    [Then("the kernel module {string} is gone")]
    public Task ThenTheModuleIsGone(string module) => modules.ShouldBeLoadedAsync(module, isLoaded: false);

    [Then("the parameter {string} of the kernel module {string} is {string}")]
    public Task ThenTheParameterIs(string parameter, string module, string value) => modules.ShouldHaveParameterAsync(module, parameter, value);

    [Then("the kernel module {string} is used by {string}")]
    public Task ThenTheModuleIsUsedBy(string module, string user) => modules.ShouldBeUsedByAsync(module, user);

    [Then("the kernel's taint has {word}")]
    public Task ThenTheKernelsTaintHas(string letter) => modules.ShouldBeTaintedAsync(letter);
}
