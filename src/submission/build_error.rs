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
    let first = output.lines().position(|line| names_an_error(line) || linker_error(line).is_some());
    let first = first.or_else(|| output.lines().position(has_place))?;
    if let Some(error) = output.lines().nth(first).and_then(linker_error) {
        return Some(crate::model::bytes::quoted_line(error.as_bytes(), error.len()));
    }
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

/// Returns what a linker reports in a line, with the file of the source: ld writes no "error", and
/// the compiler that called it only that it failed. The types of C++ are written as in a source.
fn linker_error(line: &str) -> Option<String> {
    const MARKS: [&str; 3] = ["undefined reference to ", "multiple definition of ", "cannot find -l"];
    let at = MARKS.iter().find_map(|mark| line.find(mark))?;
    // "/usr/bin/ld: /tmp/ccX.o: in function `main': s.cpp:(.text+0x1b): undefined …"
    let place = line[..at].split(": ").filter_map(|part| part.trim().split_once(":(.")).map(|(file, _)| file).next();
    let text = line[at..]
        .replace("std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string");
    Some(match place.and_then(|file| file.rsplit('/').next()) {
        Some(file) => format!("{file}: {text}"),
        None => text,
    })
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
    #[case::linker(
        "/usr/bin/ld: /tmp/ccA.o: in function `main':\nmain.cpp:(.text+0x1f2): undefined reference to \
         `maiusculas(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > const&)'\n\
         collect2: error: ld returned 1 exit status\n",
        "main.cpp: undefined reference to `maiusculas(std::string const&)'"
    )]
    #[case::library(
        "/usr/bin/ld: cannot find -lrede: No such file or directory\ncollect2: error: ld returned 1 exit status\n",
        "cannot find -lrede: No such file or directory"
    )]
    #[case::two_definitions(
        "/usr/bin/ld: /tmp/b.o:(.bss+0x0): multiple definition of `porta'; /tmp/a.o:(.bss+0x0): first defined here\n",
        "b.o: multiple definition of `porta'; /tmp/a.o:(.bss+0x0): first defined here"
    )]
    #[case::compiler_first(
        "s.c:3:5: error: expected ';'\ns.c:(.text+0x1): undefined reference to `f'\n",
        "s.c:3:5: error: expected ';'"
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
