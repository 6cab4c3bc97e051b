using System.Reflection;
using System.Runtime.Loader;
using LabTrace.Devices;
using LabTrace.Emulation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LabTrace.Mutation;

/// <summary>The emulated machine compiled anew with a defect in it, beside the one that the product has.</summary>
internal sealed class MutatedMachine : IDisposable
{
    private const string Sources = "src/LabTrace.Emulation";
    private const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);
    private static readonly Lazy<CSharpCompilation> Whole = new(Compile);
    private readonly AssemblyLoadContext _context;
    private readonly Type _target;

    private MutatedMachine(AssemblyLoadContext context, Assembly assembly)
    {
        _context = context;
        _target = assembly.GetType(typeof(EmulatedTarget).FullName!, throwOnError: true)!;
    }

    /// <summary>Compiles and loads it.</summary>
    /// <exception cref="InvalidOperationException">The source does not hold the defect's text exactly once, or does not compile with it.</exception>
    public static MutatedMachine Make(SourceDefect defect)
    {
        var original = Path.Combine(Sources, defect.File);
        var compilation = Whole.Value.ReplaceSyntaxTree(
            Whole.Value.SyntaxTrees.First(t => t.FilePath == original), CSharpSyntaxTree.ParseText(Seed(defect), Parsing, original));
        using var bytes = new MemoryStream();
        var made = compilation.Emit(bytes);
        if (!made.Success)
        {
            throw new InvalidOperationException(
                $"the emulated machine does not compile with the defect '{defect.Name}':\n{string.Join('\n', made.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5))}");
        }

        bytes.Position = 0;
        var context = new AssemblyLoadContext(defect.Name, isCollectible: true);
        return new MutatedMachine(context, context.LoadFromStream(bytes));
    }

    /// <summary>A machine with the defect.</summary>
    public ITarget Open() => (ITarget)Activator.CreateInstance(_target, [null])!;

    public void Dispose() => _context.Unload();

    private static CSharpCompilation Compile()
    {
        var files = Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))

            // The mount shows the machine and is none of it, and its system calls would need the SDK's source generators.
            .Where(f => !f.Contains("/Fuse/", StringComparison.Ordinal) && Path.GetFileName(f) != "EmulatedMount.cs");
        var trees = files.AsParallel().Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), Parsing, f)).Append(CSharpSyntaxTree.ParseText(GlobalUsings, Parsing));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileNameWithoutExtension(p) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard" or "LabTrace.Devices" or "LabTrace.Tracing"))
            .Select(p => MetadataReference.CreateFromFile(p));
        return CSharpCompilation.Create(
            typeof(EmulatedTarget).Assembly.GetName().Name,
            trees,
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static string Seed(SourceDefect defect)
    {
        var source = File.ReadAllText(Path.Combine(Sources, defect.File));
        var at = source.IndexOf(defect.Find, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(defect.Find, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException($"{Sources}/{defect.File} holds the text of the defect '{defect.Name}' {(at < 0 ? "nowhere" : "more than once")}: {defect.Find}");
        }

        return string.Concat(source.AsSpan(0, at), defect.Replace, source.AsSpan(at + defect.Find.Length));
    }
}
