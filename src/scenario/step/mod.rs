//! Steps: the trait [`Perform`] and the list of all steps. A step never makes a student fail.

mod client;
mod exchange;
mod process;
mod snapshot;
mod unread;

pub use client::{Abort, Close, Connect, FinishSending};
pub use exchange::{Exchange, Receive, Send};
pub use process::{ServerWord, Start, Stop, Wait};
pub use snapshot::Snapshot;
pub use unread::ConnectUnread;

use super::check::Names;
use super::stage::{Stage, StageError};
use super::word::one_of;
use crate::model::ClientId;

/// A step of a scenario.
pub trait Perform {
    /// Reports the author's mistakes, and declares names for later steps and expectations.
    fn check(&self, names: &mut Names<'_>);
    /// Performs the step.
    fn perform(&self, stage: &mut dyn Stage) -> Result<(), StageError>;
    /// Returns the number of clients that it connects.
    fn connects(&self) -> u32 {
        0
    }
}

one_of! {
    /// A step, as one word or as a map of one key.
    pub enum Step: dyn Perform {
        start => Start,
        connect => Connect,
        connect_unread => ConnectUnread,
        send => Send,
        receive => Receive,
        exchange => Exchange,
        finish_sending => FinishSending,
        close => Close,
        abort => Abort,
        snapshot => Snapshot,
        wait => Wait,
        stop => Stop,
    }
}

/// Returns the open clients that a step acts on: those chosen by number, or all of them.
fn chosen(stage: &dyn Stage, clients: Option<&[u32]>) -> Vec<ClientId> {
    let open = stage.open_clients();
    match clients {
        None => open,
        Some(chosen) => open.into_iter().filter(|client| chosen.contains(&client.0)).collect(),
    }
}
