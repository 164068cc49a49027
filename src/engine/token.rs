//! The tokens of the event loop: which descriptor an event belongs to.

use mio::Token;

use crate::model::{ClientId, ListenerId, ServerId};

pub(super) const LIFELINE: Token = Token(0);
pub(super) const TICK: Token = Token(1);
pub(super) const PACKETS: Token = Token(2);
/// Children of the agent that exited or stopped (diagnosing runs).
pub(super) const CHILDREN: Token = Token(3);
/// Each server uses four tokens.
const FIRST_SERVER: usize = 16;
/// Each client uses two tokens.
const FIRST_CLIENT: usize = 1 << 16;
/// Each listening socket uses one token, above those of all clients.
const FIRST_LISTENER: usize = 1 << 40;

/// A descriptor of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerSource {
    Process,
    /// The standard output (0) or the standard error (1).
    Stream(usize),
    /// The tracer of its system calls.
    Calls,
}

/// The owner of a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenOwner {
    Server(ServerId, ServerSource),
    /// The socket of a client.
    Client(ClientId),
    /// The catcher of stray datagrams of a client.
    Catcher(ClientId),
    /// A listening socket of socklab.
    Listener(ListenerId),
}

/// Returns the token of a descriptor.
pub(super) const fn token_of(owner: TokenOwner) -> Token {
    Token(match owner {
        TokenOwner::Server(id, source) => {
            let n = match source {
                ServerSource::Process => 0,
                ServerSource::Stream(n) => 1 + n,
                ServerSource::Calls => 3,
            };
            FIRST_SERVER + id.0 as usize * 4 + n
        }
        TokenOwner::Client(id) => FIRST_CLIENT + id.0 as usize * 2,
        TokenOwner::Catcher(id) => FIRST_CLIENT + id.0 as usize * 2 + 1,
        TokenOwner::Listener(id) => FIRST_LISTENER + id.0 as usize,
    })
}

/// Returns the owner of a descriptor of a server, client or listener.
pub(super) fn owner_of(Token(n): Token) -> Option<TokenOwner> {
    if let Some(place) = n.checked_sub(FIRST_LISTENER) {
        return Some(TokenOwner::Listener(ListenerId(u32::try_from(place).ok()?)));
    }
    if let Some(place) = n.checked_sub(FIRST_CLIENT) {
        let id = ClientId(u32::try_from(place / 2).ok()?);
        return Some(if place % 2 == 1 { TokenOwner::Catcher(id) } else { TokenOwner::Client(id) });
    }
    let place = n.checked_sub(FIRST_SERVER)?;
    let source = match place % 4 {
        0 => ServerSource::Process,
        3 => ServerSource::Calls,
        stream => ServerSource::Stream(stream - 1),
    };
    Some(TokenOwner::Server(ServerId(u32::try_from(place / 4).ok()?), source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_leads_back_to_its_owner() {
        let sources = [ServerSource::Process, ServerSource::Stream(0), ServerSource::Stream(1), ServerSource::Calls];
        for k in [0, 1, 9999] {
            for owner in sources.map(|source| TokenOwner::Server(ServerId(k), source)) {
                assert_eq!(owner_of(token_of(owner)), Some(owner));
            }
            for owner in [TokenOwner::Client(ClientId(k + 1)), TokenOwner::Catcher(ClientId(k + 1))] {
                assert_eq!(owner_of(token_of(owner)), Some(owner));
            }
            let listener = TokenOwner::Listener(ListenerId(k));
            assert_eq!(owner_of(token_of(listener)), Some(listener));
        }
        assert!([LIFELINE, TICK, PACKETS, CHILDREN].into_iter().all(|token| owner_of(token).is_none()));
    }
}
