//! What can be typed after `afterword`. The comments here are what `--help` shows.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

/// The conversation after the article: a self-hosted commenting system.
///
/// Without a command, the server starts. It reads afterword.toml beside it, if there is one, and environment variables
/// such as AFTERWORD_SERVER__BASE_URL over that. Commands that change something go through the running server, or
/// open the data file themselves if none is running.
#[derive(Debug, Parser)]
#[command(name = "afterword", version, max_term_width = 100)]
pub struct Arguments {
    /// The configuration file [default: afterword.toml, if it is there]
    #[arg(long, short, global = true, value_name = "FILE", env = "AFTERWORD_CONFIG", hide_env = true)]
    pub config: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server (what happens without a command)
    Serve(Serve),
    /// Add, list, show and change sites
    #[command(subcommand, arg_required_else_help = true)]
    Site(SiteCommand),
    /// Add an owner, or print a link that signs one in
    #[command(subcommand, arg_required_else_help = true)]
    Owner(OwnerCommand),
    /// Show where somebody is signed in, and sign them out
    #[command(subcommand, arg_required_else_help = true)]
    Account(AccountCommand),
    /// Print the configuration in effect, secrets masked
    Config,
    /// Check configuration, data file, disk and mail, and say what to do
    Doctor(Doctor),
    /// Bring the data file to this version's schema (the server does so by itself when it starts)
    Migrate(Migrate),
    /// Write everything to one file, while the server runs: compressed, sealed, complete
    Backup(Backup),
    /// Bring a backup into an empty data directory
    Restore(Restore),
    /// Write everything as documented lines of JSON: the way out
    Export(Export),
    /// Bring an export into an empty data directory
    Import(Import),
    /// Copy the data file afresh, so that nothing deleted remains in it: now, or at the running server's next start
    Compact,
    /// Ask the server whether it is well; for health checks of containers
    Health,
    /// Show it all: an article with comments, its dashboard and a mailbox, on this machine only
    Demo(super::demo::Arguments),
}

#[derive(Debug, Default, Args)]
pub struct Serve {
    /// Commits every write by itself: the benchmark's other side.
    #[arg(long, hide = true)]
    pub one_commit_per_unit: bool,
}

#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add a site and print the tag to embed
    Add(NewSite),
    /// List all sites
    List,
    /// Show a site's settings and the tag to embed
    Show {
        /// The site's key
        key: String,
    },
    /// Change a site; what is not named stays as it is
    Set(SiteEdit),
    /// Show or change a site's single sign-on: its own members, signed in by a token that it signs
    Sso(SsoEdit),
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SsoEdit {
    /// The site's key
    pub key: String,
    /// Switch it on, or replace the key: print a new secret for the site to sign with (HS256), once
    #[arg(long, conflicts_with_all = ["public_key", "end_previous", "roles", "off"])]
    pub new_secret: bool,
    /// The same with a key pair: the file has the public half (PEM; Ed25519 or ECDSA P-256)
    #[arg(long, value_name = "FILE", value_parser = key_file, conflicts_with_all = ["end_previous", "roles", "off"])]
    pub public_key: Option<String>,
    /// Take the key before the current one no more; by itself that happens after a week
    #[arg(long, conflicts_with_all = ["roles", "off"])]
    pub end_previous: bool,
    /// Let tokens make somebody a viewer or a moderator
    #[arg(long, value_name = "on|off", hide_possible_values = true, conflicts_with = "off")]
    pub roles: Option<Switch>,
    /// Switch it off, which ends the sessions it began
    #[arg(long)]
    pub off: bool,
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct NewSite {
    /// A short name for `data-site`: 1 to 40 of a-z, 0-9 and inner hyphens
    pub key: String,
    /// The name readers see [default: the key]
    #[arg(long)]
    pub name: Option<String>,
    /// Where its pages live, such as https://blog.example; may be given again
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
    /// Take pages on localhost as well, for 30 days
    #[arg(long)]
    pub development: bool,
    /// The owner's address [default: the only operator]
    #[arg(long, value_name = "EMAIL")]
    pub owner: Option<String>,
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SiteEdit {
    /// The site's key
    pub key: String,
    /// The name readers see
    #[arg(long)]
    pub name: Option<String>,
    /// All origins anew; may be given again
    #[arg(long = "origin", value_name = "ORIGIN", conflicts_with_all = ["add_origins", "remove_origins"])]
    pub origins: Vec<String>,
    /// One more origin; may be given again
    #[arg(long = "add-origin", value_name = "ORIGIN")]
    pub add_origins: Vec<String>,
    /// One origin less; may be given again
    #[arg(long = "remove-origin", value_name = "ORIGIN")]
    pub remove_origins: Vec<String>,
    /// Take pages on localhost as well, for 30 days from now
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub development: Option<Switch>,
    /// Let people comment without an account
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub guests: Option<Switch>,
    /// Have a guest's browser work a moment before each comment, which keeps robots out
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub guest_proof: Option<Switch>,
    /// Show and take likes
    #[arg(long, value_name = "on|off", hide_possible_values = true)]
    pub likes: Option<Switch>,
    /// How long a comment may be, in characters
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=40_000))]
    pub body_max_chars: Option<u32>,
    /// How long authors may edit what they wrote, in minutes
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=525_600))]
    pub edit_minutes: Option<u32>,
    /// From how many links on a comment waits for approval
    #[arg(long, value_name = "NUMBER")]
    pub hold_links: Option<u32>,
    /// What tells pages apart: their path, or the whole address with its origin
    #[arg(long, value_name = "path|url", hide_possible_values = true)]
    pub page_identity: Option<Identity>,
    /// Query parameters that tell pages apart, with commas between; "" for none
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub keep_query: Option<Vec<String>>,
}

