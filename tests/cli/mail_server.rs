//! A mail server with one thing to say, so that a test can look for it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Takes every mail and answers `takes`, or refuses recipients with `refuses`.
pub struct MailServer {
    pub address: SocketAddr,
    pub mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start(takes: &'static str, refuses: Option<&'static str>) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mails = Arc::new(Mutex::new(vec![]));
        let taken = mails.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = taken.clone();
                std::thread::spawn(move || converse(stream, takes, refuses, &taken));
            }
        });
        MailServer { address, mails }
    }
}

fn converse(
    mut stream: TcpStream,
    takes: &str,
    refuses: Option<&str>,
    taken: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 mail.test ready")?;
    while let Some(Ok(line)) = lines.next() {
        match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => say("250-mail.test\r\n250 8BITMIME")?,
            "RCPT" => say(refuses.unwrap_or("250 fine"))?,
            "DATA" => {
                say("354 go on")?;
                let mail: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                taken.lock().expect("not poisoned").push(mail.join("\n"));
                say(takes)?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 fine")?,
        }
    }
    Some(())
}
