//! The command line interface (floor 7): parses arguments, dispatches commands and routes reports.
//! It does not decide verdicts.

mod analyze;
mod arguments;
mod array_job;
mod audit;
mod audit_options;
mod changes;
mod check;
mod ci;
mod clap_error;
mod class_inputs;
mod doctor;
mod evidence;
mod examples;
mod exit;
mod explain;
mod explain_sandbox;
mod grade;
mod grade_options;
mod grade_warnings;
mod help;
mod html_site;
mod init;
mod isolation;
mod lint;
mod list;
mod load;
mod man;
mod mark;
mod mark_options;
mod merge;
mod new_lab;
mod output_options;
mod outputs;
mod progress;
mod progress_file;
mod regrade;
mod report;
mod run;
mod run_limits;
mod sandbox_arg;
mod schema;
mod selection;
mod serve;
mod service_template;
mod show;
mod signals;
mod slurm;
mod store_access;
mod submission_pages;
mod symlink_guard;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use self::arguments::Command;
use self::ci::with_stop_commands;
use self::exit::{CliError, ExitStatus};
use self::output_options::OutputOptions;
use self::service_template::ServiceTemplate;
use crate::i18n::{Catalog, parse_language, select_language};
use crate::report::Detail;

/// The user's language, and the properties of standard output as a terminal. Passed to every
/// command.
struct Ui {
    words: Catalog,
    colour: bool,
    width: usize,
    terminal: bool,
    detail: Detail,
}

impl Ui {
    fn new(lang: Option<&str>) -> Result<Self, CliError> {
        if let Some(tag) = lang
            && parse_language(tag).is_none()
        {
            return Err(CliError::usage(crate::model::Message::new("cli-unknown-language").with("tag", tag)));
        }
        let language = select_language(lang, &|name| std::env::var(name).ok());
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        let colour = terminal && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        let width = if terminal { terminal_width() } else { 100 };
        Ok(Self { words: Catalog::load(language), colour, width, terminal, detail: Detail::Normal })
    }

    /// Applies the options that all commands have.
    fn with_options(self, options: &OutputOptions) -> Self {
        Self { colour: options.colour(self.colour), detail: options.detail(), ..self }
    }

    /// Returns the same properties with the present width of the terminal.
    fn resized(&self) -> Self {
        let width = if self.terminal { terminal_width() } else { self.width };
        Self { words: Catalog::load(self.words.language()), width, ..*self }
    }

    /// Prints to standard output. Ignores write errors, such as a closed pipe.
    fn print(text: &str) {
        Self::try_print(text);
    }

    /// Prints to standard output. Returns false if nobody reads it any more.
    fn try_print(text: &str) -> bool {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
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
        Some(crate::engine::agent_process::AGENT) => return crate::run::agent::main(),
        Some(crate::sys::capability::NAMESPACES_ARGUMENT) => return crate::sys::capability::namespaces_child(),
        Some(crate::submission::annotate::written_report::pdf::PARSER_ARGUMENT) => {
            return crate::submission::annotate::written_report::pdf::run_parser();
        }
        // A server under test must start quickly, so clap does not build its option tables first.
        Some(verb @ ("serve" | "client")) => return serve::run(verb, &serve::arguments_from(2), None),
        _ => {}
    }
    let arguments = match help::parse(clap_error::language(&serve::arguments_from(1))) {
        Ok(arguments) => arguments,
        Err(error) => {
            match clap_error::explain_error(&error, &clap_error::catalog(&serve::arguments_from(1))) {
                Some(explanation) => drop(std::io::stderr().lock().write_all(explanation.as_bytes())),
                None => drop(error.print()),
            }
            return if error.use_stderr() { ExitStatus::Usage.code() } else { ExitStatus::Passed.code() };
        }
    };
    let reader = match Ui::new(arguments.output.lang.as_deref()).map(|reader| reader.with_options(&arguments.output)) {
        Ok(reader) => reader,
        Err(trouble) => return trouble.print(&Catalog::load(select_language(None, &|name| std::env::var(name).ok()))),
    };
    let lang = arguments.output.lang.as_deref();
    let exit = match arguments.verb {
        Command::Run(options) => run::run(&options, &reader),
        Command::Check(options) => check::check(&options, &reader),
        Command::Init { folder, force, ci, devcontainer } => {
            let container = devcontainer.then_some(ServiceTemplate::DevContainer);
            match ci.map(ServiceTemplate::Ci).or(container) {
                Some(template) => service_template::init(&folder, template, force, &reader),
                None => init::init(&folder, force, &reader),
            }
        }
        Command::NewLab { folder } => new_lab::new_lab(&folder, &reader),
        Command::Grade(options) if options.slurm.slurm => with_stop_commands(|| slurm::grade(&options, &reader)),
        Command::Grade(options) => with_stop_commands(|| grade::grade(&options, &reader)),
        Command::Merge(options) => merge::merge(&options, &reader),
        Command::Regrade { store, lab } => regrade::regrade(&store, &lab, &reader),
        Command::Mark(options) => mark::mark(&options, &reader),
        Command::Report(options) => with_stop_commands(|| report::report(&options, &reader)),
        Command::Audit(options) => audit::audit(&options, &reader),
        Command::Lint { files } => lint::lint(&files, &reader),
        Command::Schema { name, output } => schema::schema(&name, output.as_deref()),
        Command::List { labs: true, .. } => list::list_labs(&reader),
        Command::List { lab, .. } => list::list(&lab, &reader),
        Command::Show { item, lab } => show::show(&item, &lab, &reader),
        Command::Explain { words, all, lab } => explain::explain(&words, all, &lab, &reader),
        Command::Analyze { file, port, expect: Some(item), .. } => analyze::judge_item(&file, port, &item, &reader),
        Command::Analyze { file, port, summary, expect: None } => analyze::analyze(&file, port, summary, &reader),
        Command::Doctor => doctor::doctor(&reader),
        Command::Completions { shell } => arguments::completions(shell),
        Command::Man { output } => man::man(&output, &reader),
        Command::Serve { arguments } => return serve::run("serve", &arguments, lang),
        Command::Client { arguments } => return serve::run("client", &arguments, lang),
    };
    match exit {
        Ok(exit) => exit.code(),
        Err(trouble) => with_stop_commands(|| trouble.print(&reader.words)),
    }
}
