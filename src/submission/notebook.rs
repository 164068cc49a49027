//! Extracts servers from notebooks (`.ipynb`): the code cells of a notebook are one program, or
//! several if another complete server begins in one of them. Runs nothing.

mod names;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::names::CellNames;
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
/// (<https://nbformat.readthedocs.io/en/latest/format_description.html>). Version 3 of the format
/// has worksheets.
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

/// Calls with which a server gets its address.
const BEGINS: [&str; 10] = [
    "bind(",
    "create_server(",
    "tcpserver(",
    "udpserver(",
    "httpserver(",
    "start_server(",
    "create_datagram_endpoint(",
    "serve_forever(",
    "app.run(",
    "uvicorn.run(",
];
/// Calls with which a server waits for clients or their data. Some also begin it.
const COMPLETES: [&str; 10] = [
    "listen(",
    "accept(",
    "recvfrom(",
    "recvfrom_into(",
    "create_server(",
    "serve_forever(",
    "start_server(",
    "create_datagram_endpoint(",
    "app.run(",
    "uvicorn.run(",
];

/// The use of a cell for a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct CellUse {
    begins: bool,
    completes: bool,
    /// It waits for connections.
    accepts: bool,
    /// It sends or connects to others.
    connects: bool,
}

impl CellUse {
    fn of(cell: &str) -> Self {
        let is_import = |line: &str| {
            let line = line.trim_start();
            line.starts_with("import ") || line.starts_with("from ") || line.starts_with('#')
        };
        let code: String = cell.lines().filter(|line| !is_import(line)).map(|line| format!("{line}\n")).collect();
        let lower = code.to_lowercase();
        let has = |calls: &[&str]| calls.iter().any(|call| lower.contains(call));
        let hints = heuristics::read(&code);
        // A client for datagrams sends first. It may bind its socket.
        let asks = hints.connects && lower.contains("sendto(") && lower.contains("recvfrom(") && !hints.receives_first;
        let begins = has(&BEGINS);
        let completes = has(&COMPLETES) && (begins || !asks);
        Self { begins, completes, accepts: has(&["listen(", "accept("]), connects: hints.connects }
    }

    const fn serves(self) -> bool {
        self.begins || self.completes
    }
}

/// The cells of one server.
#[derive(Debug, Default)]
struct ServerCells {
    /// Their indices, in order.
    cells: Vec<usize>,
    begun: bool,
    complete: bool,
}

/// Returns the servers of a notebook. Usually there is one, and its calls are spread over the
/// cells. Another one begins where a socket gets an address after the one before is complete.
fn servers(cells: &[Option<String>], uses: &[CellUse], names: &CellNames<'_>) -> Vec<ServerCells> {
    let mut all: Vec<ServerCells> = Vec::new();
    for (k, used) in uses.iter().enumerate().filter(|(k, _)| cells[*k].is_some()) {
        let is_part = |one: &ServerCells| one.cells.iter().any(|&other| names.uses_socket_of(k, other));
        // A datagram that is received elsewhere may be the answer to a client.
        let is_own = used.begins || used.accepts || all.last().is_some_and(|one| is_part(one) || !one.complete);
        if !(all.last().is_some_and(is_part) || used.serves() && is_own) {
            continue;
        }
        let is_next = all.last().is_none_or(|one| one.begun && one.complete && used.begins);
        if is_next {
            all.push(ServerCells::default());
        }
        if let Some(one) = all.last_mut() {
            one.cells.push(k);
            one.begun |= used.begins;
            one.complete |= used.completes || (0..k).any(|other| uses[other].completes && names.calls(k, other));
        }
    }
    merged(all, uses, names)
}

/// Merges servers whose functions one later cell calls, which starts them together.
fn merged(all: Vec<ServerCells>, uses: &[CellUse], names: &CellNames<'_>) -> Vec<ServerCells> {
    let starters = |one: &ServerCells| -> BTreeSet<usize> {
        let starts = |k: &usize| !uses[*k].serves() && one.cells.iter().any(|&own| own < *k && names.calls(*k, own));
        (0..uses.len()).filter(starts).collect()
    };
    let mut merged: Vec<(ServerCells, BTreeSet<usize>)> = Vec::new();
    for mut one in all {
        let own = starters(&one);
        match merged.iter_mut().find(|(_, before)| !before.is_disjoint(&own)) {
            Some((before, starters)) => {
                before.cells.append(&mut one.cells);
                starters.extend(own);
            }
            None => merged.push((one, own)),
        }
    }
    merged.into_iter().map(|(one, _)| one).collect()
}

