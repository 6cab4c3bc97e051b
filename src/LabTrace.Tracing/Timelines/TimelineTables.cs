namespace LabTrace.Tracing.Timelines;

/// <summary>What a timeline's events refer to by number.</summary>
internal sealed class TimelineTables
{
    private readonly Dictionary<EventName, int> _names = [];
    private readonly Dictionary<(string Comm, int Pid), int> _tasks = [];
    private readonly Dictionary<(bool IsRing, string Name), int> _lanes = [];
    private readonly List<(string Comm, int Pid)> _taskList = [];
    private readonly List<(bool IsRing, string Name)> _laneList = [];
    private readonly Dictionary<int, int> _cpuLanes = [];

    public IEnumerable<EventName> Names => _names.Keys;

    public IReadOnlyList<(string Comm, int Pid)> Tasks => _taskList;

    public IReadOnlyList<(bool IsRing, string Name)> Lanes => _laneList;

    public int Name(EventName name) => IndexOf(_names, name);

    public int Task(string comm, int pid)
    {
        var index = IndexOf(_tasks, (comm, pid));
        if (index == _taskList.Count)
        {
            _taskList.Add((comm, pid));
        }

        return index;
    }

    public string Comm(int task) => _taskList[task].Comm;

    public int CpuLane(int cpu)
    {
        if (!_cpuLanes.TryGetValue(cpu, out var lane))
        {
            _cpuLanes[cpu] = lane = Lane(isRing: false, cpu.ToString());
        }

        return lane;
    }

    public int RingLane(string ring) => Lane(isRing: true, ring);

    private int Lane(bool isRing, string name)
    {
        var index = IndexOf(_lanes, (isRing, name));
        if (index == _laneList.Count)
        {
            _laneList.Add((isRing, name));
        }

        return index;
    }

    private static int IndexOf<T>(Dictionary<T, int> known, T value)
        where T : notnull
    {
        if (!known.TryGetValue(value, out var index))
        {
            known[value] = index = known.Count;
        }

        return index;
    }
}
