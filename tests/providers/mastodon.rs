//! Mastodon: a server that somebody types, which may be anything (SECURITY 44).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use afterword::config::providers::ProviderKind;
use afterword::outside::http::names::Names;
use afterword::outside::http::{Http, Parts};
use afterword::outside::providers::{Back, Departure, Provider, ProviderError, Sent};
use async_trait::async_trait;

use crate::idp::{Switch, browser};
use crate::world::World;

/// One at which people type their server, and which may reach the one on this machine.
fn typed(world: &World) -> Arc<dyn Provider> {
    let mut settings = world.settings(ProviderKind::Mastodon, "mastodon");
    settings.base_url = None;
    let here = world.idp.state.base.parse().expect("an address");
    world.built_with(&settings, &world.http.reaching(&here))
}

async fn begin(
    world: &World,
    provider: &dyn Provider,
    server: &str,
) -> Result<(Departure, Sent), ProviderError> {
    let mut departure = world.departure(provider);
    departure.server = Some(server.to_owned());
    let sent = provider.begin(&departure).await?;
    Ok((departure, sent))
}

fn registrations(world: &World) -> usize {
    world.idp.seen("/api/v1/apps").len()
}

#[tokio::test]
async fn somebody_signs_in_at_the_server_they_name_under_which_we_register_once() {
    let world = World::new().await;
    let provider = typed(&world);
    assert!(provider.asks_for_server());
    let base = world.idp.state.base.clone();
    for spelled in [base.clone(), format!("{base}/@ada"), format!(" {base}/ ")] {
        let (departure, sent) = begin(&world, &*provider, &spelled).await.unwrap();
        assert!(sent.location.as_str().starts_with(&format!("{base}/oauth/authorize?")), "{}", sent.location);
        assert!(sent.location.query_pairs().any(|pair| pair == ("scope".into(), "profile".into())));
        let back = browser::consent(&sent.location).await;
        let profile = provider.finish(&departure, &sent.memo, back).await.unwrap();
        assert_eq!(
            (profile.identity.issuer.as_str(), profile.identity.subject.as_str()),
            (base.as_str(), "20417")
        );
        assert_eq!(profile.email, None);
    }
    assert_eq!(registrations(&world), 1);
    let asked = world.idp.seen("/api/v1/apps").pop().unwrap().body;
    assert!(asked.contains("redirect_uris=https%3A%2F%2Fcomments.example%2Fauth%2Fcb%2Fmastodon"), "{asked}");
    world.forward(Duration::from_secs(8 * 86_400));
    begin(&world, &*provider, &base).await.unwrap();
    assert_eq!(registrations(&world), 2, "after a week, anew");
}

#[tokio::test]
async fn a_server_before_4_3_is_asked_for_what_it_knows() {
    let world = World::new().await;
    world.idp.turn_on(Switch::OldMastodon);
    let provider = typed(&world);
    let (departure, sent) = begin(&world, &*provider, &world.idp.state.base).await.unwrap();
    let query = sent.location.query().unwrap();
    assert!(query.contains("scope=read%3Aaccounts") && !query.contains("code_challenge"), "{query}");
    let back = browser::consent(&sent.location).await;
    assert!(provider.finish(&departure, &sent.memo, back).await.is_ok());
}

#[tokio::test]
async fn only_https_servers_on_the_public_internet_are_asked() {
    let world = World::new().await;
    let mut settings = world.settings(ProviderKind::Mastodon, "mastodon");
    settings.base_url = None;
    // The same without leave to reach this machine.
    let provider = world.built(&settings);
    let port = world.idp.state.base.rsplit(':').next().unwrap();
    for server in [
        world.idp.state.base.clone(),
        format!("127.0.0.1:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("[::1]:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("2130706433:{port}"),
        format!("ada@127.0.0.1:{port}"),
        "169.254.169.254".to_owned(),
        "10.0.0.1".to_owned(),
        "http://mastodon.example".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let result = begin(&world, &*provider, &server).await.map(|(_, sent)| sent);
        assert!(matches!(result, Err(ProviderError::NoSuchServer(_))), "{server}: {result:?}");
    }
    // A name that leads here is found out when it is dialled.
    let result = begin(&world, &*provider, "localhost").await.map(|(_, sent)| sent);
    let why = "not a Mastodon server: localhost is not a server on the public internet";
    assert_eq!(result.unwrap_err().to_string(), why);
    assert!(world.idp.state.seen.lock().unwrap().is_empty(), "nothing came here");
    let untyped = provider.begin(&world.departure(&*provider)).await;
    assert!(matches!(untyped, Err(ProviderError::NoSuchServer(_))), "{untyped:?}");
}

/// Else whoever types a server could have us knock at any port of anybody's machine.
#[tokio::test]
async fn a_server_that_somebody_types_is_asked_at_the_port_of_https_only() {
    let world = World::new().await;
    let mut settings = world.settings(ProviderKind::Mastodon, "mastodon");
    settings.base_url = None;
    let provider = world.built(&settings);
    for server in ["mastodon.example:8443", "https://mastodon.example:22", "ada@mastodon.example:80"] {
        let result = begin(&world, &*provider, server).await.map(|(_, sent)| sent);
        let why = ProviderError::NoSuchServer("expected a server without a port of its own".into());
        assert_eq!(result, Err(why), "{server}");
    }
    // What the operator wrote has the port that they wrote, and no other of that machine.
    let provider = typed(&world);
    let base = world.idp.state.base.clone();
    assert!(begin(&world, &*provider, &base).await.is_ok());
    let host = base.rsplit_once(':').unwrap().0;
    for server in [format!("{host}:1"), format!("{}:1", host.replace("http:", "https:"))] {
        let result = begin(&world, &*provider, &server).await.map(|(_, sent)| sent);
        assert!(matches!(result, Err(ProviderError::NoSuchServer(_))), "{server}: {result:?}");
    }
}

/// Finds nobody, at once.
struct NoNames;

#[async_trait]
impl Names for NoNames {
    async fn look_up(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![])
    }
}

