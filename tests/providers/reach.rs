//! What the client dials: the public internet, and the origins that an owner wrote (SECURITY 44, 74).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use afterword::outside::http::names::Names;
use afterword::outside::http::{Http, HttpError, MAX_ANSWER_BYTES, Parts, Request};
use async_trait::async_trait;
use url::Url;

/// Says of every name what the test wants, one list after the other, and counts who asks.
struct Says {
    lists: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Names for Says {
    async fn look_up(&self, _host: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.lists[turn.min(self.lists.len() - 1)].clone())
    }
}

fn http(lists: &[&[&str]]) -> (Http, Arc<Says>) {
    let lists = lists.iter().map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
    let says = Arc::new(Says { lists, asked: AtomicUsize::new(0) });
    let parts = Parts { names: says.clone(), deadline: Duration::from_secs(20) };
    (Http::with("https://comments.example", parts).unwrap(), says)
}

fn get(url: &str) -> Request {
    let mut request = Request::new(Vec::new());
    *request.uri_mut() = url.parse().unwrap();
    request
}

/// Listens here, and says whether anybody came.
struct Trap(tokio::net::TcpListener);

impl Trap {
    async fn set() -> Trap {
        Trap(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    async fn is_untouched(&self) -> bool {
        use futures_util::FutureExt as _;
        self.0.accept().now_or_never().is_none()
    }
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_dialled() {
    let trap = Trap::set().await;
    for address in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "::ffff:127.0.0.1",
        "fd00::1",
        "fe80::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ] {
        let (http, says) = http(&[&[address]]);
        let asked = http.send(get(&format!("https://social.example:{}/x?secret", trap.port()))).await;
        assert_eq!(asked.unwrap_err(), HttpError::NotPublic("social.example".into()), "{address}");
        assert_eq!(says.asked.load(Ordering::SeqCst), 1);
    }
    assert!(trap.is_untouched().await);
}

#[tokio::test]
async fn a_literal_private_address_is_not_dialled_however_it_is_written() {
    let trap = Trap::set().await;
    let (http, says) = http(&[&["127.0.0.1"]]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "2130706433",
        "0x7f000001",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "169.254.169.254",
        "10.1.2.3",
    ] {
        let url = format!("https://{host}:{}/", trap.port());
        let fault = http.send(get(&url)).await.unwrap_err();
        assert!(matches!(fault, HttpError::NotPublic(_)), "{host}: {fault:?}");
        assert!(http.allows(&Url::parse(&url).unwrap()).is_err(), "{host}");
    }
    assert!(trap.is_untouched().await);
    assert_eq!(says.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_what_was_found_is_dialled() {
    // DNS rebinding: another answer to a second question. There is no second question. (A configured origin, because a
    // test can dial only this machine; the connector is the same.)
    let idp = crate::idp::Idp::start(Arc::new(|| 1_790_000_000)).await;
    let (http, says) = http(&[&["127.0.0.1"], &["240.0.0.1"]]);
    let port = Url::parse(&idp.state.base).unwrap().port().unwrap();
    let url = format!("http://social.example:{port}/_seen");
    let open = http.reaching(&Url::parse(&url).unwrap());
    assert_eq!(open.send(get(&url)).await.unwrap().status(), 200);
    assert_eq!(says.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_but_https_is_spoken_to_who_was_not_configured() {
    let trap = Trap::set().await;
    let (http, _) = http(&[&["127.0.0.1"]]);
    let fault = http.send(get(&format!("http://social.example:{}/", trap.port()))).await.unwrap_err();
    assert_eq!(fault, HttpError::NotHttps("social.example".into()));
    for url in ["https://ada:secret@social.example/", "ftp://social.example/", "file:///etc/passwd"] {
        assert!(http.allows(&Url::parse(url).unwrap()).is_err(), "{url}");
    }
    assert!(trap.is_untouched().await);
}

#[tokio::test]
async fn an_owner_opens_one_origin_and_nothing_beside_it() {
    let idp = crate::idp::Idp::start(Arc::new(|| 1_790_000_000)).await;
    let trap = Trap::set().await;
    let (http, _) = http(&[&["127.0.0.1"]]);
    let base = Url::parse(&idp.base("oidc")).unwrap();
    let open = http.reaching(&base);
    let url = format!("{base}/.well-known/openid-configuration");
    assert_eq!(open.send(get(&url)).await.unwrap().status(), 200);
    // The client that a person's word goes to is another.
    assert!(http.send(get(&url)).await.is_err());
    for beside in [
        format!("http://127.0.0.1:{}/", trap.port()),
        format!("https://127.0.0.1:{}/", trap.port()),
        format!("http://localhost:{}/", base.port().unwrap()),
        format!("https://127.0.0.1:{}/", base.port().unwrap()),
    ] {
        assert!(open.send(get(&beside)).await.is_err(), "{beside}");
    }
    assert!(trap.is_untouched().await);
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    // Whether there is one cannot be set here: a process has one environment. That none is asked is seen from a child.
    let trap = Trap::set().await;
    let me = std::env::current_exe().unwrap();
    let proxy = format!("http://127.0.0.1:{}", trap.port());
    let child = std::process::Command::new(me)
        .args(["reach::an_owner_opens_one_origin_and_nothing_beside_it", "--exact"])
        .env("http_proxy", &proxy)
        .env("HTTP_PROXY", &proxy)
        .env("https_proxy", &proxy)
        .env("ALL_PROXY", &proxy)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(trap.is_untouched().await);
}

#[tokio::test]
async fn a_length_that_lies_changes_nothing() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let trap = Trap::set().await;
    let url = format!("http://127.0.0.1:{}/", trap.port());
    let open = http(&[&["127.0.0.1"]]).0.reaching(&Url::parse(&url).unwrap());
    for (length, body, is_taken) in
        [("5", "hello and more", true), ("300000", "x", false), ("50", "short", false)]
    {
        let answered = async {
            let (mut stream, _) = trap.0.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let (asked, ()) = tokio::join!(open.send(get(&url)), answered);
        assert_eq!(asked.is_ok(), is_taken, "{length}: {asked:?}");
    }
}

#[tokio::test]
async fn an_answer_is_taken_up_to_256_kib_and_not_a_byte_further() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let trap = Trap::set().await;
    let url = format!("http://127.0.0.1:{}/", trap.port());
    let open = http(&[&["127.0.0.1"]]).0.reaching(&Url::parse(&url).unwrap());
    for (bytes, is_taken) in [(MAX_ANSWER_BYTES, true), (MAX_ANSWER_BYTES + 1, false)] {
        for says_length in [true, false] {
            let answered = async {
                let (mut stream, _) = trap.0.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await.unwrap();
                let length = if says_length { format!("content-length: {bytes}\r\n") } else { String::new() };
                let head = format!("HTTP/1.1 200 OK\r\n{length}connection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                // The other side may hang up in the middle.
                let _ = stream.write_all(&vec![b' '; bytes]).await;
            };
            let (asked, ()) = tokio::join!(open.send(get(&url)), answered);
            assert_eq!(asked.is_ok(), is_taken, "{bytes} {says_length}");
        }
    }
}
