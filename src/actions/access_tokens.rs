//! access_tokens

#[derive(Default)]
pub struct AccessTokens;
