//! The command line: reads what was typed, wires the parts together, and says in one sentence what went wrong.
//!
//! The only layer that names an engine, a mailer, the machine's clock and chance, and the only one with `anyhow`.

mod arguments;
mod control;
pub mod demo;
mod doctor;
mod greeting;
mod health;
mod logging;
pub mod machine;
mod migrate;
mod orders;
mod output;
mod owners;
mod serve;
mod sites;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, OwnerCommand, SiteCommand};
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
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(fault) => {
            complain(&fault);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = wiring::config(arguments.config.as_deref());
    let order = match arguments.command.unwrap_or(Command::Serve(arguments::Serve::default())) {
        Command::Serve(arguments) => {
            serve::run(config?, arguments).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Demo(arguments) => {
            demo::run(arguments).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Config => {
            say(config?.effective().trim_end());
            return Ok(ExitCode::SUCCESS);
        }
        Command::Doctor(arguments) => {
            let healthy = doctor::run(config, arguments).await?;
            return Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::Migrate(arguments) => {
            say(migrate::run(config?, &arguments).await?);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Health => {
            say(health::run(&config?).await?);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Site(SiteCommand::Add(new)) => Order::AddSite(new),
        Command::Site(SiteCommand::List) => Order::ListSites,
        Command::Site(SiteCommand::Show { key }) => Order::ShowSite { key },
        Command::Site(SiteCommand::Set(edit)) => Order::ChangeSite(edit),
        Command::Owner(OwnerCommand::Add(new)) => Order::AddOwner(new),
        Command::Owner(OwnerCommand::Link { email }) => Order::OwnerLink { email },
    };
    match control::ask(config?, order).await? {
        Outcome::Site(site) => say(site),
        Outcome::Sites(all) => say(sites::table(&all)),
        Outcome::Link(link) => say(link),
        other => anyhow::bail!("the server answered something else: {other:?}"),
    }
    Ok(ExitCode::SUCCESS)
}
