//! A notice's row.

use minicbor::{Decode, Encode};

use crate::domain::notices::{Notice, NoticeKind, Queued};
use crate::domain::{Email, Name, Timestamp};

#[derive(Encode, Decode)]
#[cbor(map)]
pub struct StoredNotice {
    #[n(0)]
    to: String,
    #[n(1)]
    kind: StoredKind,
    #[n(2)]
    expires_at: Option<i64>,
    #[n(3)]
    pub tries: u32,
}

#[derive(Encode, Decode)]
enum StoredKind {
    #[n(0)]
    SignInCode {
        #[n(0)]
        code: String,
        #[n(1)]
        site: String,
        #[n(2)]
        origin: String,
    },
    #[n(1)]
    Test,
    #[n(10)]
    SignInLink {
        #[n(0)]
        token: String,
        #[n(1)]
        site: Option<String>,
        #[n(2)]
        origin: Option<String>,
    },
    #[n(11)]
    ProveLink {
        #[n(0)]
        token: String,
        #[n(1)]
        provider: String,
    },
    #[n(20)]
    ConfirmAddress {
        #[n(0)]
        token: String,
    },
    #[n(21)]
    AddressChanged,
    #[n(22)]
    PasswordChanged,
    #[n(23)]
    SecondFactorOn,
    #[n(24)]
    SecondFactorOff,
    #[n(25)]
    IdentityLinked {
        #[n(0)]
        provider: String,
    },
    #[n(26)]
    IdentityUnlinked {
        #[n(0)]
        provider: String,
    },
}

impl From<&Notice> for StoredNotice {
    fn from(notice: &Notice) -> StoredNotice {
        StoredNotice {
            to: notice.to.as_str().to_owned(),
            kind: match &notice.kind {
                NoticeKind::SignInCode { code, site, origin } => StoredKind::SignInCode {
                    code: code.clone(),
                    site: site.to_string(),
                    origin: origin.clone(),
                },
                NoticeKind::Test => StoredKind::Test,
                NoticeKind::ConfirmAddress { token } => StoredKind::ConfirmAddress { token: token.clone() },
                NoticeKind::SignInLink { token, asker } => StoredKind::SignInLink {
                    token: token.clone(),
                    site: asker.as_ref().map(|(site, _)| site.to_string()),
                    origin: asker.as_ref().map(|(_, origin)| origin.clone()),
                },
                NoticeKind::ProveLink { token, provider } => {
                    StoredKind::ProveLink { token: token.clone(), provider: provider.clone() }
                }
                NoticeKind::AddressChanged => StoredKind::AddressChanged,
                NoticeKind::PasswordChanged => StoredKind::PasswordChanged,
                NoticeKind::SecondFactorOn => StoredKind::SecondFactorOn,
                NoticeKind::SecondFactorOff => StoredKind::SecondFactorOff,
                NoticeKind::IdentityLinked { provider } => {
                    StoredKind::IdentityLinked { provider: provider.clone() }
                }
                NoticeKind::IdentityUnlinked { provider } => {
                    StoredKind::IdentityUnlinked { provider: provider.clone() }
                }
            },
            expires_at: notice.expires_at.map(Timestamp::as_millis),
            tries: 0,
        }
    }
}

impl StoredNotice {
    pub fn into_queued(self, id: u64, due_at: Timestamp) -> Queued {
        Queued {
            id,
            notice: Notice {
                to: Email::from_stored(self.to),
                kind: match self.kind {
                    StoredKind::SignInCode { code, site, origin } => {
                        NoticeKind::SignInCode { code, site: Name::from_stored(site), origin }
                    }
                    StoredKind::Test => NoticeKind::Test,
                    StoredKind::ConfirmAddress { token } => NoticeKind::ConfirmAddress { token },
                    StoredKind::SignInLink { token, site, origin } => {
                        NoticeKind::SignInLink { token, asker: site.map(Name::from_stored).zip(origin) }
                    }
                    StoredKind::ProveLink { token, provider } => NoticeKind::ProveLink { token, provider },
                    StoredKind::AddressChanged => NoticeKind::AddressChanged,
                    StoredKind::PasswordChanged => NoticeKind::PasswordChanged,
                    StoredKind::SecondFactorOn => NoticeKind::SecondFactorOn,
                    StoredKind::SecondFactorOff => NoticeKind::SecondFactorOff,
                    StoredKind::IdentityLinked { provider } => NoticeKind::IdentityLinked { provider },
                    StoredKind::IdentityUnlinked { provider } => NoticeKind::IdentityUnlinked { provider },
                },
                expires_at: self.expires_at.map(Timestamp::from_millis),
            },
            due_at,
            tries: self.tries,
        }
    }
}
