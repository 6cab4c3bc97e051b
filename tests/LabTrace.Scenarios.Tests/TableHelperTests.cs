using FluentAssertions;
using NUnit.Framework;
using Reqnroll;
using Reqnroll.Assist;
using Reqnroll.Assist.Attributes;
using Reqnroll.Assist.ValueRetrievers;

namespace LabTrace.Scenarios.Tests;

public sealed class TableHelperTests
{
    private enum Colour
    {
        DarkRed,
        Blue,
    }

    [Test]
    public void A_row_becomes_an_instance_whose_members_are_named_by_columns()
    {
        var table = new Table(["First name", "AGE", "favourite_colour", "Nick"], [["Ada", "36", "dark red", "Countess"]]);

        var person = table.CreateInstance<Person>();

        person.Should().BeEquivalentTo(new Person { FirstName = "Ada", Age = 36, FavouriteColour = Colour.DarkRed, Nickname = "Countess" });
    }

    [Test]
    public void Names_and_values_below_each_other_become_an_instance()
    {
        var table = new Table(["Field", "Value"], [["FirstName", "Ada"], ["Age", ""]]);

        var person = table.CreateInstance<Person>();

        person.FirstName.Should().Be("Ada");
        person.Age.Should().BeNull();
    }

    [Test]
    public void A_record_is_made_through_its_constructor()
    {
        var table = new Table(["y", "x"], [["2", "1"], ["4", "3"]]);

        var points = table.CreateSet<Point>();

        points.Should().Equal(new Point(1, 2), new Point(3, 4));
    }

    [Test]
    public void A_column_without_a_member_is_refused_when_all_must_be_bound()
    {
        var table = new Table(["x", "z"], [["2", "1"]]);

        var create = () => table.CreateInstance<Point>(new InstanceCreationOptions { VerifyAllColumnsBound = true });

        create.Should().Throw<ColumnCouldNotBeBoundException>().WithMessage("Member or field z not found").Which.Columns.Should().Equal("z");
    }

    [Test]
    public void A_difference_to_an_instance_names_the_field_what_was_expected_and_what_was_found()
    {
        var table = new Table(["x", "y", "z"], [["1.0", "3", "5"]]);

        var compare = () => table.CompareToInstance(new Point(1, 2));

        compare.Should().Throw<ComparisonException>().WithMessage("The following fields did not match:*Y: Expected <3>, Actual <2>*z: Property does not exist");
    }

    [Test]
    public void A_difference_to_a_set_marks_rows_that_are_missing_and_too_many()
    {
        var table = new Table(["x", "y"], [["1", "2"], ["3", "4"]]);

        var compare = () => table.CompareToSet([new Point(3, 4), new Point(5, 6)]);

        compare.Should().Throw<ComparisonException>().WithMessage(
            """

              | x | y |
            - | 1 | 2 |
              | 3 | 4 |
            + | 5 | 6 |

            """);
    }

    [Test]
    public void Order_matters_when_it_is_asked_for()
    {
        var table = new Table(["x", "y"], [["1", "2"], ["3", "4"]]);
        Point[] turned = [new(3, 4), new(1, 2)];

        table.Invoking(compared => compared.CompareToSet(turned)).Should().NotThrow();
        table.Invoking(compared => compared.CompareToSet(turned, sequentialEquality: true)).Should().Throw<ComparisonException>();
    }

    [Test]
    public void A_cell_that_is_no_number_is_an_error_not_zero()
    {
        var table = new Table(["x", "y"], [["1", "two"]]);

        Action create = () => table.CreateInstance<Point>();

        create.Should().Throw<FormatException>().WithMessage("'two' is no Int32");
    }

    [Test]
    public void A_retriever_of_ones_own_is_asked_first()
    {
        var retriever = new NullValueRetriever("<null>");
        Service.Instance.ValueRetrievers.Register(retriever);
        try
        {
            var person = new Table(["FirstName", "Age"], [["<NULL>", "<null>"]]).CreateInstance<Person>();

            person.FirstName.Should().BeNull();
            person.Age.Should().BeNull();
        }
        finally
        {
            Service.Instance.ValueRetrievers.Unregister(retriever);
        }
    }

    [Test]
    public void A_table_and_a_set_are_compared_as_projections()
    {
        var table = new Table(["x"], [["1"], ["3"]]);
        Point[] points = [new(3, 4), new(1, 2), new(5, 6)];

        var extra = points.ToProjection(table).Except(table.ToProjection<Point>());

        extra.Should().ContainSingle().Which.Should().Be(new Projection<Point>(new Point(5, 0), ["X"]));
    }

    [Test]
    public void A_table_prints_as_it_stands_in_a_feature()
    {
        var table = new Table(["a", "long"], [["wide cell", "1"]]);

        table.ToString().Should().Be($"| a         | long |{Environment.NewLine}| wide cell | 1    |{Environment.NewLine}");
    }

    [Test]
    public void A_column_that_is_not_there_is_named_with_the_table()
    {
        var row = new Table(["a"], [["1"]]).Rows[0];

        var read = () => row["b"];

        read.Should().Throw<IndexOutOfRangeException>().WithMessage("Could not find a column named 'b' in the table.\nThe table looks like this:\n| a |*");
    }

    private sealed record Point(int X, int Y);

    private sealed class Person
    {
        public string? FirstName { get; set; }

        public int? Age { get; set; }

        public Colour FavouriteColour { get; set; }

        [TableAliases("Nick", "Handle")]
        public string? Nickname { get; set; }
    }
}
