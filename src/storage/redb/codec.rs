//! How a value becomes bytes: one version byte, then CBOR.
//!
//! Invariant: what version 1 wrote, every later binary reads. Maps have integer keys, so a field can be added (absent
//! in old rows) or dropped (skipped in them) without a new version; the version byte is for changes that cannot.

use minicbor::{Decode, Encode};

use super::fault::Fault;

const VERSION: u8 = 1;

pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.push(VERSION);
    minicbor::encode(value, &mut bytes)
        .expect("a vector takes every byte, and no stored type refuses to be encoded");
    bytes
}

pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, Fault> {
    let cbor = body(bytes)?;
    minicbor::decode(cbor)
        .map_err(|error| Fault::corrupt(format!("{} does not decode: {error}", std::any::type_name::<T>())))
}

/// The CBOR after the version byte.
pub fn body(bytes: &[u8]) -> Result<&[u8], Fault> {
    match bytes.split_first() {
        Some((&VERSION, cbor)) => Ok(cbor),
        Some((version, _)) => Err(Fault::corrupt(format!("a row of version {version}, which is not known"))),
        None => Err(Fault::corrupt("an empty row")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Encode)]
    #[cbor(map)]
    struct Newer {
        #[n(0)]
        kept: u32,
        #[n(7)]
        added: String,
    }

    #[derive(Decode, Debug, PartialEq)]
    #[cbor(map)]
    struct Older {
        #[n(0)]
        kept: u32,
        #[n(3)]
        dropped: Option<u32>,
    }

    #[test]
    fn a_field_can_be_added_and_another_dropped() {
        let bytes = encode(&Newer { kept: 5, added: "later".into() });
        assert_eq!(decode::<Older>(&bytes).unwrap(), Older { kept: 5, dropped: None });
    }

    #[test]
    fn what_is_not_a_row_is_corrupt_and_no_panic() {
        for bytes in [&[][..], &[1], &[2, 0xa0], &[1, 0xff, 0xff], &[1, 0xa1, 0]] {
            assert!(matches!(decode::<Older>(bytes), Err(Fault::Corrupt(_))), "{bytes:?}");
        }
    }
}
