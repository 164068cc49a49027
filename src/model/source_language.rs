//! The programming languages of submissions, by the names of their files.

use std::path::Path;

/// The languages and the extensions of their source files, in lower case.
const LANGUAGES: [(&str, &[&str]); 15] = [
    ("Python", &["py"]),
    ("JavaScript", &["js", "mjs", "cjs"]),
    ("Ruby", &["rb"]),
    ("PHP", &["php"]),
    ("Perl", &["pl", "pm"]),
    ("Lua", &["lua"]),
    ("shell", &["sh", "bash"]),
    ("TypeScript", &["ts", "mts"]),
    ("C", &["c"]),
    ("C++", &["cpp", "cc", "cxx", "c++"]),
    ("Java", &["java"]),
    ("Go", &["go"]),
    ("Rust", &["rs"]),
    ("C#", &["cs"]),
    ("Kotlin", &["kt"]),
];

/// Returns the language of a source file, by its extension.
#[must_use]
pub fn language_of(file: &Path) -> Option<&'static str> {
    let end = file.extension()?.to_string_lossy().to_lowercase();
    LANGUAGES.iter().find(|(_, ends)| ends.contains(&end.as_str())).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_follows_from_the_extension() {
        assert_eq!(language_of(Path::new("src/Servidor.JAVA")), Some("Java"));
        assert_eq!(language_of(Path::new("eco.c++")), Some("C++"));
        assert_eq!([language_of(Path::new("eco")), language_of(Path::new("eco.txt"))], [None, None]);
    }
}
