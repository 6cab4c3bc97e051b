namespace LabTrace.Cli.Commands.Traces;

/// <summary>Whoever read our output wants no more of it, as <c>head</c> and a pager that was left do: no error.</summary>
internal sealed class OutputClosedException(Exception inner) : Exception("the output was closed", inner);
