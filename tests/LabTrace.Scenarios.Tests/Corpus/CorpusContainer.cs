// Step code that uses what the container offers, written as step authors write it.
using System;
using System.Linq;
using NUnit.Framework;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Tests.Corpus;

public class SlowClock : IClock
{
    public long Now => 7;
}

public class WatchedContainer : ObjectContainer, IContainedInstance
{
    public int Created { get; private set; }

    public IObjectContainer Container => this;

    protected override void OnObjectCreated(object obj)
    {
        Created++;
        base.OnObjectCreated(obj);
    }
}

public class Resource : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

[Binding]
public class ContainerSteps
{
    private readonly IObjectContainer _container;

    public ContainerSteps(IObjectContainer container) => _container = container;

    [Given("a container is filled")]
    public void Filled()
    {
        object? created = null;
        _container.ObjectCreated += made => created = made;
        _container.RegisterTypeAs<FixedClock, IClock>();
        _container.RegisterTypeAs<SlowClock, IClock>("slow");
        Assert.That((_container.Resolve<IClock>().Now, _container.Resolve<IClock>("slow").Now), Is.EqualTo((42, 7)));
        Assert.That(_container.Resolve<IClock>(), Is.SameAs(_container.Resolve(typeof(IClock))));
        Assert.That(created, Is.InstanceOf<SlowClock>());
        Assert.That(_container.ResolveAll<IClock>().Count(), Is.EqualTo(2));
        Assert.That(_container.IsRegistered<IClock>("slow") && _container.IsRegistered(typeof(IClock)) && !_container.IsRegistered<Version>());

        var resource = new Resource();
        _container.RegisterInstanceAs(resource, dispose: true);
        _container.RegisterInstanceAs(new Version(1, 0), typeof(Version), "named");
        Assert.That(_container.Resolve<Version>("named").Major, Is.EqualTo(1));
        _container.RegisterFactoryAs(() => new Uri("a", UriKind.Relative)).InstancePerDependency();
        Assert.That(_container.Resolve<Uri>(), Is.Not.SameAs(_container.Resolve<Uri>()));
        _container.RegisterFactoryAs(c => new Holder(c.Resolve<IClock>())).InstancePerContext();
        Assert.That(_container.Resolve<Holder>(), Is.SameAs(_container.Resolve<Holder>()));
    }

    [Then("a container of one's own does the same")]
    public void OnesOwn()
    {
        var outer = new WatchedContainer();
        outer.RegisterTypeAs<IClock>(typeof(FixedClock));
        outer.RegisterTypeAs(typeof(SlowClock), typeof(IClock), "slow");
        outer.RegisterTypeAs<SlowClock, SlowClock>();
        outer.RegisterInstanceAs("text");
        outer.RegisterInstanceAs(new Journal(), typeof(Journal));
        outer.RegisterFactoryAs(() => new Version(3, 4), "three");
        outer.RegisterFactoryAs<Holder>(c => new Holder(c.Resolve<IClock>("slow")));
        outer.RegisterFactoryAs<Uri>((Delegate)((string text) => new Uri(text, UriKind.Relative)));
        outer.RegisterFactoryAs((Delegate)((IClock clock) => new Holder(clock)), typeof(Holder), "delegate");
        outer.ObjectCreated += _ => { };
        var resource = new Resource();
        using (var inner = new ObjectContainer(outer))
        {
            inner.RegisterInstanceAs(resource, null, true);
            Assert.That(inner.BaseContainer, Is.SameAs(((IContainedInstance)outer).Container));
            Assert.That(inner.Resolve<Holder>().Clock.Now + inner.Resolve<Holder>("delegate").Clock.Now, Is.EqualTo(49));
            Assert.That(inner.Resolve(typeof(Uri)).ToString(), Is.EqualTo("text"));
            Assert.That(inner.Resolve<Version>("three").Major, Is.EqualTo(3));
            Assert.That(inner.ResolveAll<IClock>().Count(), Is.EqualTo(2));
            Assert.That(inner.IsRegistered<Journal>() && inner.IsRegistered(typeof(IClock), "slow"));
            Assert.That(outer.ToString(), Does.Contain("IClock"));
            Assert.That(() => inner.Resolve<IDisposable>(), Throws.TypeOf<ObjectContainerException>()
                .With.Message.EqualTo("Interface cannot be resolved: System.IDisposable (resolution path: System.IDisposable)"));
            Assert.That(new ObjectContainerException("m", new[] { typeof(int) }).Message, Is.EqualTo("m (resolution path: System.Int32)"));
            inner.ConcurrentObjectResolutionTimeout = inner.ConcurrentObjectResolutionTimeout;
            ObjectContainer.DefaultConcurrentObjectResolutionTimeout = ObjectContainer.DefaultConcurrentObjectResolutionTimeout;
        }

        Assert.That(resource.IsDisposed);
        Assert.That(outer.Created, Is.EqualTo(2));
        outer.Dispose();
        Assert.That(() => outer.Resolve<IClock>(), Throws.TypeOf<ObjectContainerException>().With.Message.EqualTo("Object container disposed"));
    }

    public class Holder
    {
        public Holder(IClock clock) => Clock = clock;

        public IClock Clock { get; }
    }
}
