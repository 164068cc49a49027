//! Steps: what is done. `trait Perform` and THE LIST. A step never fails a student.

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

/// A step: the author's mistakes in it, and what it does.
pub trait Perform {
    /// Tells the author's mistakes in it, and declares what later steps and expectations may use.
    fn check(&self, names: &mut Names<'_>);
    /// Does it.
    fn perform(&self, stage: &mut dyn Stage) -> Result<(), StageError>;
    /// How many clients it connects.
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

/// The clients that a step is about: those chosen by number, or all that are open.
fn chosen(stage: &dyn Stage, clients: Option<&[u32]>) -> Vec<ClientId> {
    let open = stage.open_clients();
    match clients {
        None => open,
        Some(chosen) => open.into_iter().filter(|client| chosen.contains(&client.0)).collect(),
    }
}
