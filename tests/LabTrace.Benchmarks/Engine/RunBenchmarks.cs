using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using BenchmarkDotNet.Attributes;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;

namespace LabTrace.Benchmarks.Engine;

/// <summary>What a step costs with everything the engine does for it, and that it is no more with many definitions.</summary>
[Config(typeof(Config))]
[MemoryDiagnoser]
public class RunBenchmarks
{
    private const int Scenarios = 400;
    private const int StepsPerScenario = 25;

    private FeatureSet _features = null!;
    private Type _extra = null!;
    private BindingRegistry _bindings = null!;

    /// <summary>Definitions that no step uses, besides the four that do.</summary>
    [Params(0, 500, 5000)]
    public int MoreDefinitions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder("Feature: counting\n");
        for (var i = 0; i < Scenarios; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  Scenario: counter {i}\n    Given a counter at {i}\n");
            for (var step = 0; step < StepsPerScenario - 3; step++)
            {
                text.Append(CultureInfo.InvariantCulture, $"    When I add {(i * StepsPerScenario) + step}\n");
            }

            var sum = i + Enumerable.Range(i * StepsPerScenario, StepsPerScenario - 3).Sum();
            text.Append(CultureInfo.InvariantCulture, $"    Then the counter shows {sum}\n    And the \"big\" counter is named c{i}\n");
        }

        _features = FeatureSet.Parse(("counting.feature", text.ToString()));
        _extra = MakeExtra(MoreDefinitions);
    }

    /// <summary>New bindings each time: every step is matched anew.</summary>
    [IterationSetup]
    public void Bind() => _bindings = BindingRegistry.BuildFrom(typeof(CounterSteps), _extra);

    /// <summary>Matches, converts, runs and writes the messages of 10,000 steps.</summary>
    [Benchmark]
    public async Task<int> Run()
    {
        await using var messages = new MessageWriter(Stream.Null);
        var summary = await new ScenarioRunner(_features, _bindings, new RunOptions()).RunAsync([messages], CancellationToken.None);
        return summary.Passed == Scenarios ? summary.Passed : throw new InvalidOperationException(summary.Scenarios[0].Message);
    }

    private static Type MakeExtra(int count)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("extra"), AssemblyBuilderAccess.Run).DefineDynamicModule("extra");
        var type = module.DefineType("ExtraSteps", TypeAttributes.Public | TypeAttributes.Class);
        type.SetCustomAttribute(new CustomAttributeBuilder(typeof(BindingAttribute).GetConstructor(Type.EmptyTypes)!, []));
        var given = typeof(GivenAttribute).GetConstructors().Single();
        for (var i = 0; i < count; i++)
        {
            var method = type.DefineMethod($"Extra{i}", MethodAttributes.Public, typeof(void), [typeof(int), typeof(string)]);
            method.GetILGenerator().Emit(OpCodes.Ret);
            method.SetCustomAttribute(new CustomAttributeBuilder(given, [$"the extra {i} part number {{int}} has {{word}} in it", string.Empty, 0]));
        }

        return type.CreateType();
    }

    private sealed class Config() : EngineConfig("ns/step", (_, nanoseconds) => nanoseconds / (Scenarios * StepsPerScenario));
}
