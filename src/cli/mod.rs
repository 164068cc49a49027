//! The command line interface (floor 7): parses arguments, dispatches commands and routes reports.
//! It does not decide verdicts.

mod analyze;
mod arguments;
mod authors;
mod bounds;
mod bundled;
mod check;
mod courses;
mod doctor;
mod evidence;
mod examples;
mod exit;
mod explain;
mod gather;
mod grade;
mod help;
mod init;
mod isolation;
mod links;
mod man;
mod misread;
mod new_lab;
mod outputs;
mod pages;
mod progress;
mod run;
mod sandbox;
mod selection;
mod service;
mod signals;
mod store_access;
mod stored;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use self::arguments::Verb;
use self::exit::{Exit, Trouble};
use self::service::unobeyed;
use crate::words::{Words, language_from, language_named};

/// The user's language, and the properties of standard output as a terminal. Passed to every
/// command.
struct Reader {
    words: Words,
    colour: bool,
    width: usize,
    terminal: bool,
}

impl Reader {
    fn new(lang: Option<&str>) -> Result<Self, Trouble> {
        if let Some(tag) = lang
            && language_named(tag).is_none()
        {
            return Err(Trouble::usage(crate::model::Message::new("cli-unknown-language").with("tag", tag)));
        }
        let language = language_from(lang, &|name| std::env::var(name).ok());
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        let colour = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        let width = if terminal { terminal_width() } else { 100 };
        Ok(Self { words: Words::of(language), colour, width, terminal })
    }

    /// Prints to standard output. Ignores write errors, such as a closed pipe.
    fn print(text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

/// Returns the terminal's width in columns.
fn terminal_width() -> usize {
    rustix::termios::tcgetwinsize(std::io::stdout()).map_or(100, |size| usize::from(size.ws_col).clamp(60, 140))
}

/// Runs the program and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    // The hidden commands come first: their processes must stay small and single-threaded.
    match std::env::args_os().nth(1).as_deref().and_then(std::ffi::OsStr::to_str) {
        Some(crate::stage::launch::AGENT) => return crate::run::agent::main(),
        Some(crate::sys::capability::NAMESPACES_ARGUMENT) => return crate::sys::capability::namespaces_child(),
        // A server under test must start quickly, so clap does not build its option tables first.
        Some(verb @ ("serve" | "client")) => return bundled::run(verb, &bundled::words_from(2), None),
        _ => {}
    }
    let arguments = match help::parse(misread::language(&bundled::words_from(1))) {
        Ok(arguments) => arguments,
        Err(error) => {
            match misread::told(&error, &misread::words(&bundled::words_from(1))) {
                Some(told) => drop(std::io::stderr().lock().write_all(told.as_bytes())),
                None => drop(error.print()),
            }
            return if error.use_stderr() { Exit::Usage.code() } else { Exit::Passed.code() };
        }
    };
    let reader = match Reader::new(arguments.lang.as_deref()) {
        Ok(reader) => reader,
        Err(trouble) => return trouble.tell(&Words::of(language_from(None, &|name| std::env::var(name).ok()))),
    };
    let lang = arguments.lang.as_deref();
    let exit = match arguments.verb {
        Verb::Run(options) => run::run(&options, &reader),
        Verb::Check(options) => check::check(&options, &reader),
        Verb::Init { folder, force, ci: Some(ci) } => courses::init(&folder, ci, force, &reader),
        Verb::Init { folder, force, ci: None } => init::init(&folder, force, &reader),
        Verb::NewLab { folder } => new_lab::new_lab(&folder, &reader),
        Verb::Grade(options) => unobeyed(|| grade::grade(&options, &reader)),
        Verb::Regrade { store, lab } => stored::regrade(&store, &lab, &reader),
        Verb::Report(options) => unobeyed(|| stored::report(&options, &reader)),
        Verb::Lint { files } => authors::lint(&files, &reader),
        Verb::Schema { name, output } => authors::schema(&name, output.as_deref()),
        Verb::List { lab } => authors::list(&lab, &reader),
        Verb::Explain { words, all, lab } => explain::explain(&words, all, &lab, &reader),
        Verb::Analyze { file, port, expect: Some(item), .. } => analyze::expect(&file, port, &item, &reader),
        Verb::Analyze { file, port, summary, expect: None } => analyze::analyze(&file, port, summary, &reader),
        Verb::Doctor => doctor::doctor(&reader),
        Verb::Completions { shell } => arguments::completions(shell),
        Verb::Man { output } => man::man(&output, &reader),
        Verb::Serve { arguments } => return bundled::run("serve", &arguments, lang),
        Verb::Client { arguments } => return bundled::run("client", &arguments, lang),
    };
    match exit {
        Ok(exit) => exit.code(),
        Err(trouble) => unobeyed(|| trouble.tell(&reader.words)),
    }
}
