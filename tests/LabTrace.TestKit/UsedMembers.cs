using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LabTrace.TestKit;

/// <summary>What compiled code uses of other assemblies, told from its metadata.</summary>
public static class UsedMembers
{
    private const char Scope = '|';

    /// <summary>Every member of another assembly that an assembly's code or attributes name, as <c>Type.Member</c>.</summary>
    /// <param name="assembly">Whose code.</param>
    /// <param name="of">The simple name of the assembly whose members are wanted, or null for all.</param>
    public static IReadOnlySet<string> Of(Assembly assembly, string? of = null)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var reader = file.GetMetadataReader();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (ParentOf(reader, member.Parent).Split(Scope) is [var scope, var type] && (of is null || scope == of))
            {
                used.Add($"{type}.{reader.GetString(member.Name)}");
            }
        }

        foreach (var attribute in AttributesOf(assembly).Where(attribute => of is null || attribute.AttributeType.Assembly.GetName().Name == of))
        {
            foreach (var argument in attribute.NamedArguments)
            {
                used.Add($"{attribute.AttributeType.Name}.set_{argument.MemberName}");
            }
        }

        return used;
    }

    private static IEnumerable<CustomAttributeData> AttributesOf(Assembly assembly) => assembly.GetTypes().SelectMany(type => type
        .GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Append<MemberInfo>(type)
        .SelectMany(member => member.GetCustomAttributesData()));

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) + Scope + reader.GetString(type.Name)
            : string.Empty;
    }

    private static string ParentOf(MetadataReader reader, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => NameOf(reader, (TypeReferenceHandle)parent),
        HandleKind.TypeSpecification => reader.GetTypeSpecification((TypeSpecificationHandle)parent).DecodeSignature(new Names(), null),
        _ => string.Empty,
    };

    /// <summary>Takes of a type's signature the name of its definition alone.</summary>
    private sealed class Names : ISignatureTypeProvider<string, object?>
    {
        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            NameOf(reader, handle);

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => string.Empty;

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => string.Empty;

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => string.Empty;

        public string GetSZArrayType(string elementType) => string.Empty;

        public string GetArrayType(string elementType, ArrayShape shape) => string.Empty;

        public string GetByReferenceType(string elementType) => string.Empty;

        public string GetPointerType(string elementType) => string.Empty;

        public string GetFunctionPointerType(MethodSignature<string> signature) => string.Empty;

        public string GetGenericMethodParameter(object? genericContext, int index) => string.Empty;

        public string GetGenericTypeParameter(object? genericContext, int index) => string.Empty;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;
    }
}
