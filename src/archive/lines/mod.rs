//! What a line says: one entity, as `{"kind":{…}}`. `docs/export-format.md` describes every field, and a test holds it to
//! that.
//!
//! Domain types are taken apart field by field, without `..`: a field that is new there does not compile until it is
//! decided here.

mod belongings;
mod document;
mod people;
mod rest;
mod site;
mod thread;

use serde::{Deserialize, Serialize};

use crate::domain::{Timestamp, TokenHash};
use crate::storage::archive::Entity;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Counter(rest::CounterLine),
    Site(Box<site::SiteLine>),
    RefusedOrigin(site::RefusedOriginLine),
    Account(people::AccountLine),
    Identity(people::IdentityLine),
    Member(people::MemberLine),
    Guest(people::GuestLine),
    Page(thread::PageLine),
    Thread(thread::ThreadLine),
    Comment(Box<thread::CommentLine>),
    Revision(belongings::RevisionLine),
    SentFrom(belongings::SentFromLine),
    Like(belongings::LikeLine),
    Claim(rest::ClaimLine),
    SpentToken(rest::SpentTokenLine),
    Notice(rest::NoticeLine),
    Record(rest::RecordLine),
}

impl Line {
    /// The word that the line begins with.
    pub fn kind(&self) -> &'static str {
        match self {
            Line::Counter(_) => "counter",
            Line::Site(_) => "site",
            Line::RefusedOrigin(_) => "refused_origin",
            Line::Account(_) => "account",
            Line::Identity(_) => "identity",
            Line::Member(_) => "member",
            Line::Guest(_) => "guest",
            Line::Page(_) => "page",
            Line::Thread(_) => "thread",
            Line::Comment(_) => "comment",
            Line::Revision(_) => "revision",
            Line::SentFrom(_) => "sent_from",
            Line::Like(_) => "like",
            Line::Claim(_) => "claim",
            Line::SpentToken(_) => "spent_token",
            Line::Notice(_) => "notice",
            Line::Record(_) => "record",
        }
    }
}

impl From<Entity> for Line {
    fn from(entity: Entity) -> Line {
        match entity {
            Entity::Counter { of, last } => Line::Counter(rest::CounterLine::new(of, last)),
            Entity::Site(site) => Line::Site(Box::new((*site).into())),
            Entity::RefusedOrigin { site, origin, at } => Line::RefusedOrigin(site::RefusedOriginLine {
                site: site.0,
                origin: origin.to_string(),
                at: ms(at),
            }),
            Entity::Account { account, private } => Line::Account(people::AccountLine::new(account, private)),
            Entity::Identity { account, linked } => {
                Line::Identity(people::IdentityLine::new(account, linked))
            }
            Entity::Member(member) => Line::Member(member.into()),
            Entity::Guest { token, guest } => Line::Guest(people::GuestLine::new(token, guest)),
            Entity::Page { site, page, thread } => {
                Line::Page(thread::PageLine { site: site.0, page: page.to_string(), thread: thread.0 })
            }
            Entity::Thread(facts) => Line::Thread(facts.into()),
            Entity::Comment(facts) => Line::Comment(Box::new((*facts).into())),
            Entity::Revision { comment, revision, body } => {
                Line::Revision(belongings::RevisionLine::new(comment, revision, body))
            }
            Entity::SentFrom { comment, from } => {
                Line::SentFrom(belongings::SentFromLine::new(comment, from))
            }
            Entity::Like { comment, account, at } => {
                Line::Like(belongings::LikeLine { comment: comment.0, account: account.0, at: ms(at) })
            }
            Entity::Claim { site, guest, account, due_at } => Line::Claim(rest::ClaimLine {
                site: site.0,
                guest: guest.0,
                account: account.0,
                due_at: ms(due_at),
            }),
            Entity::SpentToken { site, id, until } => {
                Line::SpentToken(rest::SpentTokenLine { site: site.0, id: id.into(), until: ms(until) })
            }
            Entity::Notice(notice) => Line::Notice(notice.into()),
            Entity::Record(record) => Line::Record(record.into()),
        }
    }
}

/// An error says which field, and what was expected of it.
impl TryFrom<Line> for Entity {
    type Error = String;
    fn try_from(line: Line) -> Result<Entity, String> {
        Ok(match line {
            Line::Counter(line) => line.into_entity(),
            Line::Site(line) => Entity::Site(Box::new((*line).into_site()?)),
            Line::RefusedOrigin(line) => line.into_entity()?,
            Line::Account(line) => line.into_entity()?,
            Line::Identity(line) => line.into_entity()?,
            Line::Member(line) => line.into_entity(),
            Line::Guest(line) => line.into_entity()?,
            Line::Page(line) => line.into_entity(),
            Line::Thread(line) => line.into_entity(),
            Line::Comment(line) => (*line).into_entity()?,
            Line::Revision(line) => line.into_entity()?,
            Line::SentFrom(line) => line.into_entity(),
            Line::Like(line) => line.into_entity(),
            Line::Claim(line) => line.into_entity(),
            Line::SpentToken(line) => line.into_entity()?,
            Line::Notice(line) => line.into_entity()?,
            Line::Record(line) => line.into_entity(),
        })
    }
}

fn ms(at: Timestamp) -> i64 {
    at.as_millis()
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Bytes as hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Hex(String);

impl Hex {
    fn of(bytes: &[u8]) -> Hex {
        Hex(super::hex(bytes))
    }

    fn bytes(&self, field: &str) -> Result<Vec<u8>, String> {
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let pair = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = self.0.as_bytes().chunks(2).map(pair).collect();
        bytes.ok_or_else(|| format!("{field}: expected hexadecimal digits, two a byte"))
    }

    fn array<const N: usize>(&self, field: &str) -> Result<[u8; N], String> {
        let bytes = self.bytes(field)?;
        bytes.try_into().map_err(|_| format!("{field}: expected {} hexadecimal digits", 2 * N))
    }

    fn hash(&self, field: &str) -> Result<TokenHash, String> {
        self.array(field).map(TokenHash)
    }
}

impl From<TokenHash> for Hex {
    fn from(hash: TokenHash) -> Hex {
        Hex::of(&hash.0)
    }
}
