//! The server's HTTP side, whole and in process: real sockets, a real journal in a temporary folder.

mod api;
mod channels;
mod health;
mod heartbeats;
mod intake;
mod integrations;
mod mail;
mod meeting;
mod poison;
mod roster;
mod routes;
mod site;
mod status;
mod tickets;
mod watchdog;
