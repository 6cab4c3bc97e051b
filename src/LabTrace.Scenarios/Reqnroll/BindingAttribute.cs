namespace Reqnroll;

/// <summary>Marks a class whose methods are steps, hooks or argument transformations.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public class BindingAttribute : Attribute;
