using FluentAssertions;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Queries;

public sealed class EventSelectorTests
{
    [Test]
    public void A_name_alone_has_no_conditions()
    {
        var selector = EventSelector.Parse("sched:sched_switch");

        selector.Name.Should().Be(new EventName("sched", "sched_switch"));
        selector.Conditions.Should().BeEmpty();
    }

    [TestCase("sched:*", "sched_switch", true)]
    [TestCase("sched:*", "sys_enter", false)]
    [TestCase("sched:sched_sw*", "sched_switch", true)]
    [TestCase("raw_syscalls:*", "sys_enter", true)]
    [TestCase("raw_syscalls:*", "sched_switch", false)]
    [TestCase("irq:*", "softirq_entry", true)]
    [TestCase("irq:*", "irq_work_entry", false)]
    [TestCase("irq_vectors:*", "irq_work_entry", true)]
    [TestCase("timer:*", "hrtimer_start", true)]
    [TestCase("gpio:*", "gpio_value", true)]
    [TestCase("printk:*", "console", true)]
    [TestCase("my:*", "my_probe", true)]
    [TestCase("*:sched_*", "sched_switch", true)]
    [TestCase("sched:sched_switch", "sched_switch", true)]
    [TestCase("mine:probe", "probe", true)]
    public void A_pattern_for_a_system_covers_what_text_that_names_none_is_known_to_have_there(string pattern, string name, bool isCovered)
    {
        EventName.Parse(pattern).Matches(new EventName("", name)).Should().Be(isCovered);
    }

    [TestCase("x where a = 1", "a", FieldOperator.EqualTo, "1")]
    [TestCase("x where a=1", "a", FieldOperator.EqualTo, "1")]
    [TestCase("x where a != 1", "a", FieldOperator.NotEqualTo, "1")]
    [TestCase("x where a <= 5 ms", "a", FieldOperator.AtMost, "5 ms")]
    [TestCase("x where a < -5", "a", FieldOperator.LessThan, "-5")]
    [TestCase("x where a >= 0x1f", "a", FieldOperator.AtLeast, "0x1f")]
    [TestCase("x where a > 5", "a", FieldOperator.GreaterThan, "5")]
    [TestCase("x where a ~ kworker/*", "a", FieldOperator.Matching, "kworker/*")]
    [TestCase("x where buf contains step 1", "buf", FieldOperator.Containing, "step 1")]
    [TestCase("x where buf starts step", "buf", FieldOperator.StartingWith, "step")]
    [TestCase("x where buf ends 'a and b'", "buf", FieldOperator.EndingWith, "a and b")]
    [TestCase("x where comm = ''", "comm", FieldOperator.EqualTo, "")]
    public void A_condition_has_a_field_an_operator_and_a_value(string text, string field, FieldOperator comparison, string value) =>
        EventSelector.Parse(text).Conditions.Should().Equal(new FieldCondition(field, comparison, value));

    [Test]
    public void Conditions_are_joined_by_and() =>
        EventSelector.Parse("x where a = 'b and c' and d < 3").Conditions.Should()
            .Equal(new FieldCondition("a", FieldOperator.EqualTo, "b and c"), new FieldCondition("d", FieldOperator.LessThan, "3"));

    [TestCase("x where ", "*ends behind 'where'*")]
    [TestCase("x where = 1", "*no condition at column 9*found '= 1'*")]
    [TestCase("x where a is 1", "*no condition at column 9*operator one of: = != *")]
    [TestCase("x where a = ", "*value is missing at column 13*")]
    [TestCase("x where a = 'b", "*' at column 13*not closed*")]
    [TestCase("x where a = 'b'c", "*expected ' and ', ' or ' or the end at column 16*")]
    [TestCase("x where (a = 1", "*( at column 9*not closed*")]
    [TestCase("x where a = 1)", "*expected ' and ' or ' or ' at column 14 of *, found ')'*")]
    [TestCase("x where a = 1 and", "*no condition at column 18*")]
    [TestCase("", "*names no event*")]
    public void A_selector_that_is_wrong_says_where(string text, string message)
    {
        var act = () => EventSelector.Parse(text);

        act.Should().Throw<FormatException>().WithMessage(message);
    }

    [TestCase("a = 1 or a = 2 and b = 3", "1,*;2,3")]
    [TestCase("(a = 1 or a = 2) and b = 3", "1,3;2,3")]
    [TestCase("not a = 1", "2,*;3,*")]
    [TestCase("not (a = 1 or a = 2) and not b = 3", "3,4")]
    [TestCase("a = 0x1 (1)", "1,*")]
    public void Conditions_are_joined_negated_and_grouped(string expression, string fitting)
    {
        var selector = EventSelector.Parse("x where " + expression);
        var all = from a in Enumerable.Range(1, 3) from b in Enumerable.Range(3, 2) select (a, b);

        var found = all.Where(v => selector.Matches(FtraceTextFormat.Read($"  t-1 [000] ..... 1.000000: x: a={v.a} b={v.b}\n").Events[0]));

        found.Should().Equal(all.Where(v => fitting.Split(';').Any(f => f == $"{v.a},{v.b}" || f == $"{v.a},*")));
    }

    [FsCheck.NUnit.Property]
    public void Any_text_is_a_selector_or_a_format_error(string? text)
    {
        try
        {
            _ = EventSelector.Parse("x where " + text);
        }
        catch (FormatException)
        {
        }
    }
}
