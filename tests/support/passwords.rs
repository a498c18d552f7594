//! People in tests who have a password, too.

use super::TestApp;
use afterword::actions::{passwords::NewPassword, sessions::new_session};
use afterword::app::Clock;
use afterword::domain::sessions::Scope;
use afterword::domain::{AccountId, Via};
use afterword::storage::accounts::{PasswordChange, Ways};

/// One that is long enough and that nobody guesses.
pub const PASSWORD: &str = "lantern otter gravel quince";

impl TestApp {
    /// Sets a password, hashed as the server does it. That ends all sessions of the account.
    pub async fn give_password(&self, account: AccountId, password: &str) {
        let parsed = NewPassword::parse(password, &[], false).expect("a good one");
        let phc = self.app.passwords.hash(parsed, &*self.app.chance).await.expect("a turn");
        self.give_hash(account, phc).await;
    }

    /// The same with a hash from elsewhere.
    pub async fn give_hash(&self, account: AccountId, phc: String) {
        let known = self.app.store.account(account).await.expect("read");
        let (session, _) =
            new_session(&self.app, known.as_ref(), Scope::FirstParty, "a browser", Via::Password);
        let (ways, at) = (Ways::default(), self.clock.now());
        let change = PasswordChange { password: Some(phc), is_short: false, ways, session, tell: None, at };
        self.app.store.change_password(account, change).await.expect("stored").expect("not refused");
    }
}
