//! Everything that can be set: its name, what it takes, its default and what it is for.
//!
//! `config.example.toml` is [`example`], held by a test; so the words here are what owners read.

pub mod providers;

/// One thing that can be set.
#[derive(Debug)]
pub struct Key {
    /// `section.key`, `section.group.key` for the parts of a rate, or `providers.*.key`.
    pub name: &'static str,
    pub form: Form,
    /// As TOML; `None` if it is not set unless somebody sets it.
    pub default: Option<&'static str>,
    /// As TOML: what the example shows where there is no default.
    pub example: &'static str,
    pub secret: bool,
    pub doc: &'static str,
}

/// How a value is written in TOML; in a variable it is text, a list's items apart by commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Whole,
    Flag,
    List,
}

impl Key {
    const fn new(name: &'static str, form: Form, default: &'static str, doc: &'static str) -> Key {
        Key { name, form, default: Some(default), example: default, secret: false, doc }
    }

    const fn unset(name: &'static str, form: Form, example: &'static str, doc: &'static str) -> Key {
        Key { name, form, default: None, example, secret: false, doc }
    }

    const fn secret(self) -> Key {
        Key { secret: true, ..self }
    }

    pub fn section(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// `base_url` of `server.base_url`.
    pub fn last(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// The environment variable that sets it: `AFTERWORD_SERVER__BASE_URL`.
    pub fn variable(&self) -> String {
        variable(self.name)
    }
}

pub const VARIABLE_PREFIX: &str = "AFTERWORD_";

/// The environment variable that sets what is called `name` in the file. A name there has either hyphens (of a
/// provider's section) or underscores, so that nothing is lost.
pub fn variable(name: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", name.replace('.', "__").replace('-', "_").to_uppercase())
}

/// What a variable is called in the file, its prefix gone: `PROVIDERS__WORDPRESS_COM__CLIENT_ID`.
pub fn named_by_variable(rest: &str) -> String {
    let name = rest.to_lowercase().replace("__", ".");
    match name.strip_prefix("providers.").and_then(|rest| rest.split_once('.')) {
        Some((section, key)) => format!("providers.{}.{key}", section.replace('_', "-")),
        None => name,
    }
}

pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name).or_else(|| providers::find(name))
}

pub const SECTIONS: [(&str, &str); 6] = [
    ("server", "Where the server listens and how browsers reach it."),
    ("storage", "The data directory: one file holds everything."),
    (
        "mail",
        "How mail is sent. Without a host none is: sign-in by e-mail is hidden then, and people sign in otherwise.",
    ),
    (providers::SECTION, providers::DOC),
    (
        "limits",
        "How often somebody may do something: so many at once (burst), then one more every so often. Kept in memory.",
    ),
    ("log", "What is written to standard error."),
];

