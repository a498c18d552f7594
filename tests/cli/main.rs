//! The real binary, as its owner runs it: what it prints, what it refuses, how it starts and stops.

mod backup;
mod control;
mod doctor;
mod home;
mod logs;
mod mail_server;
mod owners;
mod provider;
mod proxy;
mod reading;
mod sites;
mod starting;
mod stopping;
