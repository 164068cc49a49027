//! The advice for the errors of compilers, and of interpreters that cannot read a program, of several
//! languages. Their messages name where the text stopped making sense, which is often after the fault.
//!
//! Matches lines in lower case, without the quotation marks around what an error quotes. The first
//! row that fits counts: special ones come first.

use crate::model::Hint;

/// Parts of a line in lower case, and the hint for an error with one of them.
type Row = (&'static [&'static str], Hint);

const ROWS: &[Row] = &[
    // As the character itself, as its number, and as the bytes that gcc names one by one.
    (
        &["“", "”", "u+201", "u{201", "\\u201", "u+00a0", "u{a0}", "\\u00a0", "stray \\342", "stray \\302"],
        Hint::RetypeCharacter,
    ),
    (
        &[
            "unterminated string",
            "unterminated double quote",
            "unterminated triple-quoted",
            "unclosed string literal",
            "missing terminating",
            "literal not terminated",
            "eol while scanning",
            "cant find string terminator",
            "unfinished string",
            "newline in string",
            "newline in constant",
            "cs1010",
        ],
        Hint::CloseText,
    ),
    (
        &[
            "was never closed",
            "reached end of file while parsing",
            "at end of input",
            "unexpected end of input",
            "unexpected end-of-input",
            "unexpected end of file",
            "unexpected eof",
            "unclosed delimiter",
            "<eof>",
            "missing right curly",
            "unclosed {",
            "unclosed (",
            "unclosed [",
            "missing ) after",
            "cs1513",
        ],
        Hint::CloseBracket,
    ),
    (&["cannot use import statement outside"], Hint::ModuleFile),
    (&["declared and not used", "declared but not used", "imported and not used"], Hint::RemoveUnused),
    (&["should be declared in a file named"], Hint::FileOfClass),
    (&["unreported exception"], Hint::DeclareException),
    (&["expected an indented block", "unexpected indent", "unindent does not match"], Hint::Indent),
    (&["expected :"], Hint::Colon),
    (
        &["undefined reference to main", "undefined symbol: main", "function main is undeclared in the main"],
        Hint::DefineMain,
    ),
    (&["undefined reference to", "undefined symbol:", "cannot find -l"], Hint::DefineFunction),
    (
        &["assignment mismatch", "multiple-value", "not enough return values", "too many return values"],
        Hint::TakeResults,
    ),
    (&["no new variables on left side"], Hint::AssignOnly),
    (
        &[
            "redefinition of",
            "multiple definition of",
            "redeclared",
            "is already defined in",
            "already defines a member",
            "conflicting types for",
            "already been declared",
            "cs0128",
        ],
        Hint::DeclareOnce,
    ),
    (
        &[
            "too few arguments to function",
            "too many arguments to function",
            "not enough arguments in call",
            "too many arguments in call",
            "cannot be applied to given types",
            "no suitable constructor",
            "no suitable method",
            "no matching function",
            "cs1501",
            "cs7036",
            "e0061",
        ],
        Hint::MatchArguments,
    ),
    (&["missing return", "control reaches end of non-void", "cs0161"], Hint::ReturnAlways),
    (&["e0382", "e0505", "e0507", "use of moved value", "borrow of moved value"], Hint::CloneFirst),
    (&["e0384", "e0596", "cannot assign twice to immutable"], Hint::MakeMutable),
    (&["e0373", "may outlive the current function"], Hint::MoveIntoThread),
    (
        &[
            "incompatible types",
            "mismatched types",
            "cannot convert",
            "value in argument",
            "value in assignment",
            "value in return",
            "value in variable declaration",
            "incompatible pointer",
            "invalid conversion",
            "invalid operands",
            "bad operand types",
            "makes integer from pointer",
            "makes pointer from integer",
            "cs0029",
            "cs0019",
        ],
        Hint::ConvertType,
    ),
    (
        &[
            "implicit declaration",
            "undeclared (first use",
            "use of undeclared",
            "was not declared",
            "unknown type name",
            "incomplete type",
            "storage size of",
            "undefined type",
            "cannot find symbol",
            "cannot find value",
            "cannot find function",
            "cannot find type",
            "failed to resolve",
            "unresolved import",
            ": undefined: ",
            "global symbol",
            "cs0103",
            "cs0246",
        ],
        Hint::DeclareName,
    ),
    (&["await is only valid", "await outside", "outside async"], Hint::MakeAsync),
    (
        &[
            "outside function",
            "outside loop",
            "outside of a loop",
            "not properly in loop",
            "not within a loop",
            "not within loop",
            "break outside",
            "class, interface",
            "<identifier> expected",
        ],
        Hint::PlaceStatement,
    ),
    (
        &[
            "expected ; before",
            "expected ; after",
            "expected ;, found",
            "or ; before",
            "; expected",
            "expecting ;",
            "expecting , or ;",
        ],
        Hint::EndStatement,
    ),
    // These errors do not say what is wrong, and it is often on the line above.
    (
        &["syntax error", "invalid syntax", "unexpected token", "unexpected identifier", "but found", "expected near"],
        Hint::LookBefore,
    ),
];

