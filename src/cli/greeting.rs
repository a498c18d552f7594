//! What `serve` prints when it is ready: where it is, and what a person has to do next.

use std::net::SocketAddr;

use super::output::say_lines;
use super::owners;
use crate::app::App;

/// Prints it. The first line names the address that was bound, for people and for programs that start the server.
pub async fn say(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    let server = &app.config.server;
    let mut lines = vec![
        format!("Afterword {} listens on http://{address}", env!("CARGO_PKG_VERSION")),
        format!("  base URL  {}", server.base_url.join("")),
        format!("  data      {}", app.config.storage.directory.display()),
        format!("  mail      {}", mail(app)),
    ];
    let sites: Vec<_> = app.store.sites().iter().map(|site| site.key.to_string()).collect();
    lines.push(format!(
        "  sites     {}",
        if sites.is_empty() { "none yet".to_owned() } else { sites.join(", ") }
    ));
    lines.extend(notes(app));
    if !app.store.has_operator().await? {
        lines.push(String::new());
        lines.push(owners::set_up_link(app).await?.to_string());
    }
    say_lines(&lines);
    Ok(())
}

fn mail(app: &App) -> String {
    match &app.mailer {
        None => "off: people cannot sign in by e-mail ([mail] in the configuration turns it on)".to_owned(),
        Some(mailer) => mailer.describe(),
    }
}

/// What works, but not as it should in production.
fn notes(app: &App) -> Vec<String> {
    let server = &app.config.server;
    let mut notes = Vec::new();
    if !app.config.base_url_given && !server.listen.ip().is_loopback() {
        notes.push(
            "server.base_url is not set: readers elsewhere cannot follow links to it, nor load the widget",
        );
    }
    if !server.base_url.is_https() {
        notes.push("over plain http, cookies cannot be Secure: for production, set server.base_url to an https address");
    }
    notes.into_iter().map(|note| format!("  note      {note}")).collect()
}
