// Step code that uses what tables offer, written as step authors write it.
using System;
using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using Reqnroll;
using Reqnroll.Assist;
using Reqnroll.Assist.Attributes;

namespace LabTrace.Scenarios.Tests.Corpus;

public class Board
{
    public string Name { get; set; } = "";

    public int Slots { get; set; }

    [TableAliases("Freq", "Clock rate")]
    public double Frequency { get; set; }

    public Unit? Unit { get; set; }
}

public record Cable(string Name, int Length, string Colour = "grey");

public class HexRetriever : IValueRetriever
{
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        propertyType == typeof(int) && keyValuePair.Value.StartsWith("0x", StringComparison.Ordinal);

    public object Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => Convert.ToInt32(keyValuePair.Value[2..], 16);
}

public class LooseComparer : IValueComparer
{
    public bool CanCompare(object actualValue) => actualValue is string;

    public bool Compare(string expectedValue, object actualValue) => string.Equals(expectedValue, (string)actualValue, StringComparison.OrdinalIgnoreCase);
}

[Binding]
public class TableSteps
{
    [Given("the table is walked")]
    public void Walked(Table table)
    {
        var row = table.Rows[0];
        Assert.That((table.RowCount, table.Rows.Count, row.Count), Is.EqualTo((2, 2, 4)));
        Assert.That(table.Header, Is.EqualTo(new[] { "Name", "Slots", "Clock rate", "Unit" }));
        Assert.That(row.Keys.Concat(row.Values), Is.EqualTo(new[] { "Name", "Slots", "Clock rate", "Unit", "one", "3", "1.5", "NanoSecond" }));
        Assert.That(row.ToDictionary(pair => pair.Key, pair => pair.Value)["Slots"], Is.EqualTo("3"));
        Assert.That(table.Rows.Select(r => r[0]), Is.EqualTo(new[] { "one", "two" }));
        Assert.That((row["Name"], row[1], row.ContainsKey("slots")), Is.EqualTo(("one", "3", false)));
        Assert.That(row.TryGetValue("Slots", out var slots) && slots == "3" && !row.TryGetValue("none", out _));
        Assert.That(() => row["none"], Throws.TypeOf<IndexOutOfRangeException>()
            .With.Message.StartsWith("Could not find a column named 'none' in the table."));
        Assert.That(table.ContainsColumn("Unit") && !table.ContainsColumn("unit"));

        var copy = new Table(table);
        copy.RenameColumn("Name", "Title");
        copy.AddRow("three", "4", "2", "Second");
        copy.AddRow(new Dictionary<string, string> { ["Title"] = "four", ["Slots"] = "5" });
        copy.Rows[3]["Unit"] = "Second";
        Assert.That((copy.RowCount, table.RowCount, copy.Rows[3][2], copy.Rows[3]["Unit"]), Is.EqualTo((4, 2, "", "Second")));
        Assert.That(() => copy.AddRow("too", "few"), Throws.ArgumentException);
        Assert.That(new Table("a", "b").ToString(headersOnly: true, withNewline: false), Is.EqualTo("| a | b |"));
        Assert.That(new Table(new[] { "a" }, new[] { new[] { "1" } }).ToString(), Is.EqualTo($"| a |{Environment.NewLine}| 1 |{Environment.NewLine}"));
        Assert.That(DataTable.FromTable(table), Is.InstanceOf<DataTable>());
        Assert.That(new DataTable("a").RowCount + new DataTable(table).RowCount + new DataTable(new[] { "a" }, new[] { new[] { "1" } }).RowCount, Is.EqualTo(3));
        Assert.That(new DataTableRows().Count, Is.Zero);
    }

