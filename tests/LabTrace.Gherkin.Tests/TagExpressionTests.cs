using FsCheck;
using FsCheck.Fluent;

namespace LabTrace.Gherkin.Tests;

public sealed class TagExpressionTests
{
    [TestCase("@a", "@a", true)]
    [TestCase("@a", "@b", false)]
    [TestCase("@a", "@A", false)]
    [TestCase("", "", true)]
    [TestCase("not @a", "@b", true)]
    [TestCase("not not @a", "@a", true)]
    [TestCase("@a and @b", "@a", false)]
    [TestCase("@a or @b", "@b", true)]
    [TestCase("@a or @b and @c", "@a", true)]
    [TestCase("(@a or @b) and @c", "@a", false)]
    [TestCase("not @a and @b", "@b", true)]
    [TestCase("not (@a and @b)", "@b", true)]
    [TestCase("@a and not (@b or @c)", "@a @c", false)]
    [TestCase("@needs:tracefs", "@needs:tracefs @x", true)]
    [TestCase(@"@a\(1\)", "@a(1)", true)]
    [TestCase(@"@a\\b", @"@a\b", true)]
    [TestCase(@"\not", "", null)]
    public void An_expression_holds_or_not(string expression, string tags, bool? holds)
    {
        if (holds is null)
        {
            FluentActions.Invoking(() => TagExpression.Parse(expression)).Should().Throw<TagExpressionException>();
            return;
        }

        TagExpression.Parse(expression).Evaluate(tags.Split(' ')).Should().Be(holds.Value);
    }

    [TestCase("@a @b", 3, "expected 'and', 'or' or ')', got '@b'")]
    [TestCase("@a and", 6, "expected a tag, 'not' or '(', got the end")]
    [TestCase("@a and or @b", 7, "expected a tag, 'not' or '(', got 'or'")]
    [TestCase("not", 3, "expected a tag, 'not' or '(', got the end")]
    [TestCase("(@a", 0, "this '(' is never closed")]
    [TestCase("@a)", 2, "this ')' was never opened")]
    [TestCase("()", 1, "expected a tag, 'not' or '(', got ')'")]
    [TestCase(@"@a\x", 2, @"only a blank, '(', ')' and '\' can be escaped, not 'x'")]
    [TestCase(@"@a\", 2, "a backslash needs a character behind it")]
    public void An_error_points_at_its_cause(string expression, int position, string problem)
    {
        var parse = () => TagExpression.Parse(expression);

        var thrown = parse.Should().Throw<TagExpressionException>().Which;
        thrown.Position.Should().Be(position);
        thrown.Message.Should().Be(
            $"tag expression '{expression}' at column {position + 1}: {problem}\n  {expression}\n  {new string(' ', position)}^");
        thrown.Hint.Should().StartWith("write it like");
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property An_expression_means_what_its_parts_mean()
    {
        var tags = ArbMap.Default.ArbFor<bool[]>().Generator.Select(present => Enumerable.Range(0, 4).Where(i => i < present.Length && present[i]));
        var cases = from tree in Gen.Sized(size => Trees(Math.Min(size, 20)))
                    from present in tags
                    select (tree, present: present.Select(i => $"@t{i}").ToList());

        return Prop.ForAll(cases.ToArbitrary(), sample =>
            TagExpression.Parse(sample.tree.Text).Evaluate(sample.present) == sample.tree.Means(sample.present));
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Any_words_give_an_expression_or_an_error_that_points()
    {
        var words = Gen.ListOf(Gen.Elements("@a", "and", "or", "not", "(", ")", @"\", @"\ ", "@b(", "\t")).Select(list => string.Join(' ', list));

        return Prop.ForAll(words.ToArbitrary(), text =>
        {
            try
            {
                TagExpression.Parse(text).Evaluate(["@a"]);
                return true;
            }
            catch (TagExpressionException exception)
            {
                return exception.Position <= text.Length;
            }
        });
    }

    [Test]
    public void A_deep_expression_does_not_exhaust_the_stack()
    {
        const int Depth = 100_000;
        var nested = new string('(', Depth) + "@a" + new string(')', Depth);
        var right = string.Concat(Enumerable.Repeat("@a and (", Depth)) + "@a" + new string(')', Depth);

        TagExpression.Parse(nested).Evaluate(["@a"]).Should().BeTrue();
        TagExpression.Parse(right).Evaluate(["@a"]).Should().BeTrue();
    }

    private static Gen<Tree> Trees(int size)
    {
        var leaf = Gen.Choose(0, 3).Select(i => new Tree($"@t{i}", tags => tags.Contains($"@t{i}")));
        if (size <= 1)
        {
            return leaf;
        }

        var smaller = Trees(size / 2);
        return Gen.OneOf(
            leaf,
            smaller.Select(inner => new Tree($"not ({inner.Text})", tags => !inner.Means(tags))),
            from left in smaller from right in smaller select new Tree($"({left.Text}) and ({right.Text})", tags => left.Means(tags) && right.Means(tags)),
            from left in smaller from right in smaller select new Tree($"({left.Text}) or ({right.Text})", tags => left.Means(tags) || right.Means(tags)));
    }

    public sealed record Tree(string Text, Func<IReadOnlyCollection<string>, bool> Means);
}
