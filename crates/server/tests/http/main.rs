//! The server's HTTP side, whole and in process: real sockets, a real journal in a temporary folder.

mod api;
mod health;
mod intake;
mod site;
mod status;
mod tickets;
