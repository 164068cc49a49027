//! Extracts servers from notebooks (`.ipynb`): each code cell that serves becomes a program, with the
//! cells that it needs. Runs nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::submission::heuristics;
use crate::submission::import::Submission;

/// Maximum number of notebooks that are read, and of programs that are made of each.
const MAX_NOTEBOOKS: usize = 5;
const MAX_PROGRAMS: usize = 8;
/// Maximum bytes that are read of a notebook: pictures between its cells make it long.
const MAX_NOTEBOOK_BYTES: u64 = 4 << 20;
/// Maximum number of cells, and of bytes in one program.
const MAX_CELLS: usize = 300;
const MAX_PROGRAM_BYTES: usize = 256 << 10;

/// Adds the programs in the notebooks of a submission to its files, beside each notebook.
pub(crate) fn extract(delivery: &mut Submission) {
    let is_notebook = |file: &&&PathBuf| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("ipynb"));
    let notebooks: Vec<PathBuf> =
        delivery.own_files().iter().filter(is_notebook).take(MAX_NOTEBOOKS).map(|file| (*file).clone()).collect();
    let mut added = Vec::new();
    for notebook in &notebooks {
        let Ok(value) = serde_json::from_slice::<Value>(&delivery.bytes(notebook, MAX_NOTEBOOK_BYTES)) else {
            continue;
        };
        for (number, text) in programs(&code_cells(&value)) {
            let file = PathBuf::from(format!("{}.cell-{number}.py", notebook.to_string_lossy()));
            if write(&delivery.root.join(&file), &text).is_ok() {
                added.push(file);
            }
        }
    }
    delivery.files.extend(added);
    delivery.files.sort();
}

/// Writes a program, if no file has its name.
fn write(place: &Path, text: &str) -> std::io::Result<()> {
    fs::File::options().write(true).create_new(true).mode(0o644).open(place)?.write_all(text.as_bytes())
}

/// Returns the text of each code cell
/// (<https://nbformat.readthedocs.io/en/latest/format_description.html>). Version 3 of the format has
/// worksheets.
fn code_cells(notebook: &Value) -> Vec<String> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let worksheets = list(notebook, "worksheets");
    let cells = list(notebook, "cells").into_iter().chain(worksheets.iter().flat_map(|sheet| list(sheet, "cells")));
    let is_code = |cell: &Value| cell.get("cell_type").and_then(Value::as_str) == Some("code");
    let text = |cell: Value| match cell.get("source").or_else(|| cell.get("input")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    };
    cells.filter(is_code).take(MAX_CELLS).map(text).collect()
}

/// Returns a cell without the lines that only a notebook understands; `None` if it is for another
/// program. A cell that a notebook writes to a file of Python is that file.
fn plain(cell: &str) -> Option<String> {
    let is_magic = |line: &str| line.trim_start().starts_with(['%', '!', '?']);
    let first = cell.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let is_own = |magic: &str| ["%%writefile", "%%file"].contains(&magic) && first.ends_with(".py");
    if let Some(magic) = first.split_whitespace().next().filter(|word| word.starts_with("%%"))
        && !is_own(magic)
        && !["%%time", "%%timeit", "%%capture", "%%python", "%%python3"].contains(&magic)
    {
        return None;
    }
    Some(cell.lines().filter(|line| !is_magic(line)).map(|line| format!("{line}\n")).collect())
}

/// Returns the programs: each cell that serves, after the cells before it that neither serve nor
/// connect, and before those that call what it defines. Cells are numbered from 1.
fn programs(cells: &[String]) -> Vec<(usize, String)> {
    let cells: Vec<Option<String>> = cells.iter().map(|cell| plain(cell)).collect();
    let hints: Vec<heuristics::SourceHints> =
        cells.iter().map(|cell| heuristics::read(cell.as_deref().unwrap_or_default())).collect();
    let mut all = Vec::new();
    for (k, cell) in cells.iter().enumerate() {
        let Some(cell) = cell.as_ref().filter(|_| hints[k].serves) else { continue };
        let is_neutral = |other: &usize| !hints[*other].serves && !hints[*other].connects;
        let before = (0..k).filter(is_neutral).filter_map(|other| cells[other].as_deref());
        let defined = defined_names(cell);
        let calls = |other: &&str| {
            defined.iter().any(|name| other.contains(&format!("{name}(")) || other.contains(&format!("={name}")))
        };
        let after = (k + 1..cells.len()).filter(is_neutral).filter_map(|other| cells[other].as_deref()).filter(calls);
        let text: String = before.chain([cell.as_str()]).chain(after).collect();
        if text.len() <= MAX_PROGRAM_BYTES && heuristics::read(&text).is_about_sockets() {
            all.push((k + 1, text));
        }
    }
    all.truncate(MAX_PROGRAMS);
    all
}

/// Returns the names of the functions and classes that a text defines.
fn defined_names(text: &str) -> BTreeSet<&str> {
    let name = |line: &'_ str| -> Option<usize> {
        let rest = ["async def ", "def ", "class "].iter().find_map(|word| line.strip_prefix(word))?;
        Some(line.len() - rest.len())
    };
    let end = |c: char| !c.is_alphanumeric() && c != '_';
    let of = |line| name(line).and_then(|at| line.get(at..)?.split(end).next());
    text.lines().filter_map(of).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "s = socket.socket()\ns.bind(('', 65432))\ns.listen()\n";
    const CLIENT: &str = "c = socket.create_connection(('', 65432))\n";

    fn made(cells: &[&str]) -> Vec<(usize, String)> {
        programs(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn serving_cells_are_programs_with_the_cells_they_need() {
        let all = made(&["!pip install x\nimport socket\n", "%time 1\n", SERVER, CLIENT, SERVER]);
        let wanted = format!("import socket\n{SERVER}");
        assert_eq!(all, [(3, wanted.clone()), (5, wanted)]);
        let function = format!("import socket\ndef servidor():\n    {}", SERVER.replace('\n', "\n    "));
        let all = made(&[&function, "servidor()", "print('fim')"]);
        assert!(all.len() == 1 && all[0].1.ends_with("servidor()\n"), "{all:?}");
        assert_eq!(made(&["import socket\n", CLIENT, "print(1)"]), []);
        assert_eq!(made(&["%%bash\nnc -l 1 # socket bind( listen("]), []);
        let written = format!("%%writefile eco.py\nimport socket\n{SERVER}");
        assert_eq!(made(&[&written]), [(1, format!("import socket\n{SERVER}"))]);
    }

    #[test]
    fn cells_of_all_versions_are_read() {
        let of = |text: &str| code_cells(&serde_json::from_str(text).expect("JSON"));
        let new =
            r#"{"cells": [{"cell_type": "code", "source": ["a\n", "b"]}, {"cell_type": "markdown", "source": "c"}]}"#;
        assert_eq!(of(new), ["a\nb"]);
        let old = r#"{"worksheets": [{"cells": [{"cell_type": "code", "input": "a"}]}]}"#;
        assert_eq!(of(old), ["a"]);
        for hostile in ["[]", "{\"cells\": 5}", "{\"cells\": [5, {\"cell_type\": \"code\"}]}"] {
            assert!(of(hostile).iter().all(String::is_empty));
        }
    }
}
