using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Tracing;

/// <content>The helpers that print formats call.</content>
internal sealed partial class PrintParser
{
    private PrintNode Call(string name)
    {
        Expect("(");
        PrintNode node = name switch
        {
            "__print_flags" or "__print_flags_u64" => Flags(),
            "__print_symbolic" or "__print_symbolic_u64" => Symbolic(),
            "__print_hex" or "__print_hex_str" => Hex(hasBlanks: name == "__print_hex"),
            "__print_hex_dump" => HexDump(),
            "__print_array" => Array(),
            "__print_dynamic_array" => DynamicArray(),
            "__get_str" or "__get_rel_str" or "__get_dynamic_array" or "__get_rel_dynamic_array" or "__get_sockaddr" or "__get_rel_sockaddr"
                => new FieldNode(Named()),
            "__get_dynamic_array_len" or "__get_rel_dynamic_array_len" => new DynamicLengthNode(Named(), 1),
            "__get_bitmask" or "__get_rel_bitmask" or "__get_cpumask" or "__get_rel_cpumask" => new BitmaskNode(new FieldNode(Named())),
            "mc_event_error_type" => new NameFunctionNode(Expression(), ErrorType),
            "__builtin_expect" => Expect(),
            "__builtin_constant_p" => Constant(),
            "__print_ns_to_secs" => Number(v => CValue.Of(CType.ULong, v.Bits / 1_000_000_000)),
            "__print_ns_without_secs" => Number(v => CValue.Of(CType.UInt, v.Bits % 1_000_000_000)),
            "be16_to_cpu" or "__be16_to_cpu" or "ntohs" or "htons" => Swap(2, isStoredBig: true),
            "be32_to_cpu" or "__be32_to_cpu" or "ntohl" or "htonl" => Swap(4, isStoredBig: true),
            "be64_to_cpu" or "__be64_to_cpu" => Swap(8, isStoredBig: true),
            "le16_to_cpu" or "__le16_to_cpu" => Swap(2, isStoredBig: false),
            "le32_to_cpu" or "__le32_to_cpu" => Swap(4, isStoredBig: false),
            "le64_to_cpu" or "__le64_to_cpu" => Swap(8, isStoredBig: false),
            _ => throw new PrintSyntaxException($"the function '{name}' is not known"),
        };
        Expect(")");
        return node;
    }

    private EventField Named()
    {
        var name = ExpectWord();
        return _format.TryGetField(name, out var field) ? field : throw new PrintSyntaxException($"the event has no field '{name}'");
    }

    private FlagsNode Flags()
    {
        var value = Expression();
        Expect(",");
        var delimiter = Expression() is ConstantNode { Value.Text: { } text } ? text : "";
        return new FlagsNode(value, delimiter, Table());
    }

    private SymbolicNode Symbolic()
    {
        var value = Expression();
        return new SymbolicNode(value, Table());
    }

    private NameTable Table()
    {
        var rows = new List<(ulong, byte[])>();
        var isComplete = true;
        while (TrySymbol(","))
        {
            Expect("{");
            if (TrySymbol("}"))
            {
                // An entry without a name ends the kernel's table: kvm_inj_exception has nothing else in one.
                continue;
            }

            _isInTable = true;
            var value = Expression() as ConstantNode;
            _isInTable = false;
            Expect(",");
            var name = Expression() is ConstantNode { Value: var text } ? text.Text : null;
            Expect("}");

            // Older kernels end the table with { -1, NULL }.
            if (value is not null && name is not null)
            {
                rows.Add((value.Value.Bits, Encoding.UTF8.GetBytes(name)));
            }

            isComplete &= value is not null;
        }

        return new NameTable([.. rows], isComplete);
    }

    private HexDumpNode HexDump()
    {
        var prefix = Expression() is ConstantNode { Value.Text: { } text } ? text : throw new PrintSyntaxException("a hex dump's prefix is no text");
        var arguments = new PrintNode[6];
        for (var i = 0; i < arguments.Length; i++)
        {
            Expect(",");
            arguments[i] = Expression();
        }

        return new HexDumpNode(prefix, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
    }

    private static string ErrorType(ulong type) => type switch
    {
        // include/linux/edac.h, enum hw_event_mc_err_type
        0 => "Corrected",
        1 => "Uncorrected",
        2 => "Deferred",
        3 => "Fatal",
        _ => "Info",
    };

    private HexNode Hex(bool hasBlanks)
    {
        var buffer = Expression();
        Expect(",");
        return new HexNode(buffer, Expression(), hasBlanks);
    }

    private ArrayNode Array()
    {
        var buffer = Expression();
        Expect(",");
        var count = Expression();
        Expect(",");
        return new ArrayNode(buffer, count, Expression());
    }

    private ArrayNode DynamicArray()
    {
        var field = Named();
        Expect(",");
        var size = Expression() as ConstantNode ?? throw new PrintSyntaxException("an element's size is no constant");
        var bytes = (int)Math.Clamp((long)size.Value.Bits, 1, 8);
        return new ArrayNode(new FieldNode(field), new DynamicLengthNode(field, bytes), size);
    }

    private PrintNode Expect()
    {
        var value = Expression();
        Expect(",");
        _ = Expression();
        return value;
    }

    private ConstantNode Constant() => new(CValue.Of(Expression().IsConstant));

    private NumberFunctionNode Number(Func<CValue, CValue> function) => new(Expression(), function);

    private PrintNode Swap(int size, bool isStoredBig)
    {
        if (isStoredBig == _format.Layout.IsBigEndian)
        {
            return Expression();
        }

        return Number(v => size switch
        {
            2 => CValue.Of(CType.Int, BinaryPrimitives.ReverseEndianness((ushort)v.Bits)),
            4 => CValue.Of(CType.UInt, BinaryPrimitives.ReverseEndianness((uint)v.Bits)),
            _ => CValue.Of(CType.ULong, BinaryPrimitives.ReverseEndianness(v.Bits)),
        });
    }
}
