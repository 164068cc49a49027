//! The languages of submitted programs: how files of each are built and run. Reads no files, starts
//! nothing.

use std::path::{Path, PathBuf};

use crate::model::source_language::language_of;

/// The folder for build output in the submission's folder.
pub(crate) const BUILD_FOLDER: &str = ".socklab";

/// The folder in it in which the submission's folder has the name of a package of Python.
pub(crate) use crate::run::spec::PACKAGES_FOLDER;
/// The folder in it for the modules of a virtual environment of Python.
pub(crate) use crate::run::spec::PYTHON_USER_FOLDER;
/// The folder in it for tools that the submission's programs find after all others.
pub(crate) use crate::run::spec::TOOLS_FOLDER;

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
    /// The path of its build output, which other ways to build it may extend.
    pub out: String,
}

/// The interpreters of languages that need no build.
const INTERPRETED: [(&str, &str); 8] = [
    ("Python", "python3"),
    ("JavaScript", "node"),
    ("Ruby", "ruby"),
    ("PHP", "php"),
    ("Perl", "perl"),
    ("Lua", "lua"),
    ("shell", "bash"),
    ("TypeScript", "tsx"),
];

/// A build tool, for programs that one compiler call cannot build.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Project {
    /// Names of the files that identify a project.
    pub files: &'static [&'static str],
    /// The languages that it builds; empty: all compiled ones.
    languages: &'static [&'static str],
    /// Returns its commands: of the project's folder, the program's file, and the path for output.
    commands: fn(&Path, &Path, &str) -> Vec<Vec<String>>,
}

/// The known projects, most specific first. None may download anything: there is no network.
pub(crate) const PROJECTS: [Project; 4] = [
    Project { files: &["Makefile", "makefile", "GNUmakefile"], languages: &["C", "C++", "Go", "Rust"], commands: make },
    Project { files: &["Cargo.toml"], languages: &["Rust"], commands: cargo },
    Project { files: &["go.mod"], languages: &["Go"], commands: go_module },
    Project { files: &["CMakeLists.txt"], languages: &["C", "C++"], commands: cmake },
];

impl Project {
    /// Returns true if it can build programs of a language.
    #[must_use]
    pub(crate) fn is_for(&self, language: &str) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }

    /// Returns the commands that build the project in this folder.
    #[must_use]
    pub(crate) fn builds(&self, folder: &Path, file: &Path, out: &str) -> Vec<Vec<String>> {
        (self.commands)(folder, file, out)
    }
}

/// Returns a folder as an argument.
fn folder_argument(folder: &Path) -> String {
    if folder.as_os_str().is_empty() { ".".to_owned() } else { argument(folder) }
}

fn make(folder: &Path, _: &Path, _: &str) -> Vec<Vec<String>> {
    vec![words(&["make", "-C", &folder_argument(folder)])]
}

fn cargo(folder: &Path, _: &Path, _: &str) -> Vec<Vec<String>> {
    let manifest = argument(&folder.join("Cargo.toml"));
    vec![words(&["cargo", "build", "--offline", "--quiet", "--manifest-path", &manifest])]
}

/// Builds the package of the file in the folder of its module: `go build -C` exists since Go 1.20
/// only.
fn go_module(folder: &Path, file: &Path, out: &str) -> Vec<Vec<String>> {
    let package = file.parent().and_then(|parent| parent.strip_prefix(folder).ok()).unwrap_or(Path::new(""));
    let up: String = folder.components().map(|_| "../").collect();
    // The output has the name of the source, by which it is found.
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (output, package) = (format!("{up}{out}/{name}"), format!("./{}", package.to_string_lossy()));
    vec![words(&["env", "-C", &folder_argument(folder), "go", "build", "-o", &output, &package])]
}

fn cmake(folder: &Path, _: &Path, out: &str) -> Vec<Vec<String>> {
    vec![words(&["cmake", "-S", &folder_argument(folder), "-B", out]), words(&["cmake", "--build", out])]
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

/// Returns true if the name is that of a source file.
#[must_use]
pub(crate) fn is_source(file: &Path) -> bool {
    language_of(file).is_some()
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

/// Returns true if a command line runs a file as a module of a package of Python.
#[must_use]
pub(crate) fn is_module_run(words: &[String]) -> bool {
    words.windows(2).any(|two| two == ["python3", "-m"])
}

/// Returns how a file with this text is built and run. `number` separates the output of builds.
#[must_use]
pub(crate) fn recipe(file: &Path, text: &str, number: usize) -> Option<Recipe> {
    let language = language_of(file).or_else(|| by_first_line(text))?;
    let path = argument(file);
    let out = format!("{BUILD_FOLDER}/{number}");
    if let Some((_, tool)) = INTERPRETED.iter().find(|(name, _)| *name == language) {
        let run = words(&[tool, &path]);
        return Some(Recipe { language, tools: words(&[tool]), builds: Vec::new(), run, out });
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
        "Java" => return Some(java(file, text, out)),
        "Kotlin" => {
            let jar = format!("{out}.jar");
            (
                "kotlinc",
                words(&["kotlinc", "-nowarn", &path, "-include-runtime", "-d", &jar]),
                words(&["java", "-jar", &jar]),
            )
        }
        _ => return Some(csharp(file, out)),
    };
    Some(Recipe { language, tools: words(&[tool]), builds: vec![builds], run, out })
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

/// Returns the package that a Java source declares.
#[must_use]
pub(crate) fn java_package(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}');
    text.lines().find_map(|line| Some(line.trim().strip_prefix("package ")?.split_once(';')?.0.trim()))
}

fn java(file: &Path, text: &str, out: String) -> Recipe {
    let class = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let package = java_package(text);
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
            &out,
            "-sourcepath",
            &root,
            &argument(file),
        ])],
        run: words(&["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", &out, &name]),
        out,
    }
}

fn csharp(file: &Path, out: String) -> Recipe {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Recipe {
        language: "C#",
        tools: words(&["dotnet"]),
        builds: vec![words(&["dotnet", "build", "--nologo", "-v", "q", &argument(folder)])],
        run: words(&["dotnet", "run", "--no-build", "--project", &argument(folder)]),
        out,
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
        let [make, cargo, go, _] = PROJECTS;
        let command = |project: Project, folder: &str, file: &str| {
            project.builds(Path::new(folder), Path::new(file), ".socklab/1").concat().join(" ")
        };
        assert_eq!(command(make, "", "s.c"), "make -C .");
        assert_eq!(command(make, "src", "src/s.c"), "make -C src");
        assert!(command(cargo, "eco", "eco/src/main.rs").ends_with(" eco/Cargo.toml"));
        let wanted = "env -C lab go build -o ../.socklab/1/main ./cmd/eco";
        assert_eq!(command(go, "lab", "lab/cmd/eco/main.go"), wanted);
    }

    #[test]
    fn java_class_is_named_with_its_package() {
        let seen = recipe(Path::new("src/br/uf/Servidor.java"), "// eco\npackage br.uf;\n", 1).expect("Java");
        assert_eq!(seen.run.last().map(String::as_str), Some("br.uf.Servidor"));
        assert!(seen.builds[0].contains(&"src".to_owned()));
        assert!(recipe(Path::new("A.java"), "", 1).expect("Java").builds[0].contains(&".".to_owned()));
    }
}
