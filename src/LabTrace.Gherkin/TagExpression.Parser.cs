using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Gherkin;

public sealed partial class TagExpression
{
    /// <summary>Turns infix into postfix (shunting-yard).</summary>
    private sealed class Parser(string text)
    {
        private const string Operand = "a tag, 'not' or '('";
        private const string Operator = "'and', 'or' or ')'";

        private readonly List<Instruction> _output = [];
        private readonly Stack<Instruction> _operators = new();
        private int _position;
        private int _depth;
        private int _maxDepth;

        public TagExpression Parse()
        {
            var expectsOperand = true;
            while (TryReadToken(out var start, out var token, out var isEscaped))
            {
                expectsOperand = expectsOperand ? TakeOperand(token, isEscaped, start) : TakeOperator(token, isEscaped, start);
            }

            if (expectsOperand && (_operators.Count > 0 || _output.Count > 0))
            {
                Throw(text.Length, $"expected {Operand}, got the end");
            }

            while (_operators.TryPop(out var pending))
            {
                if (pending.Operation == Operation.Open)
                {
                    Throw(pending.Position, "this '(' is never closed");
                }

                Emit(pending);
            }

            return new TagExpression(text, [.. _output], _maxDepth);
        }

        [DoesNotReturn]
        private void Throw(int position, string problem) => throw new TagExpressionException(text, position, problem);

        /// <returns>Whether an operand is expected next.</returns>
        private bool TakeOperand(string token, bool isEscaped, int start)
        {
            switch (token)
            {
                case "not" when !isEscaped:
                    _operators.Push(new Instruction(Operation.Not));
                    return true;
                case "(" when !isEscaped:
                    _operators.Push(new Instruction(Operation.Open, Position: start));
                    return true;
                case "and" or "or" or ")" when !isEscaped:
                    Throw(start, $"expected {Operand}, got '{token}'");
                    return false;
                default:
                    Emit(new Instruction(Operation.Tag, token));
                    return false;
            }
        }

        /// <returns>Whether an operand is expected next.</returns>
        private bool TakeOperator(string token, bool isEscaped, int start)
        {
            switch (token)
            {
                case "and" or "or" when !isEscaped:
                    var operation = token == "and" ? Operation.And : Operation.Or;
                    while (_operators.TryPeek(out var stronger) && stronger.Operation <= operation)
                    {
                        Emit(_operators.Pop());
                    }

                    _operators.Push(new Instruction(operation));
                    return true;
                case ")" when !isEscaped:
                    CloseParenthesis(start);
                    return false;
                default:
                    Throw(start, $"expected {Operator}, got '{token}'");
                    return false;
            }
        }

        private void CloseParenthesis(int start)
        {
            while (_operators.TryPop(out var pending))
            {
                if (pending.Operation == Operation.Open)
                {
                    return;
                }

                Emit(pending);
            }

            Throw(start, "this ')' was never opened");
        }

        private void Emit(Instruction instruction)
        {
            _output.Add(instruction);
            _depth += instruction.Operation switch
            {
                Operation.Tag => 1,
                Operation.Not => 0,
                _ => -1,
            };
            _maxDepth = Math.Max(_maxDepth, _depth);
        }

        private bool TryReadToken(out int start, out string token, out bool isEscaped)
        {
            isEscaped = false;
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }

            start = _position;
            if (_position == text.Length)
            {
                token = "";
                return false;
            }

            if (text[_position] is '(' or ')')
            {
                token = text[_position++] == '(' ? "(" : ")";
                return true;
            }

            var builder = new StringBuilder();
            while (_position < text.Length && text[_position] is not ('(' or ')') && !char.IsWhiteSpace(text[_position]))
            {
                if (text[_position] == '\\')
                {
                    isEscaped = true;
                    TakeEscape();
                }

                builder.Append(text[_position++]);
            }

            token = builder.ToString();
            return true;
        }

        private void TakeEscape()
        {
            _position++;
            if (_position == text.Length)
            {
                Throw(_position - 1, "a backslash needs a character behind it");
            }

            var escaped = text[_position];
            if (escaped is not ('(' or ')' or '\\') && !char.IsWhiteSpace(escaped))
            {
                Throw(_position - 1, $"only a blank, '(', ')' and '\\' can be escaped, not '{escaped}'");
            }
        }
    }
}