    [Given("rows are read")]
    public void RowsAreRead(DataTable table)
    {
        var row = table.Rows[0];
        Assert.That((row.GetString("text"), row.GetString("none"), row.GetInt32("int"), row.GetInt64("int")), Is.EqualTo(("t", (string?)null, 3, 3L)));
        Assert.That((row.GetDecimal("number"), row.GetDouble("number"), row.GetSingle("number")), Is.EqualTo((1.5m, 1.5d, 1.5f)));
        Assert.That((row.GetDateTime("date").Day, row.GetBoolean("truth"), row.GetChar("text")), Is.EqualTo((21, true, 't')));
        Assert.That((row.GetDiscreteEnum<Unit>("unit"), row.GetDiscreteEnum("text", Unit.Second)), Is.EqualTo((Unit.NanoSecond, Unit.Second)));
        Assert.That((row.GetEnumValue<Unit>("unit"), row.GetEnum<Reading>("unit")), Is.EqualTo((Unit.NanoSecond, Unit.NanoSecond)));
        Assert.That(row.GetGuid("guid"), Is.EqualTo(Guid.Parse("11111111-1111-1111-1111-111111111111")));
        Assert.That(row.CreateInstance<Reading>().Unit, Is.EqualTo(Unit.NanoSecond));
        Assert.That(row.CreateInstance(() => new Reading { Name = "kept" }).Name, Is.EqualTo("kept"));
        var pair = new Table("Field", "Value");
        pair.AddRow("Name", "one");
        Assert.That(pair.Rows[0].Id() + pair.Rows[0].Value(), Is.EqualTo("Nameone"));
    }

