using System.Globalization;
using FluentAssertions;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class BindingTests
{
    [TestCase("^I eat$", ExpressionType.RegularExpression)]
    [TestCase("I eat {int} cukes", ExpressionType.CucumberExpression)]
    [TestCase("I eat {} (.*)", ExpressionType.CucumberExpression)]
    [TestCase("I eat (.*) cukes", ExpressionType.RegularExpression)]
    [TestCase("I eat ([a-z]+) cukes", ExpressionType.RegularExpression)]
    [TestCase(@"I eat \d+ cukes", ExpressionType.RegularExpression)]
    [TestCase(@"version 1\.2", ExpressionType.RegularExpression)]
    [TestCase(@"a (\d{2}:\d+) time", ExpressionType.RegularExpression)]
    [TestCase("I eat cuke(s)", ExpressionType.CucumberExpression)]
    [TestCase("I eat/drink", ExpressionType.CucumberExpression)]
    public void Expressions_are_told_apart_by_their_look(string expression, ExpressionType expected)
    {
        ExpressionKind.Detect(expression).Should().Be(expected);
    }

    [Test]
    public async Task Arguments_are_converted_by_transformations_types_enums_and_guids()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync(
            """
            Feature: conversion
              Scenario: all
                Given a colour DARK red
                Given a number 1.5 and a date 2026-11-21 and the guid 1
                Given the flight LHR-CDG
                Given the later flight AAA-BBB
                Given regular 12 and apples
                Given nothing special
                Given a table
                  | x | y |
                  | 1 | 2 |
                Given a text "quoted 'inside'"
                  \"\"\"
                  below
                  \"\"\"
            """.Replace("\\\"", "\""),
            new RunOptions { ConfigureGlobal = container => container.RegisterInstanceAs(log) },
            typeof(ConversionSteps));

        run.Only.Message.Should().BeNull();
        log.Should().Equal(
            "DarkRed", "1.5 21.11.2026 10000000-0000-0000-0000-000000000000", "LHR to CDG", "later AAA to BBB", "12 apples", "", "2 in 1 row", "quoted 'inside' below");
    }

    [Test]
    public async Task Steps_named_by_their_method_match()
    {
        var log = new List<string>();

        var run = await TestRun.OfAsync(
            """
            Feature: names
              Scenario: all
                Given there are 3 red cucumbers
                When I eat "2" of them
            """,
            new RunOptions { ConfigureGlobal = container => container.RegisterInstanceAs(log) },
            typeof(NamedSteps));

        run.Only.Message.Should().BeNull();
        log.Should().Equal("3 red", "2");
    }

    [Test]
    public async Task The_narrowest_scope_wins_and_a_tie_is_ambiguous()
    {
        const string Feature = """
            Feature: scoped
              Scenario: plain
                Given a step
              @tag
              Scenario: tagged
                Given a step
              @tag
              Scenario: titled
                Given a step
              @tie @tag
              Scenario: tied
                Given a step
            """;
        var log = new List<string>();

        var run = await TestRun.OfAsync(
            Feature, new RunOptions { ConfigureGlobal = container => container.RegisterInstanceAs(log) }, typeof(ScopedSteps));

        log.Should().Equal("any", "tag", "tag and title");
        run.Summary.Scenarios[3].Status.Should().Be(TestStepResultStatus.Ambiguous);
        run.Summary.Scenarios[3].Message.Should().Match(
            "Ambiguous step definitions found for step 'Given a step': ScopedSteps.Tagged() (tests/*BindingTests.cs:*), ScopedSteps.Tie() (tests/*");
    }

    [Test]
    public async Task A_wrong_number_of_parameters_is_told()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given 1 and 2", typeof(MiscountedSteps));

        run.Only.Verdict.Should().Be(Verdict.Broken);
        run.Only.Message.Should().Be("Parameter count mismatch! The binding method 'MiscountedSteps.Step(Int32)' should have 2 parameters");
    }

    [Test]
    public void Step_code_that_cannot_work_is_told_with_its_place()
    {
        var registry = BindingRegistry.BuildFrom(typeof(AsyncVoidSteps), typeof(GenericSteps<>), typeof(AbstractSteps), typeof(InstanceRunHook), typeof(BadTag));

        registry.Errors.Select(error => error.Message).Should().SatisfyRespectively(
            message => message.Should().Be("Invalid binding method 'AsyncVoidSteps.Step()': async void methods are not supported. Please use 'async Task'."),
            message => message.Should().StartWith("Binding types cannot be generic:"),
            message => message.Should().StartWith("Binding types with instance methods cannot be abstract:"),
            message => message.Should().StartWith("The binding methods for before/after feature and before/after test run events must be static!"),
            message => message.Should().StartWith("tag expression '@a and' at column 7"));
        registry.Errors[0].ToString().Should().Match("tests/LabTrace.Scenarios.Tests/BindingTests.cs:*: AsyncVoidSteps.Step: *");
    }

    [Test]
    public async Task Wrong_step_code_stops_the_run()
    {
        var run = await TestRun.OfAsync("Feature: f\n  Scenario: s\n    Given a step", typeof(AsyncVoidSteps));

        run.Summary.Scenarios.Should().BeEmpty();
        run.Summary.BindingErrors.Should().HaveCount(1);
        run.Messages[^1].TestRunFinished!.Message.Should().Contain("async void");
    }

    [FsCheck.NUnit.Property]
    public bool The_index_finds_what_a_scan_finds(string[] prefixes, string text)
    {
        var known = prefixes.Select(prefix => prefix ?? string.Empty).ToArray();
        var index = new PrefixIndex<string>(known, prefix => prefix);
        var searched = string.Concat(known.Take(2)) + text;
        var found = new List<string>();

        index.Find(searched, found);

        return found.Order(StringComparer.Ordinal)
            .SequenceEqual(known.Where(prefix => searched.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Binding]
    public sealed class ConversionSteps(List<string> log)
    {
        public enum Colour
        {
            DarkRed,
        }

        [StepArgumentTransformation(@"(\w+)-(\w+)", Name = "flight")]
        public static string Flight(string from, string to) => $"{from} to {to}";

        [StepArgumentTransformation(@"later (\w+)-(\w+)", Name = "later")]
        public static async Task<Uri> LaterAsync(string from, string to)
        {
            await Task.Yield();
            return new Uri($"later {from} to {to}", UriKind.Relative);
        }

        [StepArgumentTransformation]
        public static int[] Numbers(DataTable table) => [table.RowCount, int.Parse(table.Rows[0]["y"], CultureInfo.InvariantCulture)];

        [Given("a colour {Colour}")]
        public void A(Colour colour) => log.Add(colour.ToString());

        [Given("a number {double} and a date {} and the guid {word}")]
        public void B(double number, DateTime date, Guid guid) =>
            log.Add(string.Create(CultureInfo.InvariantCulture, $"{number} {date:dd.MM.yyyy} {guid}"));

        [Given("the flight {flight}")]
        public void C(string flight) => log.Add(flight);

        [Given("the {later}")]
        [Given("the {later} flight")]
        public void D(Uri flight) => log.Add(flight.ToString());

        [Given("the later flight {word}-{word}")]
        public void D2(string from, string to) => log.Add($"later {from} to {to}");

        [Given(@"regular (\d+)(?: and (.*))?")]
        public void E(int number, string what) => log.Add($"{number} {what}");

        [Given("^nothing( more)? special$")]
        public void F(string more) => log.Add(more);

        [Given("a table")]
        public void G(int[] numbers) => log.Add($"{numbers[1]} in {numbers[0]} row");

        [Given("a text {string}")]
        public void H(string text, string below) => log.Add($"{text} {below}");
    }

    [Binding]
    public sealed class NamedSteps(List<string> log)
    {
        [Given]
        public void Given_there_are_P0_COLOUR_cucumbers(int count, string colour) => log.Add($"{count} {colour}");

        [When]
        public void WhenIEat_COUNT_OfThem(int count) => log.Add($"{count}");
    }

    [Binding]
    public sealed class ScopedSteps(List<string> log)
    {
        [Given("a step")]
        public void Any() => log.Add("any");

        [Given("a step")]
        [Scope(Tag = "tag")]
        public void Tagged() => log.Add("tag");

        [Given("a step")]
        [Scope(Tag = "@tag", Scenario = "TITLED")]
        public void Titled() => log.Add("tag and title");

        [Given("a step")]
        [Scope(Tag = "tie and not other")]
        public void Tie() => log.Add("tie");
    }

    [Binding]
    public sealed class MiscountedSteps
    {
        [Given("{int} and {int}")]
        public void Step(int one) => _ = one;
    }

    [Binding]
    public sealed class AsyncVoidSteps
    {
        [Given("a step")]
        public async void Step() => await Task.Yield();
    }

    [Binding]
    public sealed class GenericSteps<T>
    {
        [Given("a step")]
        public void Step() => _ = typeof(T);
    }

    [Binding]
    public abstract class AbstractSteps
    {
        [Given("a step")]
        public void Step()
        {
        }
    }

    [Binding]
    public sealed class InstanceRunHook
    {
        [BeforeTestRun]
        public void Before()
        {
        }
    }

    [Binding]
    public sealed class BadTag
    {
        [BeforeScenario("@a and")]
        public void Before()
        {
        }
    }
}
