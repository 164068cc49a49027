//! socklab verifies socket-programming labs.
