//! Cursors: where a list goes on. Opaque to clients, so that what is inside may change; whatever does not decode to
//! exactly what we encode is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::threads::RootCursor;
use crate::domain::{Order, Place, Refusal};

const ROOTS: u8 = 1;
const REPLIES: u8 = 2;

/// After this conversation, in its order.
pub fn roots(cursor: RootCursor) -> String {
    let mut bytes = vec![ROOTS, code(cursor.order)];
    if cursor.order == Order::Best {
        bytes.extend(cursor.score.to_be_bytes());
    }
    bytes.extend(cursor.root.0.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Where a thread's list of conversations goes on, if the cursor was made for this order.
pub fn parse_roots(cursor: &str, order: Order) -> Result<RootCursor, Refusal> {
    let bytes = decode(cursor)?;
    let Some((&[ROOTS, made_for], rest)) = bytes.split_first_chunk::<2>() else {
        return Err(Refusal::InvalidCursor);
    };
    if made_for != code(order) {
        return Err(Refusal::InvalidCursor);
    }
    let (score, place) = match order {
        Order::Best => rest.split_first_chunk::<8>().ok_or(Refusal::InvalidCursor)?,
        Order::Oldest | Order::Newest => (&[0; 8], rest),
    };
    Ok(RootCursor { order, score: i64::from_be_bytes(*score), root: place_of(place)? })
}

/// After this reply.
pub fn replies(after: Place) -> String {
    let mut bytes = vec![REPLIES];
    bytes.extend(after.0.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn parse_replies(cursor: &str) -> Result<Place, Refusal> {
    match decode(cursor)?.split_first() {
        Some((&REPLIES, place)) => place_of(place),
        _ => Err(Refusal::InvalidCursor),
    }
}

fn decode(cursor: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Refusal::InvalidCursor)
}

fn place_of(bytes: &[u8]) -> Result<Place, Refusal> {
    bytes.try_into().map(|bytes| Place(u64::from_be_bytes(bytes))).map_err(|_| Refusal::InvalidCursor)
}

fn code(order: Order) -> u8 {
    match order {
        Order::Oldest => 0,
        Order::Newest => 1,
        Order::Best => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ORDERS: [Order; 3] = [Order::Oldest, Order::Newest, Order::Best];

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_was(order in prop::sample::select(&ORDERS[..]), score: i64, place: u64) {
            let score = if order == Order::Best { score } else { 0 };
            let cursor = RootCursor { order, score, root: Place(place) };
            prop_assert_eq!(parse_roots(&roots(cursor), order), Ok(cursor));
            prop_assert_eq!(parse_replies(&replies(Place(place))), Ok(Place(place)));
        }

        #[test]
        fn what_was_made_up_is_refused_or_means_what_it_says(text in "[A-Za-z0-9_-]{0,40}") {
            if let Ok(place) = parse_replies(&text) {
                prop_assert_eq!(replies(place), text.clone());
            }
            for order in ORDERS {
                if let Ok(cursor) = parse_roots(&text, order) {
                    prop_assert_eq!(roots(cursor), text.clone());
                }
            }
        }
    }

    #[test]
    fn a_cursor_goes_with_its_own_order_and_list() {
        let cursor = roots(RootCursor { order: Order::Newest, score: 0, root: Place(7) });
        assert_eq!(parse_roots(&cursor, Order::Oldest), Err(Refusal::InvalidCursor));
        assert_eq!(parse_replies(&cursor), Err(Refusal::InvalidCursor));
        for text in ["", "AA", "not a cursor", "=", "ä"] {
            assert_eq!(parse_roots(text, Order::Oldest), Err(Refusal::InvalidCursor), "{text}");
        }
    }
}

#[cfg(test)]
#[path = "../../tests/fuzz/cursors.rs"]
mod fuzz;
