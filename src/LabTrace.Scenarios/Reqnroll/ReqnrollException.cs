namespace Reqnroll;

/// <summary>The engine, not the system under test, has a problem.</summary>
public class ReqnrollException : Exception
{
    /// <summary>Says nothing.</summary>
    public ReqnrollException()
    {
    }

    /// <summary>Says what is wrong.</summary>
    public ReqnrollException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and why.</summary>
    public ReqnrollException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>A step cannot be bound to its code.</summary>
public class BindingException : ReqnrollException
{
    /// <summary>Says nothing.</summary>
    public BindingException()
    {
    }

    /// <summary>Says what is wrong.</summary>
    public BindingException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and why.</summary>
    public BindingException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>Several definitions match a step.</summary>
public class AmbiguousBindingException : BindingException
{
    /// <summary>Names the definitions.</summary>
    public AmbiguousBindingException(string message)
        : base(message)
    {
    }

    /// <summary>Names the definitions, and why.</summary>
    public AmbiguousBindingException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>No definition matches a step.</summary>
public class MissingStepDefinitionException : ReqnrollException
{
    /// <summary>Makes the exception with its usual message.</summary>
    public MissingStepDefinitionException()
        : base("No matching step definition found for one or more steps.")
    {
    }

    internal MissingStepDefinitionException(string message)
        : base(message)
    {
    }
}

/// <summary>A step says that it is not implemented yet.</summary>
public class PendingStepException : ReqnrollException
{
    /// <summary>Makes the exception with its usual message.</summary>
    public PendingStepException()
        : base("One or more step definitions are not implemented yet.")
    {
    }

    /// <summary>Says what is missing.</summary>
    public PendingStepException(string message)
        : base(message)
    {
    }
}

/// <summary>A table and the data it was compared with differ.</summary>
public class ComparisonException : Exception
{
    /// <summary>Lists the differences.</summary>
    public ComparisonException(string message)
        : base(message)
    {
    }
}

/// <summary>Columns of a table have no member to go to.</summary>
public class ColumnCouldNotBeBoundException : Exception
{
    /// <summary>Says nothing.</summary>
    public ColumnCouldNotBeBoundException()
        : this([])
    {
    }

    /// <summary>Names the columns.</summary>
    public ColumnCouldNotBeBoundException(IList<string> columns)
        : this($"Member or field {string.Join(", ", columns)} not found", columns)
    {
    }

    /// <summary>Names the columns, and says what is wrong.</summary>
    public ColumnCouldNotBeBoundException(string message, IList<string> columns)
        : base(message) => Columns = columns;

    /// <summary>Names the columns, says what is wrong, and why.</summary>
    public ColumnCouldNotBeBoundException(string message, Exception? innerException, IList<string> columns)
        : base(message, innerException) => Columns = columns;

    /// <summary>The columns' names.</summary>
    public IList<string> Columns { get; }
}
