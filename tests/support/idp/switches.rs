//! What the provider does wrong, or in its own way: one switch each, off unless a test turns it on.

macro_rules! switches {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Switch { $($(#[doc = $doc])* $name,)* }

        impl Switch {
            /// By the word that a browser test sends.
            pub fn named(word: &str) -> Option<Switch> {
                match word { $($word => Some(Switch::$name),)* _ => None }
            }
        }
    };
}

switches! {
    // Who somebody is.
    EmailMissing = "email-missing",
    EmailUnverified = "email-unverified",
    /// Without the flag that says whether it is verified.
    EmailFlagMissing = "email-flag-missing",
    EmailFlagNull = "email-flag-null",
    EmailFlagTrueAsText = "email-flag-true-as-text",
    EmailFlagFalseAsText = "email-flag-false-as-text",
    /// Google: an address of a Workspace domain.
    HostedDomain = "hosted-domain",
    /// Google: `iss` without its scheme.
    IssuerWithoutScheme = "issuer-without-scheme",
    /// The ID token says only who, the rest is at the userinfo endpoint.
    ClaimsAtUserinfo = "claims-at-userinfo",
    /// … which answers for somebody else.
    UserinfoOfAnother = "userinfo-of-another",
    NameMissing = "name-missing",

    // The ID token.
    SignedWithEs256 = "signed-with-es256",
    SignedWithEdDsa = "signed-with-eddsa",
    AlgNone = "alg-none",
    Hs256WithPublicKey = "hs256-with-public-key",
    Hs256WithModulus = "hs256-with-modulus",
    Hs256WithClientSecret = "hs256-with-client-secret",
    UnknownKid = "unknown-kid",
    /// Two keys fit, and the token names neither.
    NoKid = "no-kid",
    /// Another key's signature under a known key's name.
    OtherKey = "other-key",
    /// `alg` of another family than the key that `kid` names.
    AlgOfAnotherKey = "alg-of-another-key",
    BrokenSignature = "broken-signature",
    NoSignature = "no-signature",
    ChangedClaims = "changed-claims",
    Jku = "jku",
    X5u = "x5u",
    OwnJwk = "own-jwk",
    Crit = "crit",
    AccessTokenType = "access-token-type",
    NotAToken = "not-a-token",
    NoIdToken = "no-id-token",
    WrongIssuer = "wrong-issuer",
    NoIssuer = "no-issuer",
    WrongAudience = "wrong-audience",
    NoAudience = "no-audience",
    AudienceWithoutUs = "audience-without-us",
    AudienceAlsoAnother = "audience-also-another",
    AudienceAlsoAnotherGivenToUs = "audience-also-another-given-to-us",
    WrongParty = "wrong-party",
    Expired = "expired",
    NoExpiry = "no-expiry",
    IssuedLater = "issued-later",
    IssuedLongAgo = "issued-long-ago",
    NoIssuedAt = "no-issued-at",
    NotYetValid = "not-yet-valid",
    WrongNonce = "wrong-nonce",
    NoNonce = "no-nonce",
    NoSubject = "no-subject",
    EmptySubject = "empty-subject",
    LongSubject = "long-subject",
    /// Microsoft: `iss` of another tenant than `tid`.
    OtherTenantsIssuer = "other-tenants-issuer",
    NoTenant = "no-tenant",
    TenantNoId = "tenant-no-id",
    /// Microsoft: a key that signs for another tenant only.
    OtherTenantsKey = "other-tenants-key",
    NoObjectId = "no-object-id",

    // How it answers.
    ErrorWith200 = "error-with-200",
    FormReply = "form-reply",
    TokenRedirects = "token-redirects",
    TokenNeverAnswers = "token-never-answers",
    TokenAnswersHalf = "token-answers-half",
    TokenIsHuge = "token-is-huge",
    TokenIsEndless = "token-is-endless",
    TokenFails = "token-fails",
    TokenIsNoJson = "token-is-no-json",
    NotABearer = "not-a-bearer",
    ProfileFails = "profile-fails",
    ProfileRedirects = "profile-redirects",
    ProfileIsHuge = "profile-is-huge",
    DiscoveryFails = "discovery-fails",
    DiscoveryIsHuge = "discovery-is-huge",
    DiscoveryRedirects = "discovery-redirects",
    DiscoveryOfAnother = "discovery-of-another",
    SignInPageOverHttp = "sign-in-page-over-http",
    KeysElsewhere = "keys-elsewhere",
    /// New keys, under new names.
    KeysRotated = "keys-rotated",
    SecretByBasicOnly = "secret-by-basic-only",
    NoS256 = "no-s256",

    // How the browser comes back.
    IssSent = "iss-sent",
    IssAdvertisedNotSent = "iss-advertised-not-sent",
    IssOfAnother = "iss-of-another",
    /// A page of theirs cuts the opener.
    Coop = "coop",
    /// An answer without a person in it, of status 200, as X complains.
    NobodyWith200 = "nobody-with-200",
    /// GitHub: an app without the permission to see addresses.
    EmailsForbidden = "emails-forbidden",
    /// Facebook: the token was made for another app, is no longer good, or is another person's.
    TokenOfAnotherApp = "token-of-another-app",
    TokenNoLongerGood = "token-no-longer-good",
    TokenOfAnotherPerson = "token-of-another-person",
    /// Mastodon before 4.3: it says nothing of itself, and has no scope `profile`.
    OldMastodon = "old-mastodon",
    /// It says that it is another server.
    ServerIsAnother = "server-is-another",
    /// It registers nobody.
    RegistersNobody = "registers-nobody",
    /// It has forgotten whom it registered.
    ClientForgotten = "client-forgotten",
    /// X: its own mark is an address that it has confirmed.
    NoConfirmedEmail = "no-confirmed-email",
}