pub const KEYS: [Key; 37] = [
    Key::new("server.listen", Form::Text, r#""127.0.0.1:8080""#, "Address and port to listen on."),
    Key::unset(
        "server.base_url",
        Form::Text,
        r#""https://comments.example.org""#,
        "The address under which browsers reach this server; it may carry a path (https://example.org/comments).\n\
         Must be given in production: links in mails and the embed tag are made from it. http://localhost otherwise.",
    ),
    Key::new(
        "server.allow_plain_http",
        Form::Flag,
        "false",
        "Take a base_url with http:// although it is not on this machine. Sign-ins can be overheard then.",
    ),
    Key::new(
        "server.trusted_proxies",
        Form::List,
        r#"["127.0.0.0/8", "::1"]"#,
        "Reverse proxies whose X-Forwarded-For is believed: addresses or blocks such as 10.0.0.0/8.",
    ),
    Key::new(
        "server.max_connections",
        Form::Whole,
        "12000",
        "Connections open at once; more of them wait. On HTTP/2 also requests beside the first of each; more are refused.",
    ),
    Key::new(
        "server.header_timeout",
        Form::Text,
        r#""10s""#,
        "How long a request's header may take to arrive.",
    ),
    Key::new("server.body_timeout", Form::Text, r#""12s""#, "How long a request's body may take to arrive."),
    Key::new(
        "server.idle_timeout",
        Form::Text,
        r#""60s""#,
        "How long a connection may lie idle between requests.",
    ),
    Key::new(
        "server.drain_timeout",
        Form::Text,
        r#""9s""#,
        "How long accepted requests may take to finish when the server is told to stop. What stops it may kill it after ten.",
    ),
    Key::new("server.page_cache", Form::Text, r#""64 MiB""#, "Memory for rendered pages."),
    Key::new(
        "storage.directory",
        Form::Text,
        r#""./afterword-data""#,
        "Where the data file lies. Made if need be; back this directory up.",
    ),
    Key::new("storage.cache", Form::Text, r#""64 MiB""#, "Memory for parts of the data file."),
    Key::new(
        "storage.reserve",
        Form::Text,
        r#""64 MiB""#,
        "Writes are refused, and reading goes on, when less than this is free on the disk.",
    ),
    Key::unset("mail.host", Form::Text, r#""smtp.example.org""#, "The mail server that takes our mails."),
    Key::unset(
        "mail.port",
        Form::Whole,
        "587",
        "Its port. By default 465 for tls, 587 for starttls, 25 for none.",
    ),
    Key::new(
        "mail.encryption",
        Form::Text,
        r#""starttls""#,
        "\"tls\" from the first byte, \"starttls\" (required: nothing is sent without), or \"none\" for a relay on this\n\
         machine or network.",
    ),
    Key::unset(
        "mail.ca_file",
        Form::Text,
        r#""/etc/ssl/our-ca.pem""#,
        "Certificates (PEM) to trust besides the system's, for a mail server with a certificate of its own.",
    ),
    Key::unset("mail.username", Form::Text, r#""afterword""#, "Who we are to the mail server, if it asks."),
    Key::unset("mail.password", Form::Text, r#""secret""#, "And the password; better kept in a file.")
        .secret(),
    Key::unset(
        "mail.password_file",
        Form::Text,
        r#""/run/secrets/mail-password""#,
        "A file that holds the password and nothing else.",
    ),
    Key::unset(
        "mail.from",
        Form::Text,
        r#""comments@example.org""#,
        "The address mails come from. Needed if host is set; the mail server must let us use it.",
    ),
    Key::new("mail.from_name", Form::Text, r#""Comments""#, "The name mails come from."),
    Key::new("limits.write.burst", Form::Whole, "5", "Comments and edits, per author."),
    Key::new("limits.write.every", Form::Text, r#""12s""#, ""),
    Key::new("limits.vote.burst", Form::Whole, "30", "Likes, per account."),
    Key::new("limits.vote.every", Form::Text, r#""2s""#, ""),
    Key::new(
        "limits.address.burst",
        Form::Whole,
        "120",
        "Everything that writes, per address (for IPv6 its first 64 bits).",
    ),
    Key::new("limits.address.every", Form::Text, r#""200ms""#, ""),
    Key::new("limits.sign_in_mail.burst", Form::Whole, "3", "Sign-in mails, per recipient."),
    Key::new("limits.sign_in_mail.every", Form::Text, r#""30m""#, ""),
    Key::new("limits.sign_in.burst", Form::Whole, "10", "Attempts to sign in, per address and per account."),
    Key::new("limits.sign_in.every", Form::Text, r#""30s""#, ""),
    Key::new("limits.preview.burst", Form::Whole, "30", "Previews, per address."),
    Key::new("limits.preview.every", Form::Text, r#""1s""#, ""),
    Key::new("log.format", Form::Text, r#""text""#, "\"text\" for people, \"json\" for machines."),
    Key::new(
        "log.filter",
        Form::Text,
        r#""info""#,
        "What is worth a line: error, warn, info, debug; for one part only: info,afterword::jobs=debug.",
    ),
    Key::new(
        "log.access",
        Form::Flag,
        "true",
        "One line for every request (routes, never addresses or tokens).",
    ),
];

/// `config.example.toml`: every key with its default; those without one are shown as comments.
pub fn example() -> String {
    let mut out = String::from(
        "# Afterword's configuration, with everything that can be set at its default.\n\
         # Every key can also be set by an environment variable, which wins over this file: AFTERWORD_SECTION__KEY,\n\
         # for example AFTERWORD_SERVER__BASE_URL. An empty variable counts as not set. `afterword config` shows what\n\
         # is in force and where it came from.\n",
    );
    for (section, doc) in SECTIONS {
        if section == providers::SECTION {
            out.push_str(&format!("\n{}", providers::example()));
            continue;
        }
        out.push_str(&format!("\n# {doc}\n[{section}]\n"));
        for lines in parts_of(section) {
            out.push_str(&lines);
        }
    }
    out
}

/// The lines of each key; the parts of a rate stand on one line.
fn parts_of(section: &str) -> Vec<String> {
    let keys: Vec<&Key> = KEYS.iter().filter(|key| key.section() == section).collect();
    let group = |key: &Key| key.name.rsplit_once('.').map_or("", |(group, _)| group);
    keys.chunk_by(|a, b| group(a) == group(b) && group(a) != section)
        .map(|parts| {
            let key = parts[0];
            let doc: String = key.doc.lines().map(|line| format!("# {line}\n")).collect();
            let value = if group(key) == section {
                let mark = if key.default.is_some() { "" } else { "#" };
                format!("{mark}{} = {}", key.last(), key.default.unwrap_or(key.example))
            } else {
                let inner: Vec<String> =
                    parts.iter().map(|part| format!("{} = {}", part.last(), part.example)).collect();
                let name = group(key).rsplit('.').next().unwrap_or_default();
                format!("{name} = {{ {} }}", inner.join(", "))
            };
            format!("{doc}{value}\n")
        })
        .collect()
}
