//! The error that the output of a failed build names.

/// Returns the first error in the output of a compiler or a build script, with its file and line, and
/// with the compiler's own remark on what is missing.
#[must_use]
pub(crate) fn first_error(output: &str) -> Option<String> {
    // Go's errors do not contain the word: "./eco.go:5:2: undefined: x".
    let has_place = |line: &str| {
        let mut parts = line.split(':').skip(1);
        [parts.next(), parts.next()].iter().all(|part| part.is_some_and(|part| part.parse::<u32>().is_ok()))
    };
    let first = output.lines().position(names_an_error).or_else(|| output.lines().position(has_place))?;
    let mut lines = output.lines().skip(first);
    let line = lines.next()?.trim().to_owned();
    // rustc prints the location on the next line.
    let place =
        lines.clone().next().and_then(|next| next.trim().strip_prefix("--> ")).map(|place| format!("{place}: "));
    let line = place.unwrap_or_default() + &line;
    let line = match remark(lines) {
        Some(remark) => format!("{line} ({remark})"),
        None => line,
    };
    Some(crate::model::bytes::quoted_line(line.as_bytes(), line.len()))
}

/// Returns true if a line contains the word "error", or a name that ends with it (`TypeError`). A
/// name that only contains it (`onerror`) or calls it (`console.error(`) is part of a source line.
fn names_an_error(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let is_word = |at: usize| {
        let before = line[..at].bytes().next_back();
        let after = line.as_bytes().get(at + "error".len()).copied();
        let is_name = line[at..].starts_with('E');
        let is_plain = !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'('));
        (is_name || is_plain && after != Some(b')')) && !after.is_some_and(|byte| matches!(byte, b'_' | b'(' | b'='))
    };
    lower.match_indices("error").any(|(at, _)| is_word(at))
        && !lower.contains("0 error")
        && !lower.contains("generated")
}

/// Returns what gcc notes of the error above: the header to include.
fn remark<'a>(after: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let own = after.take_while(|line| !names_an_error(line));
    let mut notes = own.filter_map(|line| line.split_once(" note: ")).map(|(_, note)| note.trim());
    notes.find(|note| note.contains("#include <") || note.starts_with("include "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::gcc(
        "s.c: In function 'main':\ns.c:3:5: error: expected ';' before 'return'\n    3 |\n",
        "s.c:3:5: error: expected ';' before 'return'"
    )]
    #[case::rustc(
        "error[E0425]: cannot find value `x`\n --> s.rs:2:5\n",
        "s.rs:2:5: error[E0425]: cannot find value `x`"
    )]
    #[case::go("# command-line-arguments\n./eco.go:5:2: undefined: x\n", "./eco.go:5:2: undefined: x")]
    #[case::javac("S.java:3: error: ';' expected\n  int x\n1 error\n", "S.java:3: error: ';' expected")]
    #[case::traceback(
        "Traceback (most recent call last):\n  File \"b.py\", line 9, in <module>\n    walk(path, onerror)\n\
         PermissionError: [Errno 13] Permission denied: 'x'\n",
        "PermissionError: [Errno 13] Permission denied: 'x'"
    )]
    #[case::ruby("s.rb:2: syntax error, unexpected end-of-input\n", "s.rb:2: syntax error, unexpected end-of-input")]
    #[case::ruby_exception(
        "s.rb:1:in `require': cannot load such file -- x (LoadError)\n",
        "s.rb:1:in `require': cannot load such file -- x (LoadError)"
    )]
    #[case::maven("[INFO] Building\n[ERROR] Failed to execute goal\n", "[ERROR] Failed to execute goal")]
    #[case::header_to_include(
        "s.c:3:5: error: implicit declaration of function 'strlen'\ns.c:2:1: note: include '<string.h>' or provide a \
         declaration of 'strlen'\n",
        "s.c:3:5: error: implicit declaration of function 'strlen' (include '<string.h>' or provide a declaration of \
         'strlen')"
    )]
    #[case::header(
        "s.cpp:22:9: error: 'memset' was not declared in this scope\n   22 |  memset(\ns.cpp:6:1: note: 'memset' is \
         defined in header '<cstring>'; did you forget to '#include <cstring>'?\n",
        "s.cpp:22:9: error: 'memset' was not declared in this scope ('memset' is defined in header '<cstring>'; did \
         you forget to '#include <cstring>'?)"
    )]
    #[case::header_of_another_error(
        "s.cpp:2:9: error: expected ';'\ns.cpp:3:9: error: 'memset' was not declared\ns.cpp:6:1: note: did you forget \
         to '#include <cstring>'?\n",
        "s.cpp:2:9: error: expected ';'"
    )]
    fn first_error_includes_file_and_line(#[case] output: &str, #[case] error: &str) {
        assert_eq!(first_error(output).as_deref(), Some(error));
    }

    #[rstest]
    #[case("all is well\n10:30 done\n")]
    #[case("catch (e) { console.error(e) }\n")]
    #[case("try { x() } catch (error) { process.exit(1) }\n")]
    #[case("raise ValueError(text)\n")]
    #[case("0 errors generated\n")]
    fn output_without_an_error_has_none(#[case] output: &str) {
        assert_eq!(first_error(output), None);
    }
}
