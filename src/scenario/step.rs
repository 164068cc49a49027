//! Steps: the trait [`Perform`] and the list of all steps. A step never makes a student fail.

mod client;
mod collect;
mod connect_unread;
mod disturb;
mod exchange;
mod given_files;
mod peer;
mod process;
mod request;
mod run;
mod snapshot;
mod use_macro;

pub use client::{Abort, Close, CloseUnread, Connect, FinishSending};
pub use collect::Collect;
pub use connect_unread::ConnectUnread;
pub use disturb::Disturb;
pub use exchange::{Exchange, Receive, ReceiveGoal, Send};
pub use given_files::GivenFiles;
pub use peer::{Accept, Listen};
pub use process::{ServerArg, Start, Stop, Wait};
pub use request::{HeaderLines, HttpVersion, Request};
pub use run::{Run, Type};
pub use snapshot::{Once, Snapshot};
pub use use_macro::Use;

use super::runtime::{Runtime, RuntimeError};
use super::syntax::keyword_enum;
use super::validate::Scope;
use crate::model::ClientId;

/// A step of a scenario.
pub trait Perform {
    /// Reports the author's mistakes, and declares names for later steps and expectations.
    fn check(&self, names: &mut Scope<'_>);
    /// Performs the step.
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError>;
    /// Returns the number of clients that it connects.
    fn client_count(&self) -> u32 {
        0
    }
}

keyword_enum! {
    /// A step, as one word or as a map of one key.
    pub enum Step: dyn Perform {
        start => Start,
        run => Run,
        type => Type,
        listen => Listen,
        accept => Accept,
        connect => Connect,
        connect_unread => ConnectUnread,
        send => Send,
        receive => Receive,
        exchange => Exchange,
        request => Request,
        finish_sending => FinishSending,
        close => Close,
        close_unread => CloseUnread,
        abort => Abort,
        snapshot => Snapshot,
        collect => Collect,
        disturb => Disturb,
        wait => Wait,
        stop => Stop,
        use => Use,
    }
}

impl Step {
    /// Returns the files that it gives to a program, if it starts one.
    #[must_use]
    pub const fn given_files(&self) -> Option<&GivenFiles> {
        match self {
            Self::Start(start) => Some(&start.files),
            Self::Run(run) => Some(&run.files),
            _ => None,
        }
    }

    /// Returns the program that it starts, if it starts one.
    #[must_use]
    pub const fn program(&self) -> Option<&ServerArg> {
        match self {
            Self::Start(start) => Some(&start.server),
            Self::Run(run) => Some(&run.program),
            _ => None,
        }
    }
}

/// Returns the open clients that a step acts on: those chosen by number, or all of them.
fn selected_clients(stage: &dyn Runtime, clients: Option<&[u32]>) -> Vec<ClientId> {
    let open = stage.open_clients();
    match clients {
        None => open,
        Some(chosen) => open.into_iter().filter(|client| chosen.contains(&client.0)).collect(),
    }
}