    [Given("instances are made")]
    public void InstancesAreMade(Table table)
    {
        var loose = new InstanceCreationOptions();
        var strict = new InstanceCreationOptions { VerifyAllColumnsBound = true, VerifyCaseInsensitive = true };
        var one = new Table(table.Header.ToArray());
        one.AddRow(table.Rows[0].Values.ToArray());
        Assert.That(one.CreateInstance<Board>().Frequency, Is.EqualTo(1.5));
        Assert.That(one.CreateInstance<Board>(strict).Unit, Is.EqualTo(Unit.NanoSecond));
        Assert.That(one.CreateInstance(() => new Board { Name = "other" }).Name, Is.EqualTo("one"));
        Assert.That(one.CreateInstance(() => new Board(), strict).Slots, Is.EqualTo(3));
        var filled = new Board();
        one.FillInstance(filled);
        one.FillInstance(filled, loose);
        Assert.That(filled.Slots, Is.EqualTo(3));
        var numbers = Enumerable.Range(0, 9).GetEnumerator();
        Assert.That(table.CreateSet<Board>().Select(b => b.Name), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(table.CreateSet<Board>(strict).Last().Unit, Is.Null, "a blank cell is null for what may be null");
        Assert.That(table.CreateSet(() => new Board()).Count() + table.CreateSet(() => new Board(), loose).Count(), Is.EqualTo(4));
        Assert.That(table.CreateSet(row => new Board { Name = row["Name"] }).Count() + table.CreateSet(row => new Board(), loose).Count(), Is.EqualTo(4));

        var cables = new Table("Name", "length");
        cables.AddRow("c1", "3");
        Assert.That(cables.CreateInstance<Cable>(), Is.EqualTo(new Cable("c1", 3)));
        Assert.That(() => cables.CreateInstance<Cable>(new InstanceCreationOptions { RequireTableToProvideAllConstructorParameters = true }),
            Throws.TypeOf<ColumnCouldNotBeBoundException>());
        cables.RenameColumn("length", "weight");
        Assert.That(() => cables.CreateInstance<Cable>(strict), Throws.TypeOf<ColumnCouldNotBeBoundException>()
            .With.Property(nameof(ColumnCouldNotBeBoundException.Columns)).EqualTo(new[] { "weight" }));
        Assert.That(strict.VerifyAllColumnsBound && strict.VerifyCaseInsensitive && !strict.RequireTableToProvideAllConstructorParameters);
    }

    [Then("tables are compared")]
    public void TablesAreCompared(Table table)
    {
        var boards = table.CreateSet<Board>().ToList();
        table.CompareToSet(boards.AsEnumerable().Reverse());
        table.CompareToSet(boards, true);
        Assert.That(() => table.CompareToSet(boards.Take(1)), Throws.TypeOf<ComparisonException>());
        Assert.That(() => new SetComparer<Board>(table).CompareToSet(boards.AsEnumerable().Reverse(), true), Throws.TypeOf<ComparisonException>());
        var one = new Table("Name", "Slots");
        one.AddRow("one", "3");
        one.CompareToInstance(boards[0]);
        Assert.That(() => one.CompareToInstance(boards[1]), Throws.TypeOf<ComparisonException>()
            .With.Message.StartsWith("The following fields did not match:"));
        Assert.That(one.IsEquivalentToInstance(boards[0]) && !one.IsEquivalentToInstance(boards[1]));
        Assert.That((one.FindInSet(boards), one.FindAllInSet(boards).Count()), Is.EqualTo((boards[0], 1)));
        Assert.That(boards.ToProjection(table).Except(table.ToProjection<Board>()).Any(), Is.False);
        Assert.That(boards.ToProjection().Count() + table.ToProjectionOfSet(boards).Count() + one.ToProjectionOfInstance(boards[0]).Count(), Is.EqualTo(5));
        Assert.That(new EnumerableProjection<Board>(table, boards), Is.EqualTo(new EnumerableProjection<Board>(table)));
        var projection = new Projection<Board>(boards[0], new[] { "Name" });
        Assert.That(projection.Equals(new Projection<Board>(new Board { Name = "one" }, new[] { "Name" })));
        Assert.That(projection.GetHashCode(), Is.EqualTo(new EnumerableProjection<Board>(table).GetHashCode()));
        foreach (var item in new EnumerableProjection<Board>(table))
        {
            Assert.That(item, Is.Not.Null);
        }

        using var walk = new EnumerableProjection<Board>(table).GetEnumerator();
        Assert.That(walk.MoveNext() && new EnumerableProjection<Board>(table).Equals(table.ToProjection<Board>()));
    }

    [Then("retrievers and comparers can be changed")]
    public void RetrieversAndComparers()
    {
        var service = Service.Instance;
        try
        {
            var hex = new HexRetriever();
            service.ValueRetrievers.Register(hex);
            service.ValueComparers.Register<LooseComparer>();
            var table = new Table("Name", "Slots");
            table.AddRow("ONE", "0x1f");
            Assert.That(table.CreateInstance<Board>().Slots, Is.EqualTo(31));
            table.RenameColumn("Slots", "Freq");
            table.Rows[0]["Freq"] = "2";
            table.CompareToInstance(new Board { Name = "one", Frequency = 2 });
            Assert.That(service.GetValueRetrieverFor(table.Rows[0], typeof(Board), typeof(string)), Is.Not.Null);
            IValueRetriever retriever = hex;
            IValueComparer comparer = new LooseComparer();
            var cell = new KeyValuePair<string, string>("Slots", "0x20");
            Assert.That(retriever.CanRetrieve(cell, typeof(Board), typeof(int)) && (int)retriever.Retrieve(cell, typeof(Board), typeof(int))! == 32);
            Assert.That(comparer.CanCompare("a") && comparer.Compare("A", "a"));
            Assert.That(new TableAliasesAttribute("a", "b").Aliases, Has.Length.EqualTo(2));
            service.ValueRetrievers.Unregister(hex);
            service.ValueRetrievers.Register<HexRetriever>();
            service.ValueRetrievers.Unregister<HexRetriever>();
            service.ValueComparers.Unregister<LooseComparer>();
            var own = new Service();
            own.ValueRetrievers.Clear();
            own.ValueRetrievers.SetDefault(hex);
            own.ValueRetrievers.ClearDefault();
            own.ValueRetrievers.SetDefault<HexRetriever>();
            own.ValueRetrievers.Replace<HexRetriever, HexRetriever>();
            own.ValueRetrievers.Register(hex);
            own.ValueRetrievers.Replace(hex, new HexRetriever());
            Assert.That(own.ValueRetrievers.Count(), Is.GreaterThan(0));
            Assert.That(new ServiceComponentList<IValueComparer>(), Is.Empty);
        }
        finally
        {
            service.RestoreDefaults();
        }
    }
}
