//! What readers notice of two hundred people who sign in by password at the same moment.

use std::time::Duration;

use crate::rush::{p99, rushes};
use crate::server::Server;
use crate::table::{Figure, Part};
use crate::world::World;
use crate::{people, world};

pub async fn rush(_: &World) -> anyhow::Result<Part> {
    let directory = world::scratch()?;
    crate::seeds::plant(directory.path(), world::COMMENTS, people::WITH_PASSWORD).await?;
    people::give_passwords(directory.path()).await?;
    // Neither network addresses nor recipients are what is measured here.
    let limits =
        [("AFTERWORD_LIMITS__SIGN_IN__BURST", "1000000"), ("AFTERWORD_LIMITS__SIGN_IN__EVERY", "1ms")];
    let server = Server::afterword_with(directory.path(), &[], &limits)?;
    let rushes = rushes(&server).await?;
    let explanation = "\
        Two hundred people sign in by password at the same moment, and come back when they are told to, while eight \
        readers read the cached first page as people do, with pauses. A password costs tens of milliseconds of a core by \
        design; the bar holds that readers do not queue behind it. The reference: the same readers before. `make load` \
        measures signing in itself."
        .to_owned();
    let figure = Figure::new("200 password sign-ins at once: p99 of reads", p99(&rushes.reads))
        .beside("reads alone", p99(&rushes.calm))
        .bar(Duration::from_millis(50));
    Ok(Part::new(explanation, vec![figure]))
}
