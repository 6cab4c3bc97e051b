using LabTrace.Scenarios;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace LabTrace.Acceptance;

/// <summary>Makes the scenarios of all features tests of a class: a suite a feature, and in it a test a scenario.</summary>
/// <remarks>The suites are built here because NUnit's sources of test cases know one level of names only, and are slow for thousands.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FeaturesAttribute : NUnitAttribute, IFixtureBuilder
{
    // NUnit's adapter tells these as the place a test stands at, instead of the method's.
    private const string FileProperty = "_CodeFilePath";
    private const string LineProperty = "_LineNumber";

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo)
    {
        AcceptanceRun.Prepare();
        return BuildFrom(typeInfo, AcceptanceRun.FeaturePaths, RepositoryRoot.Path);
    }

    internal IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo, IEnumerable<string> paths, string root)
    {
        var method = typeInfo.GetMethods(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public)
            .Single(candidate => candidate.Name == nameof(FeatureTests.Scenario));
        var all = new ParameterizedFixtureSuite(typeInfo);
        var features = FeatureSet.Load(paths, root, AcceptanceRun.Settings.FeatureLanguage);
        var suites = new NameSource();
        foreach (var file in features.Files)
        {
            if (file.Pickles.Count > 0)
            {
                all.Add(Build(Fixture(typeInfo, suites.Next(file.Document!.Feature!.Name)), features, file, method, root));
            }
        }

        foreach (var errors in features.Errors.GroupBy(error => error.Uri))
        {
            all.Add(Refused(Fixture(typeInfo, suites.Next(errors.Key)), method, errors));
        }

        return [all];
    }

    private static TestFixture Fixture(ITypeInfo type, string name)
    {
        var fixture = new TestFixture(type) { Name = name };
        fixture.FullName = $"{type.FullName}.{name}";
        return fixture;
    }

    private static TestFixture Build(TestFixture suite, FeatureSet features, FeatureFile file, IMethodInfo method, string root)
    {
        var path = Path.Combine(root, file.Uri);
        var builder = new NUnitTestCaseBuilder();
        var names = new NameSource();
        foreach (var pickle in file.Pickles)
        {
            var parameters = new TestCaseParameters([features, pickle]) { TestName = names.Next(ScenarioName.Of(file, pickle)) };
            foreach (var tag in pickle.Tags)
            {
                parameters.Properties.Add(PropertyNames.Category, tag.Name.TrimStart('@'));
            }

            parameters.Properties.Set(FileProperty, path);
            parameters.Properties.Set(LineProperty, pickle.Location.Line);
            suite.Add(builder.BuildTestMethod(method, suite, parameters));
        }

        return suite;
    }

    /// <summary>A feature that cannot be read is a test that cannot be run.</summary>
    private static TestFixture Refused(TestFixture suite, IMethodInfo method, IEnumerable<FeatureError> errors)
    {
        var test = new TestMethod(method, suite) { Name = "has no errors" };
        test.FullName = $"{suite.FullName}.{test.Name}";
        test.MakeInvalid(string.Join('\n', errors));
        suite.Add(test);
        return suite;
    }

    /// <summary>Tells names apart that occur more than once.</summary>
    private sealed class NameSource
    {
        private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

        public string Next(string name)
        {
            var count = _seen[name] = _seen.GetValueOrDefault(name) + 1;
            return count == 1 ? name : $"{name} [{count}]";
        }
    }
}
