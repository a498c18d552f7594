//! Whether time tells known addresses from unknown ones. Each known one is asked about right beside an unknown one, in
//! turns, and what counts is the difference of the two: whatever else the machine does meets both.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Connection;
use crate::people;
use crate::seeds::ORIGIN;
use crate::{judge, tell};

const PAIRS: usize = 300;
const BAR_MS: f64 = 5.0;

pub async fn measure(address: SocketAddr) -> anyhow::Result<()> {
    let (mut connection, popup) = people::arrive(address).await?;
    let popup = &popup;
    compare("a password in the popup", &mut connection, 403, |email, _| {
        popup.password(email, "not the right password")
    })
    .await?;
    compare("a password for the dashboard", &mut connection, 403, |email, _| {
        let sent = json!({ "email": email, "password": "not the right password" });
        people::own(address, "/dashboard/sign-in", "", &sent)
    })
    .await?;
    compare("a code by mail", &mut connection, 202, |email, turn| {
        let sent = json!({ "email": email, "challenge": people::challenge(&turn.to_string()) });
        people::post("/api/v1/sites/bench/auth/email", &[("Origin", ORIGIN)], &sent)
    })
    .await?;
    compare("a link by mail", &mut connection, 202, |email, _| {
        popup.send("/auth/popup/mail", json!({ "email": email }))
    })
    .await
}

async fn compare(
    what: &str,
    connection: &mut Connection,
    status: u16,
    request: impl Fn(&str, usize) -> Vec<u8>,
) -> anyhow::Result<()> {
    let (mut known, mut unknown, mut differences) = (Vec::new(), Vec::new(), Vec::new());
    let mut bodies = Vec::new();
    for turn in 0..PAIRS {
        let mut pair = [Duration::ZERO; 2];
        // Whoever comes second may find something warm: each comes first as often.
        let order = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let email = if which == 0 { people::known(turn) } else { people::unknown(turn) };
            let bytes = request(&email, turn * 2 + which);
            let began = Instant::now();
            let answer = connection.ask(&bytes, true).await?;
            pair[which] = began.elapsed();
            anyhow::ensure!(answer.status == status, "{what}: {}", answer.head);
            // Some answers have no body.
            let mut body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if let Some(body) = body.as_object_mut() {
                body.remove("request_id");
            }
            bodies.push(body);
        }
        known.push(milliseconds(pair[0]));
        unknown.push(milliseconds(pair[1]));
        differences.push(milliseconds(pair[0]) - milliseconds(pair[1]));
    }
    bodies.dedup();
    anyhow::ensure!(bodies.len() == 1, "{what}: answers differ: {bodies:?}");
    tell(&format!("{what}: median of known"), format!("{:.2} ms", median(known)));
    tell(&format!("{what}: median of unknown"), format!("{:.2} ms", median(unknown)));
    let difference = median(differences);
    judge(
        &format!("{what}: {PAIRS} + {PAIRS} samples"),
        format!("{difference:+.3} ms"),
        "< 5 ms",
        difference.abs() < BAR_MS,
    );
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
