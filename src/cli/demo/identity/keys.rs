//! The key that signs ID tokens: made at the start, gone at the end.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// PKCS #8 (RFC 8410) around the 32 bytes of an Ed25519 key.
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const ID: &str = "demo";

pub struct SigningKey {
    private: EncodingKey,
    public: Jwk,
}

impl SigningKey {
    pub fn from_seed(seed: [u8; 32]) -> anyhow::Result<SigningKey> {
        let private = EncodingKey::from_ed_der(&[&PKCS8[..], &seed[..]].concat());
        let mut public = Jwk::from_encoding_key(&private, Algorithm::EdDSA)?;
        public.common.key_id = Some(ID.to_owned());
        Ok(SigningKey { private, public })
    }

    pub fn sign(&self, claims: &Value) -> Option<String> {
        let header = Header { kid: Some(ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, claims, &self.private).ok()
    }

    /// What everybody may know.
    pub fn published(&self) -> Value {
        json!({ "keys": [self.public] })
    }
}
