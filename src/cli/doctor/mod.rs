//! `afterword doctor`: looks at everything an installation stands on and says what to do about what is wrong.

mod disk;
mod finding;
mod mail;
mod providers;
mod reach;

use anyhow::Result;

use super::arguments;
use super::control;
use super::orders::{AuditFacts, Order, Outcome};
use super::output::say;
use super::wiring;
use crate::config::Config;
use finding::Finding;

/// Prints what was found; true if nothing is wrong.
pub async fn run(config: Result<Config>, arguments: arguments::Doctor) -> Result<bool> {
    let mut healthy = true;
    let mut report = |findings: Vec<Finding>| {
        for finding in findings {
            healthy &= !finding.is_wrong();
            say(finding);
        }
    };
    let config = match config {
        Ok(config) => {
            report(vec![Finding::fine("the configuration is complete")]);
            config
        }
        Err(fault) => {
            report(vec![Finding::wrong(format!("{fault:#}"))]);
            return Ok(false);
        }
    };
    report(reach::look(&config));
    report(disk::look(&config));
    report(data(&config, arguments.repair).await);
    report(providers::look(&config).await);
    report(mail::look(&config, arguments.send_test_mail.as_deref()).await);
    Ok(healthy)
}

/// What the data file holds, and whether it agrees with itself.
async fn data(config: &Config, repair: bool) -> Vec<Finding> {
    if let Err(missing) = wiring::require_data_file(config) {
        return vec![Finding::note(format!("{missing:#}"))];
    }
    match control::ask(config.clone(), Order::Audit { repair }).await {
        Ok(Outcome::Audit(facts)) => audited(config, &facts, repair),
        Ok(other) => {
            vec![Finding::wrong(format!("data file: the server answered something else: {other:?}"))]
        }
        Err(fault) => vec![Finding::wrong(format!("data file: {fault:#}"))],
    }
}

fn audited(config: &Config, facts: &AuditFacts, repaired: bool) -> Vec<Finding> {
    let AuditFacts { sites, threads, comments, accounts, has_operator, differences, only_proxy } = facts;
    let counted = [
        count(*sites, "site"),
        count(*threads, "thread"),
        count(*comments, "comment"),
        count(*accounts, "account"),
    ];
    let mut found = vec![Finding::fine(format!("data file: {}", counted.join(", ")))];
    if differences.is_empty() {
        found.push(Finding::fine("counters and indexes agree with what they count"));
    }
    for difference in differences {
        found.push(if repaired {
            Finding::note(format!("repaired: {difference}"))
        } else {
            Finding::wrong(difference.clone()).do_this("afterword doctor --repair writes it anew")
        });
    }
    if let Some(ip) = only_proxy.filter(|_| !config.server.base_url.is_local()) {
        found.push(
            Finding::wrong(format!("all comments since the start came from {ip}: visitors cannot be told apart, and share their limits"))
                .do_this("add it to server.trusted_proxies, and have the proxy send X-Forwarded-For"),
        );
    }
    if !has_operator {
        found.push(
            Finding::note("nobody owns this instance yet")
                .do_this("afterword owner link prints the set-up link"),
        );
    } else if *sites == 0 {
        found.push(
            Finding::note("there are no sites yet")
                .do_this("afterword site add KEY --origin https://… adds one"),
        );
    }
    found
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