/// Returns the programs: the cells of each server, with the cells before them that neither serve
/// nor connect, and those after them that call their functions. A program has the number of the
/// first of its cells; they are numbered from 1.
fn programs(cells: &[String]) -> Vec<(usize, String)> {
    let cells: Vec<Option<String>> = cells.iter().map(|cell| plain(cell)).collect();
    let uses: Vec<CellUse> = cells.iter().map(|cell| CellUse::of(cell.as_deref().unwrap_or_default())).collect();
    let names = CellNames::of(&cells);
    let servers = servers(&cells, &uses, &names);
    let own: BTreeSet<usize> = servers.iter().flat_map(|one| one.cells.iter().copied()).collect();
    let text = |k: usize| cells[k].as_deref().unwrap_or_default();
    let mut all = Vec::new();
    for one in &servers {
        let (Some(first), Some(last)) = (one.cells.first(), one.cells.last()) else { continue };
        let is_neutral = |k: usize| !own.contains(&k) && !uses[k].serves() && !uses[k].connects;
        let is_called = |k: usize| one.cells.iter().any(|&other| names.calls(k, other));
        // A cell that starts another server would fail, or never end.
        let starts_other = |k: usize| own.iter().any(|&other| names.calls(k, other)) && !is_called(k);
        let needed = names.needed_by(&one.cells, |k| own.contains(&k));
        let is_used = |k: &usize| {
            one.cells.contains(k)
                || needed.contains(k)
                || (is_neutral(*k) && ((k < last && !starts_other(*k)) || is_called(*k)))
        };
        let text: String = (0..cells.len()).filter(is_used).map(text).collect();
        if text.len() <= MAX_PROGRAM_BYTES && heuristics::read(&text).is_about_sockets() {
            all.push((first + 1, text));
        }
        if all.len() >= MAX_PROGRAMS {
            break;
        }
    }
    all
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
    fn servers_with_equal_names_are_two_programs() {
        let function = |name: &str, server: &str| format!("def {name}():\n    {}", server.replace('\n', "\n    "));
        let udp = "u = socket.socket(2, 2)\nu.bind(('', 65431))\nu.recvfrom(9)\n";
        for [one, other] in [["main", "main"], ["server", "udp_server"]] {
            let cells = [function(one, SERVER), format!("{one}()"), function(other, udp), format!("{other}()")];
            let all = programs(&cells);
            assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3], "{one} {other}: {all:?}");
            let ends = |k: usize, name: &str| all[k].1.trim_end().ends_with(&format!("\n{name}()"));
            assert!(ends(0, one) && ends(1, other), "{all:?}");
        }
    }

    #[test]
    fn many_names_in_many_cells_take_little_work() {
        let definitions: String = (0..120).map(|k| format!("def f{k}():\n    pass\n")).collect();
        let server = format!("{definitions}{SERVER}");
        let filler = "valor = outro(1)\n".repeat(200);
        let cells: Vec<&str> = (0..MAX_CELLS).map(|k| if k % 2 == 0 { &*server } else { &*filler }).collect();
        assert_eq!(made(&cells).len(), MAX_PROGRAMS);
    }

    #[test]
    fn server_in_steps_is_one_program() {
        let steps = [
            "import socket",
            "s = socket.socket()",
            "s.bind(('', 65432))",
            "s.listen(5)",
            "while True:\n    c, a = s.accept()\n    c.sendall(c.recv(1024))\n",
        ];
        let whole = |cells: &[&str]| cells.iter().map(|cell| format!("{}\n", cell.trim_end())).collect::<String>();
        assert_eq!(made(&steps), [(3, whole(&steps))]);
        let with_client = [&steps[..], &["c = socket.create_connection(('', 65432))", "print(c.recv(9))"]].concat();
        assert_eq!(made(&with_client), [(3, whole(&steps))]);
        let module = [
            "import socketserver",
            "class H(socketserver.BaseRequestHandler):\n    pass",
            "socketserver.TCPServer(('', 65432), H).serve_forever()",
        ];
        assert_eq!(made(&module), [(3, whole(&module))], "an import is no server");
        let datagrams = [
            "import socket",
            "s = socket.socket(type=socket.SOCK_DGRAM)",
            "s.bind(('', 1))",
            "d, a = s.recvfrom(99)",
            "s.sendto(d.upper(), a)",
        ];
        assert_eq!(made(&datagrams), [(3, whole(&datagrams))]);
        let handler = "class H(socketserver.BaseRequestHandler):\n    def handle(self):\n        self.request[1].sendto(b'', self.client_address)";
        let by_module = ["import socketserver", handler, "socketserver.UDPServer(('', 1), H).serve_forever()"];
        assert_eq!(made(&by_module), [(3, whole(&by_module))]);
        let asks = "c = socket.socket(type=socket.SOCK_DGRAM)\nc.sendto(b'x', ('', 1))\nprint(c.recvfrom(99))";
        let with_client = [&datagrams[..], &[asks, "c.sendto(b'y', ('', 1))"]].concat();
        assert_eq!(made(&with_client), [(3, whole(&datagrams))]);
        let asks_in_steps =
            ["c = socket.socket(type=socket.SOCK_DGRAM)", "c.sendto(b'x', ('', 1))", "print(c.recvfrom(99))"];
        assert_eq!(made(&[&["import socket"][..], &asks_in_steps].concat()), []);
        assert_eq!(made(&[&datagrams[..], &asks_in_steps].concat()), [(3, whole(&datagrams))]);
        let serves = "def serve(s):\n    while True:\n        d, a = s.recvfrom(99)\n        s.sendto(d, a)";
        let by_function =
            ["import socket", serves, "s = socket.socket(type=socket.SOCK_DGRAM)\ns.bind(('', 1))\nserve(s)"];
        assert_eq!(made(&by_function), [(3, whole(&by_function))]);
        assert_eq!(made(&[&by_function[..], &[SERVER]].concat()).len(), 2);
        assert_eq!(made(&["import socket", asks]), []);
    }

    #[test]
    fn second_complete_server_is_another_program() {
        let steps = |port: u16| {
            [
                format!("s = socket.socket()\ns.bind(('', {port}))"),
                "s.listen()".to_owned(),
                "c, a = s.accept()".to_owned(),
            ]
        };
        let cells: Vec<String> = std::iter::once("import socket".to_owned()).chain(steps(1)).chain(steps(2)).collect();
        let all = programs(&cells);
        assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 5]);
        assert!(all[0].1.contains("('', 1)") && !all[0].1.contains("('', 2)"), "{all:?}");
        assert!(all[1].1.contains("('', 2)") && !all[1].1.contains("('', 1)"), "{all:?}");
        // Two sockets get an address before either is complete.
        let both = [
            "import socket",
            "a = socket.socket()\na.bind(('', 1))",
            "b = socket.socket()\nb.bind(('', 2))",
            "a.listen()\nb.listen()",
        ];
        assert_eq!(made(&both).len(), 1);
    }

    #[test]
    fn servers_that_one_cell_starts_are_one_program() {
        let function = |name: &str| format!("def {name}():\n    {}", SERVER.trim_end().replace('\n', "\n    "));
        let (tcp, udp) = (function("tcp"), function("udp"));
        let start = "threading.Thread(target=tcp).start()\nudp()";
        let all = made(&["import socket, threading", &tcp, &udp, start]);
        assert!(all.len() == 1 && all[0].1.ends_with("udp()\n"), "{all:?}");
        for order in [[&tcp, &udp, "tcp()", "udp()"], [&tcp, "tcp()", &udp, "udp()"]] {
            let all = made(&[&["import socket"][..], &order].concat());
            assert!(all.len() == 2 && all[0].1.ends_with("tcp()\n") && all[1].1.ends_with("udp()\n"), "{all:?}");
            assert!(!all[1].1.contains("tcp()"), "{all:?}");
        }
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
