//! Every kind of problem there is, in one table: slug, status, title, and what `/problems/<slug>` says of it.
//!
//! Invariant: a slug keeps its meaning and its status for ever; clients tell problems apart by it.

use http::StatusCode;

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub slug: &'static str,
    pub status: u16,
    /// The status when the request only reads: what is wrong then is its address.
    pub status_on_get: u16,
    pub title: &'static str,
    pub explanation: &'static str,
}

impl Kind {
    pub fn status(&self, reads_only: bool) -> StatusCode {
        let status = if reads_only { self.status_on_get } else { self.status };
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn find(slug: &str) -> Option<&'static Kind> {
        ALL.iter().copied().find(|kind| kind.slug == slug)
    }
}

macro_rules! kinds {
    ($($name:ident $slug:literal $status:literal $(/ $on_get:literal)? $title:literal: $explanation:literal)*) => {
        $(pub const $name: Kind = Kind {
            slug: $slug,
            status: $status,
            status_on_get: kinds!(@on_get $status $($on_get)?),
            title: $title,
            explanation: $explanation,
        };)*

        pub const ALL: &[&Kind] = &[$(&$name),*];
    };
    (@on_get $status:literal) => { $status };
    (@on_get $status:literal $on_get:literal) => { $on_get };
}

kinds! {
    // What was sent
    EMPTY_BODY "empty-body" 422 "The comment is empty":
        "A comment needs at least one character that is not white space."
    BODY_TOO_LONG "body-too-long" 422 "The comment is too long":
        "The site limits how long a comment may be; `max_chars` says to how many characters."
    EMPTY_NAME "empty-name" 422 "The name is empty":
        "A display name needs at least one letter or digit."
    NAME_TOO_LONG "name-too-long" 422 "The name is too long":
        "A display name has a limited number of characters; `max_chars` says how many."
    NAME_HAS_CONTROLS "name-has-controls" 422 "The name holds characters that could disguise it":
        "Control characters, invisible characters, direction overrides and piles of combining marks are refused in names."
    NAME_TAKEN "name-taken" 422 "The name is taken":
        "Readers could take this name for one of the people who run the site."
    INVALID_EMAIL "invalid-email" 422 "Not an e-mail address":
        "Expected one address such as ada@example.org, without a name or brackets around it."
    INVALID_PAGE "invalid-page" 422 / 400 "Not a page":
        "A page is named by an absolute http or https address, by a path that begins with a slash, or by an id."
    INVALID_SITE_KEY "invalid-site-key" 422 "Not a site key":
        "A site key is 1 to 40 of a-z, 0-9 and inner hyphens."
    INVALID_ORIGIN "invalid-origin" 422 "Not an origin":
        "An origin is a scheme, a host and perhaps a port, such as https://blog.example, without a path."
    TOO_MANY_ORIGINS "too-many-origins" 422 "Too many origins":
        "A site has a limited number of origins; remove one that is not used any more."
    SITE_EXISTS "site-exists" 422 "The site exists already":
        "Another site of this server has this key. Keys cannot be shared."
    INVALID_PUBLIC_KEY "invalid-public-key" 422 "Not a public key":
        "Expected a public key in PEM, as `openssl pkey -pubout` writes it: Ed25519, or ECDSA over P-256."
    INVALID_CURSOR "invalid-cursor" 422 / 400 "Not a cursor":
        "A cursor comes from an earlier answer and goes with the same order. It cannot be made up."

    // Where
    UNKNOWN_SITE "unknown-site" 404 "There is no such site":
        "No site of this server has this key. The embed code's data-site must be the key shown in the dashboard."
    UNKNOWN_COMMENT "unknown-comment" 404 "There is no such comment":
        "The comment does not exist on this site, was removed, or is not public."
    UNKNOWN_PARENT "unknown-parent" 422 "The comment replied to does not exist":
        "It may have been removed while the answer was written. The text can still be posted as a comment of its own."
    PARENT_ELSEWHERE "parent-elsewhere" 422 "The comment replied to is on another page":
        "A reply stands on the same page as the comment it answers."
    ORIGIN_NOT_ALLOWED "origin-not-allowed" 403 "This address is not set up for comments":
        "A site takes requests from the origins its owner listed, and from no others. The owner adds one in the dashboard."
    THREAD_CLOSED "thread-closed" 409 "Comments are closed":
        "A moderator closed the comments of this page. They can still be read."

    // Who
    SIGN_IN_NEEDED "sign-in-needed" 401 "Sign in first":
        "This needs somebody who is signed in, or a guest where the site takes comments from guests."
    SESSION_ENDED "session-ended" 401 "Your session has ended":
        "The access token has expired, was ended, or belongs to another site. Refresh it, or sign in again."
    NOT_ALLOWED "not-allowed" 403 "Not allowed":
        "The person who asks does not have the role this needs."
    BANNED "banned" 403 "You cannot comment here":
        "The moderators of this site have ended or suspended this account's right to comment."
    NAME_NEEDED "name-needed" 403 "Tell us your name first":
        "A comment shows who wrote it. Choose a display name, then send it again."
    GUESTS_OFF "guests-off" 403 "Guests cannot comment here":
        "This site takes comments from signed-in people only."
    PROOF_NEEDED "proof-needed" 403 "A little work first":
        "A guest's browser finds a decimal number for which SHA-256 of `challenge`, a colon and that number begins with `bits` zero bits, and sends both as `proof`. Each challenge is good for one comment, on one page, for ten minutes."
    OWN_COMMENT "own-comment" 403 "You cannot like your own comment":
        "A like is what others give."
    EDIT_WINDOW_OVER "edit-window-over" 403 "The time to edit is over":
        "A comment can be changed for a while after it was posted. It can still be removed."
    LIKES_OFF "likes-off" 403 "Likes are off":
        "This site does not use likes."
    TOO_MANY_PINNED "too-many-pinned" 409 "Too many pinned comments":
        "A thread has a limited number of pinned comments. Unpin one first."
    NOT_A_ROOT "not-a-root" 422 "Only a first comment can be pinned":
        "Conversations are pinned by their first comment, not by a reply."

    // Accounts elsewhere
    UNKNOWN_PROVIDER "unknown-provider" 404 "There is no such provider here":
        "The owner of this server chooses which providers people can sign in with."
    NO_SUCH_SERVER "no-such-server" 422 "That server cannot be asked":
        "Expected the name of the server you have your account on, such as mastodon.social."
    PROVIDER_UNREACHABLE "provider-unreachable" 503 "The provider did not answer":
        "It may be down, or slow. Try again in a moment, or sign in another way."
    PROVIDER_REFUSED "provider-refused" 409 "The provider's answer cannot be trusted":
        "Nobody was signed in. Try again, or sign in another way; the owner of this server finds the reason in its log."
    IDENTITY_TAKEN "identity-taken" 409 "It belongs to another account":
        "An account elsewhere leads to one account here. Sign in with it, and unlink it there first."
    OPENED_ELSEWHERE "opened-elsewhere" 403 "This link was asked for in another browser":
        "Open the link in the browser where you asked for it. If you did not ask for it, ignore the mail."

    // Again and too often
    DUPLICATE "duplicate" 409 "You already said this":
        "The same person posted the same text in the same place within a day; `earlier` names that comment."
    KEY_REUSED "key-reused" 422 "The idempotency key was used for another request":
        "A client repeats a request under its key, and makes a new key for every new request."
    TOO_FAST "too-fast" 429 "Too many requests":
        "Wait for the number of seconds in `retry_after`, then try again."

    // Signing in
    WRONG_CODE "wrong-code" 403 "That code is not right":
        "Type the code from the latest mail; `tries_left` says how many more times."
    CODE_GONE "code-gone" 410 "That code is no longer good":
        "Codes expire, and each can be used once. Ask for a new one."
    TOO_MANY_WRONG_CODES "too-many-wrong-codes" 429 "Too many wrong codes":
        "Ten mailed codes were wrong for this address within a day. It can still be signed in to by a link in a mail, a password, or an account elsewhere."
    WRONG_PASSWORD "wrong-password" 403 "The address or the password is not right":
        "Which of the two it was is not said, so that addresses cannot be guessed."
    PASSWORD_TOO_SHORT "password-too-short" 422 "The password is too short":
        "Length is what makes a password strong; a few words do."
    PASSWORD_TOO_LONG "password-too-long" 422 "The password is too long":
        "Passwords have an upper limit, so that checking one stays cheap."
    PASSWORD_GUESSABLE "password-guessable" 422 "The password is too easy to guess":
        "It is among the first that an attacker would try."
    TOO_MANY_WRONG_PASSWORDS "too-many-wrong-passwords" 429 "Too many wrong passwords":
        "A hundred passwords in a row were wrong for this address. It can still be signed in to by mail, with an account from elsewhere, or by password from a browser that signed in before."
    LONGER_PASSWORD_FIRST "longer-password-first" 409 "A longer password first":
        "A password that stands alone needs more characters than one beside a second step."
    SECOND_FACTOR_ON "second-factor-on" 409 "The second step is on already":
        "Another authenticator takes its place once it was turned off, which needs a code of it."
    SECOND_FACTOR_NEEDED "second-factor-needed" 403 "A code is needed, too":
        "This account asks for the six digits of its authenticator, or for one of its recovery codes, whichever way it is signed in to."
    TOO_MANY_WRONG_SECOND_FACTORS "too-many-wrong-second-factors" 429 "Too many wrong codes":
        "A hundred codes in a row were wrong for this account. One of its recovery codes still signs in, and opens it for codes again."
    WRONG_SECOND_FACTOR "wrong-second-factor" 403 "That code is not right":
        "Each code is good once, for about half a minute. A recovery code is good once, too."
    FRESH_SIGN_IN_NEEDED "fresh-sign-in-needed" 403 "Show once more that it is you":
        "What an account is signed in to with is changed only shortly after signing in."
    LAST_WAY_IN "last-way-in" 409 "This is the last way in":
        "Without it nobody could sign in to the account any more. Add another way first."
    ADDRESS_TAKEN "address-taken" 409 "Another account has this address":
        "Its owner has shown that it is theirs. Sign in with it instead."
    ADDRESS_NEEDED "address-needed" 409 "A password goes with an address":
        "People who sign in by password type their address, so the account needs one first."
    UNKNOWN_SESSION "unknown-session" 404 "There is no such session":
        "It has ended already, or is somebody else's."
    LINK_GONE "link-gone" 410 "This link is no longer good":
        "Links expire, and each can be used once. Ask for a new one."
    NO_MAILER "no-mailer" 409 "This server sends no mail":
        "Its owner has not set up a mail server, so whatever needs a mail is off."
    BUSY "busy" 503 "The server is busy":
        "Checking passwords takes work, and others are being checked. Try again in a moment."

    SSO_OFF "sso-off" 403 "Single sign-on is off":
        "The site does not say who its members are. Its owner switches that on in the dashboard."
    SSO_REFUSED "sso-refused" 403 "The site's token was not taken":
        "The token that the site made for its member is not as it must be; `detail` says what was expected. People can sign in by the other ways meanwhile."

    // The protocol
    BAD_JSON "bad-json" 400 "The body is not the expected JSON":
        "`detail` names the field and what was expected there. Unknown fields are refused."
    WRONG_CONTENT_TYPE "wrong-content-type" 415 "The body has the wrong type":
        "Bodies are sent with Content-Type: application/json, without a content encoding."
    BODY_TOO_LARGE "body-too-large" 413 "The body is too large":
        "Each address takes bodies up to a size that fits its purpose."
    BAD_QUERY "bad-query" 400 "The query string is not as expected":
        "`detail` names the parameter and what was expected. Unknown parameters are ignored."
    NOT_FOUND "not-found" 404 "Nothing is here":
        "No page or resource has this address."
    METHOD_NOT_ALLOWED "method-not-allowed" 405 "This address does not answer to this method":
        "The Allow header lists the methods it answers to."
    HEADERS_MISSING "headers-missing" 400 "A header is missing":
        "Some requests must carry a header that another site's page cannot send by itself; `detail` names it."
    DISK_FULL "disk-full" 507 "The server's disk is full":
        "Nothing was lost, and reading goes on. Writing goes on when there is space again."
    INTERNAL "internal" 500 "Something went wrong on the server":
        "It was logged under the `request_id`. Trying again may help."
    SHUTTING_DOWN "shutting-down" 503 "The server is restarting":
        "Try again in a few seconds."
    TIMEOUT "timeout" 408 "The request took too long to arrive":
        "The whole body must arrive within the server's time limit."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_explained() {
        for (i, kind) in ALL.iter().enumerate() {
            assert!(ALL[..i].iter().all(|other| other.slug != kind.slug), "{}", kind.slug);
            assert!(kind.slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", kind.slug);
            assert!((400..600).contains(&kind.status), "{}", kind.slug);
            assert!(kind.explanation.ends_with('.') && !kind.title.ends_with('.'), "{}", kind.slug);
        }
    }
}
