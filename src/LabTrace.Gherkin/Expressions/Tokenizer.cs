using System.Text;

namespace LabTrace.Gherkin.Expressions;

/// <summary>Cuts a cucumber expression into tokens. A backslash makes the next special character text.</summary>
internal static class Tokenizer
{
    public static List<Token> Tokenize(string expression)
    {
        var tokens = new List<Token> { new(TokenType.StartOfLine, "", 0, 0) };
        var buffer = new StringBuilder();
        var i = 0;
        while (i < expression.Length)
        {
            var start = i;
            var type = TakeOne(expression, ref i, buffer);
            if (type is TokenType.Text or TokenType.WhiteSpace)
            {
                while (i < expression.Length && TypeAt(expression, i) == type)
                {
                    TakeOne(expression, ref i, buffer);
                }
            }

            tokens.Add(new Token(type, buffer.ToString(), start, i));
            buffer.Clear();
        }

        tokens.Add(new Token(TokenType.EndOfLine, "", expression.Length, expression.Length));
        return tokens;
    }

    private static TokenType TakeOne(string expression, ref int i, StringBuilder buffer)
    {
        var type = TypeAt(expression, i);
        if (expression[i] == '\\')
        {
            i++;
            if (i == expression.Length)
            {
                throw Problems.EndOfLineCanNotBeEscaped(expression);
            }

            if (expression[i] != '\\' && TypeOf(expression[i]) == TokenType.Text)
            {
                throw Problems.CanNotBeEscaped(i, expression);
            }
        }

        buffer.Append(expression[i++]);
        return type;
    }

    private static TokenType TypeAt(string expression, int i) => expression[i] == '\\' ? TokenType.Text : TypeOf(expression[i]);

    private static TokenType TypeOf(char character) => character switch
    {
        ' ' => TokenType.WhiteSpace,
        '/' => TokenType.Alternation,
        '{' => TokenType.BeginParameter,
        '}' => TokenType.EndParameter,
        '(' => TokenType.BeginOptional,
        ')' => TokenType.EndOptional,
        _ => TokenType.Text,
    };
}