/// What the file says: it is here, and the server that takes the order may be elsewhere.
fn key_file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|fault| fault.to_string())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    pub fn is_on(self) -> bool {
        self == Switch::On
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Identity {
    Path,
    Url,
}

#[derive(Debug, Subcommand)]
pub enum OwnerCommand {
    /// Add an owner, or make the account with this address one, and print a sign-in link
    Add(NewOwner),
    /// Print a link that signs an owner in to the dashboard, or sets up the first one
    Link {
        /// Whose link, if there are several owners
        #[arg(long, value_name = "EMAIL")]
        email: Option<String>,
        /// Turn their second factor off, because the authenticator and the recovery codes are lost
        #[arg(long)]
        forget_second_factor: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// List the browsers somebody is signed in with
    Sessions(Whose),
    /// Sign somebody out, everywhere or in one browser
    SignOut(SignOut),
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Whose {
    /// Their address, or the id of their account
    #[arg(value_name = "EMAIL|ID")]
    pub account: String,
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SignOut {
    /// Their address, or the id of their account
    #[arg(value_name = "EMAIL|ID")]
    pub account: String,
    /// Only the session of this id, as `sessions` lists it
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
}

#[derive(Debug, Args, Serialize, Deserialize)]
pub struct NewOwner {
    /// The name readers see
    #[arg(long)]
    pub name: String,
    /// Their address, for signing in
    #[arg(long)]
    pub email: String,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Write counters and indexes anew where they differ from what is counted
    #[arg(long)]
    pub repair: bool,
    /// Send a test mail and show the mail server's own answer
    #[arg(long, value_name = "ADDRESS")]
    pub send_test_mail: Option<String>,
}

#[derive(Debug, Args)]
pub struct Backup {
    /// Where to; "-" for standard output
    pub file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub replace: bool,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// What `afterword backup` wrote
    pub file: PathBuf,
    /// Only look whether the backup is whole; writes nothing
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Where to; "-" for standard output
    #[arg(default_value = "-")]
    pub file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub replace: bool,
    /// Print the digest of everything, and write nothing
    #[arg(long, conflicts_with_all = ["file", "replace"])]
    pub digest: bool,
}

#[derive(Debug, Args)]
pub struct Import {
    /// What `afterword export` wrote; "-" for standard input
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Migrate {
    /// Only tell what would run
    #[arg(long)]
    pub check: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn keep_query_can_be_emptied() {
        let arguments =
            Arguments::try_parse_from(["afterword", "site", "set", "blog", "--keep-query", "p,id"]);
        let Ok(Arguments { command: Some(Command::Site(SiteCommand::Set(edit))), .. }) = arguments else {
            panic!("{arguments:?}")
        };
        assert_eq!(edit.keep_query, Some(vec!["p".to_owned(), "id".to_owned()]));
    }
}
