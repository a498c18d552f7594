//! The command line: reads what was typed, wires the parts together, and says in one sentence what went wrong.
//!
//! The only layer that names an engine, a mailer, the machine's clock and chance, and the only one with `anyhow`.

mod accounts;
mod arguments;
mod compact;
mod control;
mod delivery;
pub mod demo;
mod descriptors;
mod doctor;
mod export;
mod greeting;
mod health;
mod import;
mod logging;
pub mod machine;
mod migrate;
mod orders;
mod output;
mod owners;
mod serve;
mod sites;
mod sso;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser;

use crate::config::Config;
use arguments::{Arguments, Command};
use orders::{Order, Outcome};
use output::{complain, say};

/// What the binary does. Exit code 0: done; 1: not done, and standard error says why; 2: the command line made no sense.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            complain(&anyhow::Error::from(fault).context("starting threads"));
            return ExitCode::FAILURE;
        }
    };
    let came_to = runtime.block_on(run(arguments));
    // Whatever still runs on a thread of its own, a long read or the look-up of a name, is not waited for: it would keep
    // a server that was told to stop.
    runtime.shutdown_background();
    match came_to {
        Ok(code) => code,
        Err(fault) => {
            complain(&fault);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = wiring::config(arguments.config.as_deref());
    match arguments.command.unwrap_or(Command::Serve(arguments::Serve::default())) {
        Command::Serve(arguments) => serve::run(config?, arguments).await?,
        Command::Demo(arguments) => demo::run(arguments).await?,
        Command::Site(command) => say(carried_out(config?, command.into()).await?),
        Command::Owner(command) => say(carried_out(config?, command.into()).await?),
        Command::Account(command) => say(carried_out(config?, command.into()).await?),
        Command::Config => say(config?.effective().trim_end()),
        Command::Migrate(arguments) => say(migrate::run(config?, &arguments).await?),
        Command::Backup(arguments) => export::backup(config?, &arguments).await?,
        Command::Restore(arguments) => say(import::restore(config?, arguments).await?),
        Command::Export(arguments) => export::run(config?, &arguments).await?,
        Command::Import(arguments) => say(import::run(config?, arguments).await?),
        Command::Compact => say(compact::run(config?).await?),
        Command::Health => say(health::run(&config?).await?),
        Command::Doctor(arguments) => {
            let is_well = doctor::run(config, arguments).await?;
            return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What there is to show once an order is carried out.
async fn carried_out(config: Config, order: Order) -> anyhow::Result<String> {
    Ok(match control::ask(config, order).await? {
        Outcome::Site(site) => site.to_string(),
        Outcome::Sites(all) => sites::table(&all),
        Outcome::Link(link) => link.to_string(),
        Outcome::Sso(sso) => sso.to_string(),
        Outcome::Sessions(sessions) => sessions.to_string(),
        other => anyhow::bail!("the server answered something else: {other:?}"),
    })
}
