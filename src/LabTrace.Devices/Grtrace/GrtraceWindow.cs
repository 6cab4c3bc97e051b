namespace LabTrace.Devices;

/// <summary>What a ring did in the aggregator's last window.</summary>
/// <param name="Ring">Its number.</param>
/// <param name="Events">Events in the window.</param>
/// <param name="AverageNs">Mean time from a job's submission to its completion, ns.</param>
/// <param name="LeastNs">The shortest.</param>
/// <param name="MostNs">The longest.</param>
/// <param name="AverageDepth">Jobs under way, mean.</param>
/// <param name="PeakDepth">Jobs under way, most.</param>
public sealed record GrtraceWindow(uint Ring, long Events, long AverageNs, long LeastNs, long MostNs, long AverageDepth, long PeakDepth);

/// <summary>What the sampler took of a ring.</summary>
/// <param name="Ring">Its number.</param>
/// <param name="Total">Events that came.</param>
/// <param name="Sampled">Events it took.</param>
public sealed record GrtraceSample(uint Ring, long Total, long Sampled);

/// <summary>How busy a ring was.</summary>
/// <param name="Ring">Its number.</param>
/// <param name="Utilization">Percent of the time in which a job ran.</param>
/// <param name="DropRate">Percent of its events that were dropped.</param>
/// <param name="AverageLatencyUs">Mean time from a job's submission to its completion, µs.</param>
public sealed record GrtracePerformance(uint Ring, double Utilization, double DropRate, double AverageLatencyUs);

/// <summary>A ring as grtrace knows it.</summary>
/// <param name="Ring">Its number.</param>
/// <param name="Name">The driver's name of it, or UNKNOWN.</param>
/// <param name="Engine">What it feeds.</param>
public sealed record GrtraceRing(uint Ring, string Name, string Engine);
