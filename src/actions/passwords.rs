//! passwords

#[derive(Default)]
pub struct PasswordChecker;
