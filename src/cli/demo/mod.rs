//! `afterword demo`: see below.
pub mod magazine;
pub mod seeds;

#[derive(Debug, Default, clap::Args)]
pub struct Arguments {}

pub async fn run(_: Arguments) -> anyhow::Result<()> {
    anyhow::bail!("the demo is being built")
}