/// A stranger who types five hundred names makes nobody else's server forgotten who comes from there in between.
#[tokio::test]
async fn of_too_many_servers_the_one_is_forgotten_that_was_named_longest_ago() {
    let mut world = World::new().await;
    let parts = Parts { names: Arc::new(NoNames), deadline: Duration::from_secs(20) };
    world.http = Http::with("https://comments.example", parts).expect("a client");
    let provider = typed(&world);
    let base = world.idp.state.base.clone();
    begin(&world, &*provider, &base).await.unwrap();
    // Nobody answers under these names: they take a place each all the same.
    let names = |from: usize, to: usize| (from..to).map(|n| format!("s{n}.example"));
    for server in names(0, 400) {
        assert!(begin(&world, &*provider, &server).await.is_err());
    }
    begin(&world, &*provider, &base).await.unwrap();
    for server in names(400, 800) {
        assert!(begin(&world, &*provider, &server).await.is_err());
    }
    begin(&world, &*provider, &base).await.unwrap();
    assert_eq!(registrations(&world), 1, "it was in use all the time");
    for server in names(800, 1400) {
        assert!(begin(&world, &*provider, &server).await.is_err());
    }
    begin(&world, &*provider, &base).await.unwrap();
    assert_eq!(registrations(&world), 2, "six hundred others came after it");
}

#[tokio::test]
async fn a_server_that_promises_to_say_who_it_is_must_say_it() {
    let world = World::new().await;
    world.idp.turn_on(Switch::IssSent);
    assert!(world.sign_in(&*world.provider(ProviderKind::Mastodon)).await.is_ok());
    world.idp.turn_off(Switch::IssSent);
    let provider = world.provider(ProviderKind::Mastodon);
    let why = world.refuses(&*provider, Switch::IssAdvertisedNotSent).await;
    assert_eq!(why, "the answer does not say from which issuer it comes");
    assert_eq!(world.idp.seen("/mastodon/oauth/token").len(), 1, "the code of the second stays here");
}

#[tokio::test]
async fn a_server_that_says_that_it_is_another_or_is_none_at_all_is_not_gone_to() {
    let world = World::new().await;
    for (switch, why) in [
        (Switch::ServerIsAnother, "the server says that it is another one"),
        (Switch::RegistersNobody, "not a Mastodon server: 127.0.0.1 answered 404"),
    ] {
        let provider = typed(&world);
        world.idp.turn_on(switch);
        let result = begin(&world, &*provider, &world.idp.state.base).await.map(|(_, sent)| sent);
        world.idp.turn_off(switch);
        assert_eq!(result, Err(ProviderError::NoSuchServer(why.into())));
    }
}

#[tokio::test]
async fn a_server_that_forgot_us_is_registered_with_anew_at_the_next_attempt() {
    let world = World::new().await;
    let provider = typed(&world);
    let base = world.idp.state.base.clone();
    let (departure, sent) = begin(&world, &*provider, &base).await.unwrap();
    let back = browser::consent(&sent.location).await;
    world.idp.turn_on(Switch::ClientForgotten);
    assert!(provider.finish(&departure, &sent.memo, back).await.is_err());
    world.idp.turn_off(Switch::ClientForgotten);
    begin(&world, &*provider, &base).await.unwrap();
    assert_eq!(registrations(&world), 2);
}

#[tokio::test]
async fn one_server_s_answer_counts_for_no_other() {
    let world = World::new().await;
    let provider = typed(&world);
    let (departure, sent) = begin(&world, &*provider, &world.idp.state.base).await.unwrap();
    let mut back = browser::consent(&sent.location).await;
    back.iss = Some("https://mastodon.social".into());
    let result = provider.finish(&departure, &sent.memo, back).await;
    assert_eq!(result, Err(ProviderError::Refused("the answer comes from another issuer".into())));
    let lost = provider.finish(&departure, "", Back { code: Some("x".into()), ..Back::default() }).await;
    assert!(matches!(lost, Err(ProviderError::Refused(_))), "{lost:?}");
}

#[tokio::test]
async fn the_owner_may_offer_one_server_and_then_nobody_is_asked_for_theirs() {
    let world = World::new().await;
    let provider = world.provider(ProviderKind::Mastodon);
    assert!(!provider.asks_for_server());
    let (_, sent) = begin(&world, &*provider, "https://evil.example").await.unwrap();
    assert!(sent.location.as_str().starts_with(&world.idp.base("mastodon")), "{}", sent.location);
}
