using FluentAssertions;
using NUnit.Framework;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Tests;

public sealed class ObjectContainerTests
{
    private interface IEngine;

    [Test]
    public void A_class_is_made_with_what_its_longest_constructor_asks_for_and_kept()
    {
        using var container = new ObjectContainer();
        container.RegisterTypeAs<Diesel, IEngine>();

        var car = container.Resolve<Car>();

        car.Engine.Should().BeOfType<Diesel>();
        container.Resolve<Car>().Should().BeSameAs(car);
    }

    [Test]
    public void What_an_outer_container_registers_is_shared_what_nobody_registers_is_not()
    {
        using var outer = new ObjectContainer();
        outer.RegisterTypeAs<Diesel, IEngine>();
        using var one = new ObjectContainer(outer);
        using var other = new ObjectContainer(outer);

        one.Resolve<IEngine>().Should().BeSameAs(other.Resolve<IEngine>());
        one.Resolve<Car>().Should().NotBeSameAs(other.Resolve<Car>());
    }

    [Test]
    public void An_interface_nobody_registered_is_named_with_the_way_to_it()
    {
        using var container = new ObjectContainer();

        Action resolve = () => container.Resolve<Car>();

        resolve.Should().Throw<ObjectContainerException>().WithMessage("Interface cannot be resolved: *IEngine (resolution path: *Car->*IEngine)");
    }

    [Test]
    public void A_circle_is_named()
    {
        using var container = new ObjectContainer();

        Action resolve = () => container.Resolve<Hen>();

        resolve.Should().Throw<ObjectContainerException>().WithMessage("Circular dependency found!*Hen->*Egg->*Hen)");
    }

    [Test]
    public async Task Objects_are_disposed_of_the_latest_first_also_asynchronously_and_when_one_throws()
    {
        var container = new ObjectContainer();
        var log = new List<string>();
        container.RegisterInstanceAs(log);
        container.Resolve<First>();
        container.Resolve<Throwing>();
        container.Resolve<Last>();

        var dispose = async () => await container.DisposeAsync();

        await dispose.Should().ThrowAsync<InvalidOperationException>();
        log.Should().Equal("last", "throwing", "first");
    }

    [Test]
    public void Factories_names_and_a_new_object_each_time_work()
    {
        using var container = new ObjectContainer();
        container.RegisterFactoryAs<IEngine>(inner => new Diesel()).InstancePerDependency();
        container.RegisterInstanceAs<IEngine>(new Petrol(), "petrol");

        container.Resolve<IEngine>().Should().NotBeSameAs(container.Resolve<IEngine>());
        container.Resolve<IEngine>("petrol").Should().BeOfType<Petrol>();
        container.ResolveAll<IEngine>().Should().HaveCount(2);
    }

    private sealed class Diesel : IEngine;

    private sealed class Petrol : IEngine;

    private sealed class Car
    {
        public Car()
        {
        }

        public Car(IEngine engine) => Engine = engine;

        public IEngine? Engine { get; }
    }

    private sealed class Hen(Egg egg)
    {
        public Egg Egg => egg;
    }

    private sealed class Egg(Hen hen)
    {
        public Hen Hen => hen;
    }

    private sealed class First(List<string> log) : IDisposable
    {
        public void Dispose() => log.Add("first");
    }

    private sealed class Throwing(List<string> log) : IDisposable
    {
        public void Dispose()
        {
            log.Add("throwing");
            throw new InvalidOperationException("no");
        }
    }

    private sealed class Last(List<string> log) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            log.Add("last");
        }
    }
}
