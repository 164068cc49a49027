//! The languages of submitted programs: how files of each are built and run. Reads no files, starts
//! nothing.

use std::path::{Path, PathBuf};

/// The folder for build output in the submission's folder.
pub(crate) const BUILD_FOLDER: &str = ".socklab";

/// How a program is built and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// Name of the language.
    pub language: &'static str,
    /// The required tools: program names, in order of use.
    pub tools: Vec<String>,
    /// Commands that run once before, each to its end.
    pub builds: Vec<Vec<String>>,
    /// The command that runs it.
    pub run: Vec<String>,
}

/// Languages with an interpreter: name, extensions, interpreter.
const INTERPRETED: [(&str, &[&str], &str); 8] = [
    ("Python", &["py"], "python3"),
    ("JavaScript", &["js", "mjs", "cjs"], "node"),
    ("Ruby", &["rb"], "ruby"),
    ("PHP", &["php"], "php"),
    ("Perl", &["pl"], "perl"),
    ("Lua", &["lua"], "lua"),
    ("shell", &["sh", "bash"], "bash"),
    ("TypeScript", &["ts", "mts"], "tsx"),
];

/// Compiled languages: name, extensions.
const COMPILED: [(&str, &[&str]); 6] = [
    ("C", &["c"]),
    ("C++", &["cpp", "cc", "cxx"]),
    ("Java", &["java"]),
    ("Go", &["go"]),
    ("Rust", &["rs"]),
    ("C#", &["cs"]),
];

/// A build tool, for programs that one compiler call cannot build.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Project {
    /// Names of the files that identify a project.
    pub files: &'static [&'static str],
    /// The command, without its last word: the folder or file.
    words: &'static [&'static str],
    /// The project file that the last word ends with, for tools that require it.
    file: &'static str,
}

/// The known projects, most specific first. None may download anything: there is no network.
pub(crate) const PROJECTS: [Project; 2] = [
    Project { files: &["Makefile", "makefile", "GNUmakefile"], words: &["make", "-C"], file: "" },
    Project {
        files: &["Cargo.toml"],
        words: &["cargo", "build", "--offline", "--quiet", "--manifest-path"],
        file: "Cargo.toml",
    },
];

impl Project {
    /// Returns the command that builds the project in this folder.
    #[must_use]
    pub(crate) fn build(&self, folder: &Path) -> Vec<String> {
        let place = if self.file.is_empty() { folder.to_owned() } else { folder.join(self.file) };
        let place = if place.as_os_str().is_empty() { ".".to_owned() } else { argument(&place) };
        words(self.words).into_iter().chain([place]).collect()
    }
}

/// Keeps C programs valid that older compilers accepted with a warning, which `-w` hides: GCC 14
/// makes these errors, and 15 has another default standard
/// (<https://gcc.gnu.org/gcc-14/porting_to.html>).
const LENIENT_C_FLAGS: [&str; 5] = [
    "-std=gnu17",
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-pointer-types",
];

fn extension(file: &Path) -> String {
    file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Returns the language of a file, by its name.
#[must_use]
pub(crate) fn by_name(file: &Path) -> Option<&'static str> {
    let end = extension(file);
    let interpreted = INTERPRETED.iter().map(|(name, ends, _)| (*name, *ends));
    interpreted.chain(COMPILED).find(|(_, ends)| ends.contains(&end.as_str())).map(|(name, _)| name)
}

/// Returns true if the name is that of a source file.
#[must_use]
pub(crate) fn is_source(file: &Path) -> bool {
    by_name(file).is_some()
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|&word| word.to_owned()).collect()
}

/// Returns a path as an argument that is never parsed as an option.
#[must_use]
pub(crate) fn argument(file: &Path) -> String {
    let text = file.to_string_lossy().into_owned();
    if text.starts_with('-') { format!("./{text}") } else { text }
}

/// Returns how a file with this text is built and run. `number` separates the output of builds.
#[must_use]
pub(crate) fn recipe(file: &Path, text: &str, number: usize) -> Option<Recipe> {
    let language = by_name(file).or_else(|| by_first_line(text))?;
    let path = argument(file);
    let out = format!("{BUILD_FOLDER}/{number}");
    if let Some((_, _, tool)) = INTERPRETED.iter().find(|(name, ..)| *name == language) {
        return Some(Recipe { language, tools: words(&[tool]), builds: Vec::new(), run: words(&[tool, &path]) });
    }
    // No optimization, as in builds by hand: optimized code may read a flag once that a thread
    // waits for. Line tables name the line in which a program waits, and change no code.
    let (tool, builds, run) = match language {
        "C" => {
            let begin = words(&["gcc", "-w", "-g1"]).into_iter().chain(words(&LENIENT_C_FLAGS));
            let build = begin.chain(words(&["-o", &out, &path, "-pthread", "-lm"])).collect();
            ("gcc", build, words(&[&format!("./{out}")]))
        }
        "C++" => ("g++", words(&["g++", "-w", "-g1", "-o", &out, &path, "-pthread"]), words(&[&format!("./{out}")])),
        "Go" => ("go", words(&["go", "build", "-o", &out, &path]), words(&[&format!("./{out}")])),
        "Rust" => {
            let build = words(&["rustc", "--edition", "2021", "-C", "debuginfo=1", "-o", &out, &path]);
            ("rustc", build, words(&[&format!("./{out}")]))
        }
        "Java" => return Some(java(file, text, &out)),
        _ => return Some(csharp(file)),
    };
    Some(Recipe { language, tools: words(&[tool]), builds: vec![builds], run })
}