/// Returns the hint for the error of a compiler or of an interpreter that cannot read the program.
#[must_use]
pub(crate) fn compile_advice(line: &str) -> Option<Hint> {
    // gcc quotes in the style of the locale, and ’ is an apostrophe elsewhere.
    let line: String = line.trim().to_lowercase().chars().filter(|char| !"'`‘’\"".contains(*char)).collect();
    ROWS.iter().find(|(marks, _)| marks.iter().any(|mark| line.contains(mark))).map(|(_, hint)| *hint)
}

/// Returns true if a line is an error of an interpreter that cannot read the program, and not one of
/// data that the program reads (JSON).
pub(super) fn cannot_read_program(line: &str) -> bool {
    let line = line.to_lowercase();
    let marks = ["syntaxerror", "indentationerror", "syntax error", "parse error", " expected near ", "(to close "];
    let is_perl = line.contains("global symbol ") || line.contains("find string terminator");
    let is_esbuild = line.contains(": error: ") && line.contains(".ts:");
    (is_perl || is_esbuild || marks.iter().any(|mark| line.contains(mark))) && !line.contains("json")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::gcc("s.c:3:14: error: expected ';' before 'return'", Hint::EndStatement)]
    #[case::gcc_name("s.c:9:5: error: ‘sock’ undeclared (first use in this function)", Hint::DeclareName)]
    #[case::clang_name("s.c:9:5: error: use of undeclared identifier 'sock'", Hint::DeclareName)]
    #[case::javac_call("S.java:9: error: no suitable constructor found for Socket(int)", Hint::MatchArguments)]
    #[case::javac_twice("S.java:9: error: variable n is already defined in method main(String[])", Hint::DeclareOnce)]
    #[case::gcc_locale("s.c:3:14: error: expected ‘,’ or ‘;’ before ‘int’", Hint::EndStatement)]
    #[case::javac("S.java:3: error: ';' expected", Hint::EndStatement)]
    #[case::rustc("s.rs:2:5: error: expected `;`, found `let`", Hint::EndStatement)]
    #[case::mcs("s.cs(4,20): error CS1002: ; expected", Hint::EndStatement)]
    #[case::php(
        "PHP Parse error:  syntax error, unexpected variable \"$x\", expecting \",\" or \";\" in s.php on line 4",
        Hint::EndStatement
    )]
    #[case::gcc_quote("s.c:4:10: error: stray ‘\\342’ in program", Hint::RetypeCharacter)]
    #[case::python_quote("SyntaxError: invalid character '“' (U+201C)", Hint::RetypeCharacter)]
    #[case::python_space("SyntaxError: invalid non-printable character U+00A0", Hint::RetypeCharacter)]
    #[case::javac_quote("S.java:4: error: illegal character: '\\u201c'", Hint::RetypeCharacter)]
    #[case::rustc_quote("s.rs:2:5: error: unknown start of token: \\u{201c}", Hint::RetypeCharacter)]
    #[case::perl_text("Can't find string terminator '\"' anywhere before EOF at s.pl line 3.", Hint::CloseText)]
    #[case::python_text("SyntaxError: unterminated string literal (detected at line 4)", Hint::CloseText)]
    #[case::gcc_text("s.c:4:12: error: missing terminating \" character", Hint::CloseText)]
    #[case::go_text("./s.go:7:14: newline in string", Hint::CloseText)]
    #[case::python_bracket("SyntaxError: '(' was never closed", Hint::CloseBracket)]
    #[case::javac_bracket("S.java:9: error: reached end of file while parsing", Hint::CloseBracket)]
    #[case::gcc_bracket("s.c:9:1: error: expected declaration or statement at end of input", Hint::CloseBracket)]
    #[case::node_bracket("SyntaxError: missing ) after argument list", Hint::CloseBracket)]
    #[case::ruby_bracket("s.rb:2: syntax error, unexpected end-of-input", Hint::CloseBracket)]
    #[case::lua_bracket("lua: s.lua:9: 'end' expected (to close 'while' at line 3) near <eof>", Hint::CloseBracket)]
    #[case::go_unused("./s.go:7:2: declared and not used: x", Hint::RemoveUnused)]
    #[case::go_import("./s.go:5:2: \"os\" imported and not used", Hint::RemoveUnused)]
    #[case(
        "Servidor.java:1: error: class Server is public, should be declared in a file named Server.java",
        Hint::FileOfClass
    )]
    #[case(
        "S.java:5: error: unreported exception IOException; must be caught or declared to be thrown",
        Hint::DeclareException
    )]
    #[case("IndentationError: expected an indented block after 'while' statement on line 4", Hint::Indent)]
    #[case("IndentationError: unindent does not match any outer indentation level", Hint::Indent)]
    #[case("SyntaxError: expected ':'", Hint::Colon)]
    #[case("/usr/bin/ld: s.c:(.text+0x1b): undefined reference to `main'", Hint::DefineMain)]
    #[case("s.c:(.text+0x1b): undefined reference to `envia_tudo'", Hint::DefineFunction)]
    #[case("./s.go:9:7: assignment mismatch: 1 variable but net.Listen returns 2 values", Hint::TakeResults)]
    #[case("./s.go:9:7: no new variables on left side of :=", Hint::AssignOnly)]
    #[case("s.c:9:5: error: redefinition of ‘n’", Hint::DeclareOnce)]
    #[case("SyntaxError: Identifier 'net' has already been declared", Hint::DeclareOnce)]
    #[case("s.c:9:5: error: too few arguments to function ‘send’", Hint::MatchArguments)]
    #[case("S.java:9: error: missing return statement", Hint::ReturnAlways)]
    #[case("s.rs:9:5: error[E0382]: borrow of moved value: `stream`", Hint::CloneFirst)]
    #[case(
        "s.rs:9:5: error[E0596]: cannot borrow `stream` as mutable, as it is not declared as mutable",
        Hint::MakeMutable
    )]
    #[case(
        "s.rs:9:5: error[E0373]: closure may outlive the current function, but it borrows `s`",
        Hint::MoveIntoThread
    )]
    #[case("S.java:9: error: incompatible types: possible lossy conversion from int to byte", Hint::ConvertType)]
    #[case(
        "./s.go:9:13: cannot use \"x\" (untyped string constant) as []byte value in argument to c.Write",
        Hint::ConvertType
    )]
    #[case("s.c:3:5: error: implicit declaration of function 'strlen'", Hint::DeclareName)]
    #[case("s.c:8:24: error: storage size of ‘addr’ isn’t known", Hint::DeclareName)]
    #[case("S.java:3: error: cannot find symbol", Hint::DeclareName)]
    #[case("./eco.go:5:2: undefined: x", Hint::DeclareName)]
    #[case("SyntaxError: await is only valid in async functions and the top level bodies of modules", Hint::MakeAsync)]
    #[case("SyntaxError: 'return' outside function", Hint::PlaceStatement)]
    #[case("./s.go:9:1: syntax error: non-declaration statement outside function body", Hint::PlaceStatement)]
    #[case("SyntaxError: Cannot use import statement outside a module", Hint::ModuleFile)]
    #[case::php_bracket("PHP Parse error:  Unclosed '{' on line 5 in s.php on line 7", Hint::CloseBracket)]
    #[case::perl_name(
        "Global symbol \"$c\" requires explicit package name (did you forget to declare \"my $c\"?) at s.pl line 5.",
        Hint::DeclareName
    )]
    #[case::perl("syntax error at s.pl line 4, near \"print\"", Hint::LookBefore)]
    #[case::bare("SyntaxError: invalid syntax", Hint::LookBefore)]
    #[case::php(
        "PHP Parse error:  syntax error, unexpected identifier \"socket_bind\" in s.php on line 3",
        Hint::LookBefore
    )]
    #[case::node("SyntaxError: Unexpected token '}'", Hint::LookBefore)]
    #[case::esbuild("/tmp/s.ts:4:1: ERROR: Expected \")\" but found \".\"", Hint::LookBefore)]
    #[case::lua("lua: s.lua:4: '=' expected near 's'", Hint::LookBefore)]
    fn errors_of_compilers_have_their_advice(#[case] line: &str, #[case] hint: Hint) {
        assert_eq!(compile_advice(line), Some(hint));
    }

    #[rstest]
    #[case::message("s.c:9:5: error: #error \"port\"")]
    #[case::maven("[ERROR] Failed to execute goal")]
    #[case::go_blank("./s.go:9:7: cannot use _ as value")]
    #[case::parameter("s.c:3:14: error: expected ‘;’, ‘,’ or ‘)’ before ‘int’")]
    #[case::declaration("s.c:3:14: error: expected ‘=’, ‘,’, ‘;’, ‘asm’ or ‘__attribute__’ before ‘x’")]
    #[case::apostrophe("error: it isn’t possible")]
    #[case::driver("javac: no suitable driver")]
    #[case::option("gcc: error: variable PORT already defined on the command line")]
    #[case::text("s.c:9:5: error: #error undeclared platform")]
    #[case::name("s.c:9:5: error: ‘struct x’ has no member named ‘return_all’")]
    fn other_errors_have_none(#[case] line: &str) {
        assert_eq!(compile_advice(line), None);
    }

    #[rstest]
    #[case("lua: s.lua:8: 'end' expected (to close 'while' at line 3) near <eof>", true)]
    #[case("Global symbol \"$c\" requires explicit package name at s.pl line 5.", true)]
    #[case("SyntaxError: Unexpected token 'O', \"Olá\" is not valid JSON", false)]
    #[case("lua: s.lua:8: attempt to call a nil value", false)]
    fn programs_that_cannot_be_read(#[case] line: &str, #[case] expected: bool) {
        assert_eq!(cannot_read_program(line), expected);
    }
}