/// Returns the language of a file without an extension, by its first line. Recognizes Python by its
/// imports.
#[must_use]
pub(crate) fn by_first_line(text: &str) -> Option<&'static str> {
    let first = text.lines().next().unwrap_or_default();
    if let Some(interpreter) = first.strip_prefix("#!") {
        let known = [
            ("python", "Python"),
            ("node", "JavaScript"),
            ("ruby", "Ruby"),
            ("php", "PHP"),
            ("perl", "Perl"),
            ("lua", "Lua"),
            ("bash", "shell"),
            ("/sh", "shell"),
        ];
        return known.iter().find(|(name, _)| interpreter.contains(name)).map(|(_, language)| *language);
    }
    let imports = |line: &str| line.starts_with("import socket") || line.starts_with("from socket");
    text.lines().any(imports).then_some("Python")
}

fn java(file: &Path, text: &str, out: &str) -> Recipe {
    let class = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let package =
        text.lines().find_map(|line| line.trim().strip_prefix("package ")?.trim().strip_suffix(';').map(str::trim));
    let folder = file.parent().unwrap_or(Path::new(""));
    // The folder of the sources is as many levels up as the package has names.
    let up = package.map_or(0, |package| package.split('.').count());
    let mut root: PathBuf = folder.to_owned();
    for _ in 0..up {
        root.pop();
    }
    let root = if root.as_os_str().is_empty() { ".".to_owned() } else { argument(&root) };
    let name = package.map_or_else(|| class.clone(), |package| format!("{package}.{class}"));
    Recipe {
        language: "Java",
        tools: words(&["javac", "java"]),
        builds: vec![words(&[
            "javac",
            "-encoding",
            "UTF-8",
            "-nowarn",
            "-d",
            out,
            "-sourcepath",
            &root,
            &argument(file),
        ])],
        run: words(&["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", out, &name]),
    }
}

fn csharp(file: &Path) -> Recipe {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Recipe {
        language: "C#",
        tools: words(&["dotnet"]),
        builds: vec![words(&["dotnet", "build", "--nologo", "-v", "q", &argument(folder)])],
        run: words(&["dotnet", "run", "--no-build", "--project", &argument(folder)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(file: &str, text: &str) -> Vec<String> {
        recipe(Path::new(file), text, 3).expect("a known language").run
    }

    #[test]
    fn interpreter_follows_from_extension_or_first_line() {
        assert_eq!(run("TCP/Servidor eco.py", ""), ["python3", "TCP/Servidor eco.py"]);
        assert_eq!(run("Server", "#!/usr/bin/env python3\n"), ["python3", "Server"]);
        assert_eq!(run("Server", "import socket\ns = 1\n"), ["python3", "Server"]);
        assert_eq!(run("-x.py", ""), ["python3", "./-x.py"]);
        assert_eq!(run("s.c", ""), ["./.socklab/3"]);
        assert_eq!(recipe(Path::new("foto.png"), "", 1), None);
    }

    #[test]
    fn project_is_built_in_its_folder() {
        let [make, cargo] = PROJECTS;
        assert_eq!(make.build(Path::new("")), ["make", "-C", "."]);
        assert_eq!(make.build(Path::new("src")), ["make", "-C", "src"]);
        assert_eq!(cargo.build(Path::new("eco")).last().map(String::as_str), Some("eco/Cargo.toml"));
    }

    #[test]
    fn java_class_is_named_with_its_package() {
        let seen = recipe(Path::new("src/br/uf/Servidor.java"), "// eco\npackage br.uf;\n", 1).expect("Java");
        assert_eq!(seen.run.last().map(String::as_str), Some("br.uf.Servidor"));
        assert!(seen.builds[0].contains(&"src".to_owned()));
        assert!(recipe(Path::new("A.java"), "", 1).expect("Java").builds[0].contains(&".".to_owned()));
    }
}
